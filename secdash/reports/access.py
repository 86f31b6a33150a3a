"""Fetching reports with the permission inside: they are their owner's."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.reports.models import Paper, Schedule


def papers_for(user: User) -> list[Paper]:
    """The newest, without their content."""
    return list(Paper.objects.visible_to(user).without_content().select_related("schedule")[:20])


def paper_for(user: User, pk: int) -> Paper:
    """Raises Http404 for one that is somebody else's, as if it did not exist."""
    return get_object_or_404(Paper.objects.visible_to(user), pk=pk)


def schedules_for(user: User) -> list[Schedule]:
    return list(Schedule.objects.filter(owner=user))


def schedule_for(user: User, pk: int) -> Schedule:
    return get_object_or_404(Schedule, owner=user, pk=pk)
