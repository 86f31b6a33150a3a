"""What people say of a finding."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from secdash.findings.models.finding import Finding


class Comment(models.Model):
    """A comment in Markdown. One that was removed keeps its place and loses its words."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="comments")
    body = models.TextField(max_length=8000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=310)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="finding_mentions", blank=True)

    class Meta:
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["finding", "at"], name="comment_of_finding")]

    def __str__(self) -> str:
        return f"#{self.pk}"
