"""Which hosts a cap holds down, and what the mean would be without: told by tallies that are read once a scan."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import NamedTuple

from secdash.checks.outcome import Severity
from secdash.findings.score import CAPS
from secdash.posture import tallies
from secdash.posture.stands import Counts, Stand, Weight, as_counter
from secdash.scans.models import Scan

KEPT = 20_000  # scans
Key = tuple[Stand, Severity, Counts]


class Held(NamedTuple):
    """Hosts that open failures of one severity hold down, and what the mean would be without those failures."""

    severity: Severity
    cap: int
    hosts: int
    without: int


# What a scan's score would be without its failures of that severity, other failures being accepted; None where the cap
# does not explain its score. A finished scan's tally never changes.
_freed: OrderedDict[Key, int | None] = OrderedDict()
_lock = Lock()


def held(stands: Mapping[int, Stand], weights: Mapping[int, Weight]) -> Held | None:
    """By the worst severity that holds hosts at its cap."""
    for severity in (Severity.CRITICAL, Severity.HIGH):
        capped = {host: each for host, each in stands.items() if each.score == CAPS[severity]}
        keys = {host: (each, severity, weights.get(host, Weight()).accepted) for host, each in capped.items()}
        freed = _freed_scores(keys.values())
        free = {host: score for host, key in keys.items() if (score := freed[key]) is not None}
        if free:
            scores = [free.get(host, each.score) for host, each in stands.items() if each.score is not None]
            return Held(severity, CAPS[severity], len(free), round(sum(scores) / len(scores)))
    return None


def _freed_scores(keys: Iterable[Key]) -> dict[Key, int | None]:
    """One query for those that nobody asked for before, none in the end."""
    wanted = list(keys)
    with _lock:
        found = {key: _freed[key] for key in wanted if key in _freed}
    missing = [key for key in wanted if key not in found]
    if missing:
        scans = Scan.objects.filter(pk__in={stand.scan for stand, _, _ in missing}).values_list("pk", "tally")
        read = dict(scans.iterator(chunk_size=100))
        made = {key: _without(read.get(key[0].scan, {}), *key) for key in missing}
        _keep(made)
        found.update(made)
    return found


def _without(tally: tallies.Tally, stand: Stand, severity: Severity, accepted: Counts) -> int | None:
    """The arithmetic must give the stored figure, else nothing is claimed."""
    listed = list(as_counter(accepted).elements())
    computed = tallies.score_of(tally, listed)
    if computed.value != stand.score or computed.held_by is not severity:
        return None
    return tallies.score_without(tally, severity, listed).value or 0


def _keep(made: Mapping[Key, int | None]) -> None:
    with _lock:
        _freed.update(made)
        while len(_freed) > KEPT:
            _freed.popitem(last=False)
