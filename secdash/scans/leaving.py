"""Hosts that are removed: their days stay, since what was counted of a fleet does not change when a host leaves it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from secdash.findings.score import weigh
from secdash.fleet.models import Host
from secdash.scans import days
from secdash.scans.models import PostureDay

NO_SCORE = weigh({})
NOTHING = days.Standing({}, 0)


def on_host_removed(*, instance: Host, **_sender: Any) -> None:
    """The receiver of `pre_delete` of a host. The days of a sample host go with it: they never happened."""
    if Host.objects.samples().filter(pk=instance.pk).exists():
        PostureDay.objects.filter(host_ident=instance.pk).delete()
    else:
        leave(instance, timezone.now().date())


@transaction.atomic
def leave(host: Host, day: date) -> None:
    """Write the day on which the host is gone: without a score, with nothing open. What stood is resolved, as gone."""
    last = days.last_days([host.pk], day).get(host.pk)
    if last is None:
        return
    row = last if last.day == day else days.carried(last, day)
    row.resolved += standing_on(row)
    days.set_score(row, NO_SCORE, {})
    days.set_standing(row, NOTHING)
    row.moved = True
    row.save()


def standing_on(row: PostureDay) -> int:
    """Findings that lived at the end of the day."""
    return row.critical + row.high + row.medium + row.low + row.info + row.accepted
