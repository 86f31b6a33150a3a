"""The lines of inboxes."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.messaging.letters import Letter, letter_from


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        return self.order_by(models.F("read_at").asc(nulls_first=True), "-at", "-pk")


class Notice(models.Model):
    """One line in a person's inbox. What is told again under the same key counts up and is unread again."""

    class Kind(models.TextChoices):
        MENTIONED = "mentioned", _("Mention")
        ASSIGNED = "assigned", pgettext_lazy("notice", "Assignment")
        APPROVAL = "approval", _("Approval")
        BULK = "bulk", _("Bulk act")
        NEWS = "news", pgettext_lazy("notice", "Message")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120)
    letter = models.JSONField(default=dict)
    number = models.PositiveIntegerField(default=1)
    url = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_a_key")]
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_of_person"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.key

    def read_letter(self) -> Letter:
        return letter_from(self.letter)
