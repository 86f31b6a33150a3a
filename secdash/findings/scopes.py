"""What an acceptance covers, as a pure predicate over findings; `findings.covering` asks the database the same."""

from __future__ import annotations

from datetime import date

import msgspec

from secdash.findings.privileges import repository


class Scope(msgspec.Struct, frozen=True):
    """A check, narrowed by what is given; or some findings by their ids, whatever else is given."""

    check: str = ""
    host: int | None = None
    group: int | None = None
    project: str = ""
    image: str = ""  # the repository
    findings: frozenset[int] | None = None


class Target(msgspec.Struct, frozen=True):
    """What a scope is asked about; `pk` is None for a finding that is only about to be opened."""

    check: str
    host: int
    group: int | None
    project: str = ""
    image: str = ""  # the reference
    pk: int | None = None


class Agreed(msgspec.Struct, frozen=True):
    """An acceptance in force. `later`: it also holds what turns up in its scope."""

    pk: int
    scope: Scope
    until: date | None = None
    later: bool = False

    def is_past(self, day: date) -> bool:
        return self.until is not None and self.until < day


def covers(scope: Scope, target: Target) -> bool:
    if scope.findings is not None:
        return target.pk in scope.findings
    return (
        scope.check == target.check
        and scope.host in (None, target.host)
        and scope.group in (None, target.group)
        and scope.project in ("", target.project)
        and scope.image in ("", repository(target.image))
    )
