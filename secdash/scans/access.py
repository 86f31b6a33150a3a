"""Fetching scans with the permission inside."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.scans.models import Scan


def scan_for(user: User, pk: int) -> Scan:
    """The scan with its host. Raises Http404 for one that does not exist or that this person may not see."""
    return get_object_or_404(Scan.objects.visible_to(user).select_related("host"), pk=pk)
