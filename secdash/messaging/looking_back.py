"""Scans that are over, each with what was before it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from secdash.facts.message import Message
from secdash.findings.words import message_from
from secdash.fleet.models import MaintenanceWindow
from secdash.messaging import news as what
from secdash.scans.models import Scan
from secdash.scans.services import INTERRUPTED, STUMBLED

OVER = (Scan.State.DONE, Scan.State.FAILED)


class Looked(NamedTuple):
    """A scan that is over. `was`: how the one before it ended, "" for none; `is_first` of those that were done.

    What failed in a maintenance window counts as not tried, before and now: a host that stays away is told of by its
    first scan after the window.
    """

    pk: int
    host_id: int
    group_id: int | None
    finished_at: datetime
    state: str
    failure: Message | None
    was: str
    was_failure: Message | None
    is_first: bool
    rests: bool

    @property
    def turn(self) -> str:
        """What changed with the host; "" where nothing did. Only a change is news, not each failure again."""
        if self.rests:
            return ""
        if self.state == Scan.State.FAILED:
            is_news = self.was != Scan.State.FAILED or _breaks(self.failure) != _breaks(self.was_failure)
            return (what.FAILING if _breaks(self.failure) else what.UNREACHABLE) if is_news else ""
        if self.was != Scan.State.FAILED:
            return ""
        return what.WORKING if _breaks(self.was_failure) else what.REACHABLE


def _breaks(failure: Message | None) -> bool:
    """Whether the worker gave the scan up, rather than the host being out of reach."""
    return failure is not None and failure.text in (INTERRUPTED.text, STUMBLED.text)


def looked(scans: QuerySet[Scan]) -> list[Looked]:
    """In the order in which they ended, in one query."""
    before = Scan.objects.filter(host=OuterRef("host"), created_at__lt=OuterRef("created_at"))
    resting = Exists(MaintenanceWindow.objects.over_scans())
    last = before.filter(state__in=OVER).exclude(resting, state=Scan.State.FAILED).newest_first()
    rows = scans.order_by("finished_at", "pk").annotate(
        was_state=Subquery(last.values("state")[:1]),
        was_error=Subquery(last.values("error")[:1]),
        knew=Exists(before.filter(state=Scan.State.DONE)),
        resting=resting,
    )
    found = rows.values_list(
        "pk", "host_id", "host__group_id", "finished_at", "state", "error", "was_state", "was_error", "knew", "resting"
    )
    return [
        Looked(
            pk,
            host,
            group,
            at,
            state,
            message_from(error),
            was or "",
            message_from(was_error),
            _first(state, knew),
            rests and state == Scan.State.FAILED,
        )
        for pk, host, group, at, state, error, was, was_error, knew, rests in found
        if at is not None
    ]


def _first(state: str, knew: bool) -> bool:
    return state == Scan.State.DONE and not knew
