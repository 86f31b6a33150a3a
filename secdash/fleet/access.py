"""Fetching hosts with the permission inside: nobody gets one that they may not see."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.fleet.models import Host, HostQuerySet


def hosts_for(user: User) -> HostQuerySet:
    return Host.objects.visible_to(user)


def host_for(user: User, slug: str) -> Host:
    """The host. Raises Http404 for one that does not exist or that this person may not see: both look alike."""
    return get_object_or_404(hosts_for(user).select_related("group", "connection"), slug=slug)
