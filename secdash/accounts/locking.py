"""Guessing is slow: after some wrong passwords the same client waits, and is told until when.

What counts is the name together with where it was tried from, so that a stranger can never lock anybody out but
themselves; and where it was tried from alone, so that nobody walks through names. Each try is written down before the
password is looked at: a hundred at once gain nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from secdash.accounts.addresses import network
from secdash.accounts.models import FailedSignIn

WINDOW = timedelta(minutes=15)
OF_A_NAME = 5  # tries of one name from one client within the window
OF_A_CLIENT = 50  # tries of any names; an office behind one address has many people


class Locked(Exception):
    """Too many were wrong. `until` is when the next try is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def begin(name: str, address: str, *, at: datetime) -> FailedSignIn:
    """Note a try, which counts as wrong until it is `taken_back`. Raises Locked, and such a try does not count."""
    tried = FailedSignIn.objects.create(name=_digest(name), address=network(address), at=at)
    until = _until(tried, at=at)
    if until is None:
        return tried
    tried.delete()
    raise Locked(until)


def take_back(tried: FailedSignIn) -> None:
    """The password was right: the tries of this name from there are forgotten. Those of other names still count."""
    FailedSignIn.objects.filter(name=tried.name, address=tried.address).delete()


def was_the_last(tried: FailedSignIn) -> bool:
    """Whether the next try of this name will have to wait. Tidies up, since a wrong one is seldom."""
    FailedSignIn.objects.filter(at__lte=tried.at - WINDOW).delete()
    return _of_name(tried).count() == OF_A_NAME


def unlock(*, name: str = "", address: str = "") -> int:
    """Forget tries: of a name, from an address, or all. How many there were."""
    found = FailedSignIn.objects.all()
    if name:
        found = found.filter(name=_digest(name))
    if address:
        found = found.filter(address=network(address))
    return found.delete()[0]


def _until(tried: FailedSignIn, *, at: datetime) -> datetime | None:
    """When the oldest of those that fill a limit leaves the window; of two limits the later."""
    begins = at - WINDOW
    ends = [
        before[most - 1] + WINDOW
        for tries, most in ((_of_name(tried), OF_A_NAME), (_of_client(tried), OF_A_CLIENT))
        if len(before := list(_times(tries.exclude(pk=tried.pk).filter(at__gt=begins))[:most])) == most
    ]
    return max(ends, default=None)


def _of_name(tried: FailedSignIn) -> QuerySet[FailedSignIn]:
    return FailedSignIn.objects.filter(name=tried.name, address=tried.address)


def _of_client(tried: FailedSignIn) -> QuerySet[FailedSignIn]:
    return FailedSignIn.objects.filter(address=tried.address)


def _times(tries: QuerySet[FailedSignIn]) -> QuerySet[FailedSignIn, datetime]:
    return tries.order_by("-at").values_list("at", flat=True)


def _digest(name: str) -> str:
    return salted_hmac("secdash.accounts.locking", name.strip().casefold()).hexdigest()[:32]
