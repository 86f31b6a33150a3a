"""Who changed what, when, from where: rows that are only added, each holding the digest of the one before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.frozen import FrozenModel, FrozenRows


class AuditQuerySet(FrozenRows, models.QuerySet["AuditEntry"]):
    def in_chain(self) -> AuditQuerySet:
        """As they were written, oldest first."""
        return self.order_by("pk")

    def of(self, kind: str, key: str) -> AuditQuerySet:
        """What was done to one object."""
        return self.filter(kind=kind, key=key)


class AuditEntry(FrozenModel):
    """One change or sign-in. Names are kept as they were: what is named may be renamed or removed.

    Nothing is ever removed: there is no time after which entries go. Triggers refuse it too (`append_only`).
    """

    at = models.DateTimeField(_("when"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("from where"), null=True)
    request = models.CharField(max_length=32, blank=True, default="")  # of the line in the process's log
    act = models.CharField(_("what"), max_length=60)  # "host.changed"; secdash.audit.words says it in words
    kind = models.CharField(max_length=40, blank=True)  # of what it was done to: "host", "user", "article" …
    key = models.CharField(max_length=120, blank=True)  # its primary key
    name = models.CharField(_("on what"), max_length=250, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, unique=True)  # unique: no two rows follow the same one
    digest = models.CharField(max_length=64, unique=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=("kind", "key"), name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}: {self.act} {self.name}"
