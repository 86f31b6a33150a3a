"""Pictures that people upload for articles, kept in the database so that a backup holds the whole guide."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """Cleaned bytes under the digest of what they are; `name` is what authors see in the list."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=16)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
