"""What changed, as an open overview asks for it again and again: kept for a moment, and sent only where it is new.

All who see every host read the same lines, so a thousand open pages of theirs cost about as much as one; for everybody
else lines are kept apart. The mark that a page sends back is of the lines themselves, and so tells nothing about hosts
that its reader may not see.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Sum
from django.template.loader import render_to_string
from django.utils.translation import get_language

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.posture import host_lines, keeping, since, tickets
from secdash.posture.overview import Overview, newest_criticals, with_scores
from secdash.posture.since import Event
from secdash.posture.stands import stands
from secdash.posture.windows import Window

SECONDS = 5


class Feed(NamedTuple):
    """The part of an overview that lists changes."""

    window: Window
    events: list[Event]
    events_total: int


class Answer(NamedTuple):
    """The lines as HTML, their mark, and the beat of `tickets` before they were read."""

    html: str
    mark: str
    beat: str


def answer(user: User, window: Window, *, now: datetime) -> Answer:
    """A query or two, mostly: made once for each beat, and again after a few seconds for what moves without one."""
    beat = tickets.beat(now=now)
    visible = _visible(user)
    key = f"feed:{beat}:{get_language()}:{window.kind.value}:{window.since.timestamp():.0f}:{visible}"
    return keeping.made_once(key, lambda: _rendered(user, window, visible, beat, now), seconds=SECONDS)


def _visible(user: User) -> str:
    """Whose lines these are: everybody's who sees every host, else this reader's alone, and of which hosts."""
    if user.sees_all:
        return "all"
    hosts = hosts_for(user).order_by().aggregate(count=Count("pk"), newest=Max("pk"), sum=Sum("pk"))
    return f"of-{user.pk}:{hosts['count']}:{hosts['newest']}:{hosts['sum']}"


def _rendered(user: User, window: Window, visible: str, beat: str, now: datetime) -> Answer:
    page = feed(user, window, f"{visible}:{beat}", now=now)
    mark = mark_of(page)
    return Answer(render_to_string("posture/_changes.html", {"page": page, "mark": mark}), mark, beat)


def mark_of(page: Feed | Overview) -> str:
    """The same for the same lines and number of all, whichever of the two has them."""
    lines = render_to_string("posture/_events.html", {"page": page, "events": page.events})
    return hashlib.blake2b(f"{page.events_total}:{lines}".encode(), digest_size=8).hexdigest()


def feed(user: User, window: Window, mark: str, *, now: datetime) -> Feed:
    """The same lines as the overview has; counted anew where the mark is another."""
    changed = since.changes(user, window, mark, now=now)
    first = since.criticals(newest_criticals(user), window, changed.fresh)
    shown = [group.host for group in changed.groups[: since.LINES]]
    found = hosts_for(user).select_related("group", "connection").in_bulk(shown)
    events = since.events(changed, first, found, most=since.LINES)
    wanted = {event.host.pk for event in events}
    kept = host_lines.days_of(user, found, today=now.date())
    now_at = stands(hosts_for(user).filter(pk__in=wanted))
    before = stands(hosts_for(user).filter(pk__in=wanted), before=window.since) if window.is_visit else None
    was = None if before is None else {pk: each.score for pk, each in before.items()}
    return Feed(window, [with_scores(event, now_at, was, kept) for event in events], changed.total + len(first))
