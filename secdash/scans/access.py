"""Fetching scans and kept days with the permission inside."""

from __future__ import annotations

from django.db.models import Q
from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.scans.models import Scan, in_groups_of


def scan_for(user: User, pk: int) -> Scan:
    """The scan with its host. Raises Http404 for one that does not exist or that this person may not see."""
    return get_object_or_404(Scan.objects.visible_to(user).select_related("host"), pk=pk)


def gone_for(user: User) -> Q:
    """The days of hosts that are gone, as far as they were in a group that this person sees."""
    return in_groups_of(user) & Q(host=None)
