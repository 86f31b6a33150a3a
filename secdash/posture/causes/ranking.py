"""Which change closes what, what each does to the score, and the best few of them. Pure.

An atom is as many findings as no change tells apart, so that two changes which close the same finding count it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from secdash.posture.causes.arithmetic import Standing
from secdash.posture.causes.kinds import CHANGES, IMAGE, OF_IMAGE, SAME, Change, Kind

BY_CHECK: Mapping[str, list[Change]] = {
    check: [change for change in CHANGES.values() if check in change.checks]
    for check in {name for change in CHANGES.values() for name in change.checks}
}
BY_INHERITED: Mapping[str, Change] = {check: change for change in CHANGES.values() for check in change.inherited}


class Atom(NamedTuple):
    """Open findings of one check on one host.

    `project` and `image` are "" where no change of a project or an image is weighed; `inherits` where the container
    leaves the matter to the Engine, or to its image.
    """

    host: int
    check: str
    severity: int
    number: int
    kind: str = ""
    project: str = ""
    image: str = ""
    inherits: bool = False


class Ident(NamedTuple):
    """Which change: of a kind, by its key; a project's is of one host."""

    kind: Kind
    key: str
    host: int | None = None


class Effect(NamedTuple):
    """What a change does: `gain` is the change of the mean score, `lift` the same without the caps."""

    gain: float
    lift: float
    closes: int
    hosts: int

    @property
    def rank(self) -> tuple[float, float, int]:
        return (round(self.gain, 6), round(self.lift, 6), self.closes)


class Ranked(NamedTuple):
    ident: Ident
    effect: Effect


class Weighing:
    """All atoms, where each host stands, and which atoms each change closes."""

    def __init__(self, atoms: Sequence[Atom], standings: Mapping[int, Standing]) -> None:
        self.atoms = atoms
        self.standings = standings
        self.closes: dict[Ident, list[int]] = defaultdict(list)
        made_on = _hosts_of(atoms)
        for place, atom in enumerate(atoms):
            for ident in _closing(atom, made_on):
                self.closes[ident].append(place)

    def ranked(self) -> list[Ranked]:
        """Each change by itself, the one that does most first."""
        return self._ranked(self.closes, frozenset(), self.standings)

    def plan(self, changes: int) -> list[Ranked]:
        """Greedy: each round takes what does most after those before it, weighed anew, for caps do not add up."""
        chosen: list[Ranked] = []
        closed: set[int] = set()
        standings = self.standings
        left = dict(self.closes)
        while left and len(chosen) < changes:
            best = self._ranked(left, closed, standings)[0]
            if not best.effect.closes:
                break
            chosen.append(best)
            standings = {**standings, **self._after(left.pop(best.ident), closed, standings)}
            closed.update(self.closes[best.ident])
        return chosen

    def _ranked(
        self, offered: Mapping[Ident, list[int]], closed: Set[int], standings: Mapping[int, Standing]
    ) -> list[Ranked]:
        now = {host: (each.value or 0, each.uncapped or 0) for host, each in standings.items()}
        found = [Ranked(ident, self._effect(places, closed, standings, now)) for ident, places in offered.items()]
        return sorted(found, key=lambda each: (tuple(-part for part in each.effect.rank), each.ident[:2]))

    def _effect(
        self,
        places: Iterable[int],
        closed: Set[int],
        standings: Mapping[int, Standing],
        now: Mapping[int, tuple[int, int]],
    ) -> Effect:
        """`now` is the score of each host as it stands, with the caps and without."""
        fresh = [place for place in places if place not in closed]
        after = self._after(fresh, closed, standings)
        gain = sum((each.value or 0) - now[host][0] for host, each in after.items())
        lift = sum((each.uncapped or 0) - now[host][1] for host, each in after.items())
        scored = max(1, len(self.standings))
        number = sum(self.atoms[place].number for place in fresh)
        return Effect(gain / scored, lift / scored, number, len({self.atoms[place].host for place in fresh}))

    def _after(self, places: Iterable[int], closed: Set[int], standings: Mapping[int, Standing]) -> dict[int, Standing]:
        """Where the hosts stand that it touches; a host without a score has no place in the mean."""
        closing: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for place in places:
            atom = self.atoms[place]
            if place not in closed and atom.host in standings:
                closing[atom.host][atom.severity] += atom.number
        return {host: standings[host].without(numbers) for host, numbers in closing.items()}


def mean(standings: Mapping[int, Standing]) -> float | None:
    values = [each.value for each in standings.values() if each.value is not None]
    return sum(values) / len(values) if values else None


def _hosts_of(atoms: Iterable[Atom]) -> dict[str, set[int]]:
    """On which hosts the check of an Engine's setting is open: only there the setting is changed."""
    found: dict[str, set[int]] = defaultdict(set)
    for atom in atoms:
        for change in BY_CHECK.get(atom.check, ()):
            found[change.ident].add(atom.host)
    return found


def _closing(atom: Atom, made_on: Mapping[str, set[int]]) -> Iterator[Ident]:
    """Every change that closes these findings."""
    for change in BY_CHECK.get(atom.check, ()):
        yield Ident(change.kind, change.key)
    setting = BY_INHERITED.get(atom.check)
    if setting and atom.inherits and atom.host in made_on.get(setting.ident, ()):
        yield Ident(setting.kind, setting.key)
    if atom.project and atom.check in SAME:
        yield Ident(Kind.PROJECT, atom.project, atom.host)
    if atom.image and (atom.check in IMAGE or (atom.check in OF_IMAGE and atom.inherits)):
        yield Ident(Kind.IMAGE, atom.image)
