"""Weighing hosts anew where their score changes without a scan: risks were accepted or returned, a check asked again.

The newest scan keeps its verdicts; its score, and the host's day, follow what stands accepted now. Everything is
fetched for BATCH hosts at a time, so that a decision on the whole fleet is a few statements a batch.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery

from secdash.checks.outcome import Severity, Status
from secdash.findings.lifecycle import ACCEPTED, OPEN
from secdash.findings.models import Finding, State, Transition
from secdash.findings.rewriting import rewrite
from secdash.findings.score import weigh as weighed
from secdash.fleet.models import Host
from secdash.scans import days, moves
from secdash.scans.changes import Change
from secdash.scans.models import PostureDay, Scan
from secdash.scans.moves import Moves, Restated
from secdash.scans.tallied import STATUS_ORDER, Tally, counted

BATCH = 200


class Restatement(NamedTuple):
    """A transition that no scan brought."""

    host: int
    check: str
    change: Change

    def restated(self) -> Restated:
        more = (self.change.now == ACCEPTED) - (self.change.was == ACCEPTED)
        return Restated(self._category, self.check, Severity(self.change.severity), more)

    @property
    def _category(self) -> str:
        if self.change.now == ACCEPTED:
            return moves.ACCEPTED
        if self.change.was == ACCEPTED and self.change.now == OPEN:
            return moves.RETURNED
        return moves.FAILING if self.change.now == OPEN else moves.FIXED


@transaction.atomic
def weigh(host: Host, at: datetime, *, tally: Tally | None = None) -> None:
    """Bring score and day of one host up to its transitions of this very moment; call it once for each `at`.

    `tally` is what the newest scan's becomes, where a check was asked again.
    """
    changed = list(_transitions([host.pk], at))
    _weigh([host.pk], {host.pk: changed}, {} if tally is None else {host.pk: tally}, at)


def weigh_answer(host: Host, check: str, *, was: Status | None, now: Status | None, at: datetime) -> None:
    """After one check was asked again of one subject, in the transaction that wrote what became of its finding.

    `was` is the status that the newest scan counted, `now` the one that was answered; None for a subject not there.
    The host was seen by that: what is kept of a tally (`posture.kept`) knows so that this one became another.
    """
    scan = _newest_scans([host.pk]).get(host.pk)
    if scan is None:
        return
    row = Counter(dict(zip(STATUS_ORDER, scan.tally.get(check, ()), strict=False)))
    row.update([now] if now else [])
    row.subtract([was] if was else [])
    Host.objects.filter(pk=host.pk).update(seen_at=at)
    weigh(host, at, tally={**scan.tally, check: [max(row[status], 0) for status in STATUS_ORDER]})


def follow(hosts: Iterable[int], at: datetime, begun: Mapping[int, int], ended: Mapping[int, int]) -> None:
    """The same of several hosts, with how many findings became accepted or returned on each: the newest that did."""
    waiting = iter(sorted(set(hosts)))
    while batch := list(islice(waiting, BATCH)):
        with transaction.atomic():
            _weigh(batch, _newest(_transitions(batch, at), begun, ended), {}, at)


def on_acceptances_changed(
    *, hosts: Iterable[int], at: datetime, begun: Mapping[int, int], ended: Mapping[int, int], **_sender: Any
) -> None:
    """The receiver of `findings.signals.acceptances_changed`."""
    follow(hosts, at, begun, ended)


def _transitions(hosts: Sequence[int], at: datetime) -> Iterator[Restatement]:
    """The newest first: several chunks of one decision may share the moment."""
    found = Transition.objects.filter(at=at, scan=None, finding__host__in=hosts).order_by("-pk")
    for host, check, *change in found.values_list("finding__host_id", "finding__check_name", *days.OF_CHANGE):
        yield Restatement(host, check, Change(*change))


def _newest(
    found: Iterable[Restatement], begun: Mapping[int, int], ended: Mapping[int, int]
) -> dict[int, list[Restatement]]:
    """Of each host only as many as are told of: those before belong to an earlier chunk, which counted them."""
    left = {moves.ACCEPTED: Counter(begun), moves.RETURNED: Counter(ended)}
    kept: dict[int, list[Restatement]] = defaultdict(list)
    for each in found:
        category = each.restated().category
        if category in left and left[category][each.host] > 0:
            left[category][each.host] -= 1
            kept[each.host].append(each)
    return kept


def _weigh(
    hosts: Sequence[int],
    changed: Mapping[int, list[Restatement]],
    tallies: Mapping[int, Tally],
    at: datetime,
) -> None:
    list(Host.objects.select_for_update().filter(pk__in=hosts).order_by("pk").values_list("pk"))
    scans, accepted, standing = _newest_scans(hosts), _accepted(hosts), days.standing(hosts)
    rows = days.last_days(hosts, at.date())
    for host, scan in scans.items():
        steps = changed.get(host, [])
        moved = _restate(scan, tallies.get(host, scan.tally), accepted[host], steps)
        if host in rows:
            row = rows[host] = _today(rows[host], at)
            before = days.placed(row)
            days.set_score(row, weighed(counted(scan.tally), accepted[host].elements()), scan.tally)
            days.set_standing(row, standing[host])
            days.add(row, [each.change for each in steps], moved)
            days.note_moved(row, before)
    rewrite(list(scans.values()), ("tally", "score", "assessed") if tallies else ("score", "assessed"))
    days.save([rows[host] for host in scans if host in rows])


def _restate(scan: Scan, now: Tally, accepted: Counter[Severity], steps: Iterable[Restatement]) -> Moves:
    """Set the scan's score, and say what moved it."""
    before, was = scan.tally, scan.score
    score = weighed(counted(now), accepted.elements())
    scan.tally, scan.score, scan.assessed = dict(now), score.value, score.assessed
    if was is None or score.value is None:
        return {}
    return moves.restated(was, before, now, accepted, [each.restated() for each in steps])


def _newest_scans(hosts: Sequence[int]) -> dict[int, Scan]:
    done = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    newest = Host.objects.filter(pk__in=hosts).annotate(newest=Subquery(done)).values("newest")
    found = Scan.objects.filter(pk__in=newest).only("host", "tally", "score", "assessed")
    return {scan.host_id: scan for scan in found}


def _accepted(hosts: Sequence[int]) -> dict[int, Counter[Severity]]:
    counts: dict[int, Counter[Severity]] = {host: Counter() for host in hosts}
    found = Finding.objects.filter(host__in=hosts, state=State.ACCEPTED).order_by()
    for host, severity, count in found.values_list("host_id", "severity").annotate(number=Count("*")):
        counts[host][Severity(severity)] += count
    return counts


def _today(last: PostureDay, at: datetime) -> PostureDay:
    """The host's day of `at`; new, and as the last one stood, where nothing was written that day yet."""
    return last if last.day == at.date() else days.carried(last, at.date())
