"""The cheapest link to cut: among the surest fixes the one that breaks most stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from secdash.checks import CATALOGUE
from secdash.checks.remedy import (
    LIKELY,
    SAFE,
    TRY,
    AuditFix,
    Certainty,
    ComposeFix,
    DaemonFix,
    FileFix,
    Fix,
    MembersFix,
)
from secdash.facts.message import Message, say
from secdash.posture.stories.chain import Chain, Link
from secdash.posture.stories.scene import Scene

Identity = tuple[str, str, str]
UNWRITTEN = 3  # after every Certainty: nobody has written that fix
CERTAINTIES = tuple(Certainty)


class Price(msgspec.Struct, frozen=True):
    """What a fix costs. `certainty` is None where no machine can write one; `stops` where something starts anew."""

    certainty: Certainty | None
    stops: bool

    @property
    def rank(self) -> int:
        return UNWRITTEN if self.certainty is None else CERTAINTIES.index(self.certainty)


class Cut(msgspec.Struct, frozen=True):
    """A link, its price, and how many of the host's stories end with it."""

    link: Link
    price: Price
    breaks: int
    of: int

    @property
    def why(self) -> tuple[Message, ...]:
        """In sentences: what it breaks, how sure that is, what it takes."""
        return (self._broken, SURENESS[self.price.certainty], TAKES[self.price.stops])

    @property
    def _broken(self) -> Message:
        if self.of == 1:
            return say("It breaks the one story of this host.")
        if self.breaks == self.of:
            return say("It breaks all %(of)s stories of this host.", of=self.of)
        return say("It breaks %(breaks)s of the %(of)s stories of this host.", breaks=self.breaks, of=self.of)


SURENESS: Mapping[Certainty | None, Message] = {
    SAFE: say("No application can notice the fix."),
    LIKELY: say("Few applications notice the fix."),
    TRY: say("Whether the application goes on depends on it: try the fix first."),
    None: say("The fix is for people to find."),
}
TAKES: Mapping[bool, Message] = {
    True: say("Something must start anew for it."),
    False: say("Nothing must start anew for it."),
}


def cuts(chains: Iterable[Chain], scene: Scene) -> dict[Chain, Cut]:
    """For each story its cheapest link; none for a story that no finding stands in."""
    chains = list(chains)
    breaks = Counter(link.identity for chain in chains for link in set(chain.cuttable))
    prices: dict[Identity, Price] = {}
    found: dict[Chain, Cut] = {}
    for chain in chains:
        offered = [
            Cut(link, _price(link, scene, prices), breaks[link.identity], len(chains)) for link in chain.cuttable
        ]
        if offered:
            found[chain] = min(offered, key=_rank)
    return found


def _rank(cut: Cut) -> tuple[int, int, bool, str]:
    return (cut.price.rank, -cut.breaks, cut.price.stops, cut.link.check)


def _price(link: Link, scene: Scene, prices: dict[Identity, Price]) -> Price:
    if link.identity not in prices:
        subject = scene.subject(link.kind, link.key)
        prices[link.identity] = price(CATALOGUE[link.check].fix(subject) if subject else None)
    return prices[link.identity]


def price(fix: Fix | None) -> Price:
    """A container is created anew for its fix, a daemon restarts but where it can reload; commands are to be tried."""
    match fix:
        case None:
            return Price(None, stops=True)
        case ComposeFix(certainty=certainty):
            return Price(certainty, stops=True)
        case DaemonFix(reload=reload):
            return Price(LIKELY if reload else TRY, stops=not reload)
        case FileFix() | AuditFix() | MembersFix():
            return Price(LIKELY, stops=False)
        case _:
            return Price(TRY, stops=True)
