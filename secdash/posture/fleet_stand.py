"""Where all hosts together stand, kept until a host is seen or a finding moves; and each of the few that are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from secdash.fleet.models import HostQuerySet
from secdash.posture import host_lines, keeping
from secdash.posture.context import Rooms
from secdash.posture.held import Held, held
from secdash.posture.stands import Counts, Stand, Weight, stands, summed, weights

WORST = 5


class FleetStand(NamedTuple):
    """`stands` and `weights` are those of the `worst`, worst first, and of whoever was asked for besides."""

    score: float | None
    scored: int
    containers: int
    assessed: float | None
    accepted: int
    open: Counts
    held: Held | None
    worst: list[int]
    stands: Mapping[int, Stand]
    weights: Mapping[int, Weight]


def fleet_stand(hosts: HostQuerySet, shown: Iterable[int], *, name: str, rooms: Rooms) -> FleetStand:
    """`name` says which hosts are `shown` besides the worst."""

    def make() -> FleetStand:
        return _summed_up(stands(hosts), keeping.kept("weights", rooms.mark, lambda: weights(hosts)), shown)

    return keeping.kept(f"fleet-stand:{name}", rooms.live_mark, make)


def _summed_up(of: Mapping[int, Stand], weigh: Mapping[int, Weight], shown: Iterable[int]) -> FleetStand:
    worst = host_lines.worst(of, weigh, WORST)
    few = {*worst, *shown}
    return FleetStand(
        score=mean(each.score for each in of.values()),
        scored=sum(each.score is not None for each in of.values()),
        containers=sum(each.containers or 0 for each in of.values()),
        assessed=mean(each.assessed for each in of.values()),
        accepted=sum(map(sum, (each.accepted for each in weigh.values()))),
        open=summed(each.open for each in weigh.values()),
        held=held(of, weigh),
        worst=worst,
        stands={pk: of[pk] for pk in few if pk in of},
        weights={pk: weigh[pk] for pk in few if pk in weigh},
    )


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
