"""The benchmark as its own table: each item of an edition, and how the chosen hosts stand on it.

Everything comes from the tallies of the newest scans and from what people attest, so no host is judged again. What is
attested is shown as it stands now; a score takes it in with the next scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.checks.benchmark import Item, items
from secdash.checks.benchmark_manual import Manual, moot
from secdash.checks.outcome import Status
from secdash.facts.message import Message
from secdash.findings.access import attestations_for
from secdash.findings.models import Attestation
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import benchmark_words as words
from secdash.posture import latest
from secdash.posture.asked import Asked
from secdash.posture.benchmark_words import NOT_IN_TALLY, Statements, folded
from secdash.posture.tallies import FACES, Faces, Tally, faces_of
from secdash.posture.threats import places
from secdash.posture.threats.places import Seen
from secdash.scans.models import Scan


class Said(NamedTuple):
    """How one host stands on one item. `attestation` is the last word of a person, whether or not it still holds."""

    status: Status
    reason: Message | None = None
    attestation: Attestation | None = None
    holds: bool = False
    counted: bool = False  # whether the score of the newest scan has it; if unknown, still has what was said before

    @property
    def ended(self) -> bool:
        """Its last day is over: only a withdrawal else leaves unknown what somebody attested."""
        return self.status is Status.UNKNOWN and self.attestation is not None and not self.attestation.is_withdrawn


class Line(NamedTuple):
    """An item and how many hosts stand how; `only` where one host was chosen."""

    item: Item
    hosts: Faces
    attested: int
    ended: int
    only: Said | None


class Page(NamedTuple):
    """`total` is the number of items before the filters; `unscanned` the chosen hosts that no line counts.

    `only` is the one host that was chosen, None where several are summed.
    """

    lines: list[Line]
    total: int
    faces: Faces
    scanned: Sequence[Host | Seen]
    unscanned: int
    only: Host | None
    as_of: datetime | None


def page(user: User, asked: Asked, *, day: date) -> Page:
    """Four queries, whatever the number of hosts, and the tallies of scans that nobody asked for before."""
    return _of_one(user, asked, day) if asked.host else _of_several(user, asked, day)


def _of_one(user: User, asked: Asked, day: date) -> Page:
    now = latest.hosts_now(asked.hosts(hosts_for(user)))
    scanned = [(state.host, state.scan) for state in now if state.scan]
    said = statements(user)
    lines = [_line_of_one(item, scanned, said, day) for item in items(asked.edition) if _is_asked(item, asked)]
    return _page(asked, lines, [state.host for state in now], [host for host, _ in scanned])


def _of_several(user: User, asked: Asked, day: date) -> Page:
    """From what each scan says of each item, which is kept; then what people attest."""
    hosts = places.seen_hosts(asked.hosts(hosts_for(user)))
    scanned = [host for host in hosts if host.scan]
    letters = words.of_edition(asked.edition).of(places.scans_of(scanned))
    rows = [(host.pk, letters[host.scan]) for host in scanned if host.scan in letters]
    columns = words.columns(asked.edition, rows, statements(user), day)
    lines = (Line(item, *column, None) for item, column in zip(items(asked.edition), columns, strict=True))
    return _page(asked, [line for line in lines if _is_asked(line.item, asked)], hosts, scanned)


def _page(asked: Asked, lines: Iterable[Line], hosts: Sequence[Host | Seen], scanned: Sequence[Host | Seen]) -> Page:
    shown = [line for line in lines if not asked.status or line.hosts[FACES.index(Status(asked.status))]]
    return Page(
        lines=shown,
        total=len(items(asked.edition)),
        faces=_total(line.hosts for line in shown),
        scanned=scanned,
        unscanned=len(hosts) - len(scanned),
        only=next((host for host in hosts if isinstance(host, Host)), None) if asked.host else None,
        as_of=max((host.seen_at for host in scanned if host.seen_at), default=None),
    )


def statements(user: User) -> dict[tuple[int, str], Attestation]:
    """The last word on each host and item, by both. One query."""
    rows = attestations_for(user).newest().select_related("by").defer("evidence")
    return {(row.host_id, row.item): row for row in rows}


def _line_of_one(item: Item, scanned: Sequence[tuple[Host, Scan]], said: Statements, day: date) -> Line:
    found = [standing(item, host, scan, said, day) for host, scan in scanned]
    return Line(
        item=item,
        hosts=faces_of(each.status for each in found),
        attested=sum(each.holds for each in found),
        ended=sum(each.ended for each in found),
        only=found[0] if found else None,
    )


def standing(item: Item, host: Host, scan: Scan, said: Statements, day: date) -> Said:
    """How the host stands on the item, from its scan or from a person's word."""
    if item.checks:
        return Said(folded(scan.tally.get(check, NOT_IN_TALLY) for check in item.checks))
    if item.manual is None:
        return Said(Status.UNKNOWN, item.reason)
    return attested(item.manual, scan, said.get((host.pk, item.manual.name)), day)


def attested(item: Manual, scan: Scan | None, statement: Attestation | None, day: date) -> Said:
    """How a host stands on what people attest; `scan` is its newest, None where it was never scanned."""
    tally: Tally = scan.tally if scan else {}
    why = moot(item, scan.engine_version if scan else "", tally)
    if why:
        return Said(Status.NOT_APPLICABLE, why, statement)
    if statement is None or not statement.holds(day):
        return Said(Status.UNKNOWN, item.reason, statement, counted=item.name in tally)
    status = Status(statement.says)
    counted = folded([tally.get(item.name, NOT_IN_TALLY)]) is status
    return Said(status, None, statement, holds=True, counted=counted)


def _is_asked(item: Item, asked: Asked) -> bool:
    levels = [str(level) for level in item.levels] or ["unknown"]
    return (
        asked.section in ("", item.section)
        and (not asked.level or asked.level in levels)
        and asked.profile in ("", item.profile)
        and asked.by in ("", answered_by(item))
    )


def answered_by(item: Item) -> str:
    """A check, people, or nobody yet."""
    if item.checks:
        return "check"
    return "people" if item.manual else "nobody"


def _total(faces: Iterable[Faces]) -> Faces:
    total = Faces()
    for each in faces:
        total = total.plus(each)
    return total


class Section(NamedTuple):
    number: str
    lines: list[Line]


def by_section(lines: Iterable[Line]) -> Iterator[Section]:
    """In the order of the book."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.item.section, []).append(line)
    return (Section(number, shown) for number, shown in found.items())
