"""Tickets of open overviews: while nothing moves, whoever shows one is told so without being asked who they are.

Each overview asks once a second. Its session, its reader and their hosts are a dozen times the work of saying that
nothing moved, which is the same for all. A ticket is made by an answer to somebody who may have it, holds for a few
seconds, and says nothing but whether anything moved since: so only those get one who see every host, and nobody else
learns by it that something moved where they may not look.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Sum
from django.utils.crypto import constant_time_compare, salted_hmac

from secdash.findings.models import Transition
from secdash.fleet.models import Host
from secdash.posture import keeping

HEADER = "X-Ticket"
LASTS = 20  # seconds: a session that ends is noticed after that
MOMENT = 0.25  # seconds in which what moved is asked for once
LATELY = 2000  # keys: what writers that work side by side are apart
LONGEST = 100  # characters of what may be one


def beat(*, now: datetime) -> str:
    """Another one whenever a finding moves, and when hosts come or go. One for all who ask in the same moment."""
    return keeping.kept("beat", f"{now.timestamp() / MOMENT:.0f}", _beat, seconds=1)


def ticket(beat: str, mark: str, *, now: datetime) -> str:
    """For lines of this mark, which are as of this beat or newer."""
    until = int(now.timestamp()) + LASTS
    return f"{until}.{_signed(beat, mark, until)}"


def holds(shown: str, mark: str, *, now: datetime) -> bool:
    """Nothing moved since it was made. False as well for one that is over, or is none."""
    until, _, signed = shown.partition(".")
    if len(shown) > LONGEST or not until.isdecimal() or int(until) <= now.timestamp():
        return False
    return constant_time_compare(signed, _signed(beat(now=now), mark, int(until)))


def _beat() -> str:
    """How many came lately tells of one that got its key before the newest, and was committed after it."""
    hosts = Host.objects.order_by().aggregate(count=Count("pk"), newest=Max("pk"), sum=Sum("pk"))
    newest = Transition.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lately = Transition.objects.filter(pk__gt=newest - LATELY).count()
    return ":".join(map(str, (*hosts.values(), newest, lately)))


def _signed(*told: object) -> str:
    return salted_hmac("secdash.posture.tickets", repr(told), algorithm="sha256").hexdigest()
