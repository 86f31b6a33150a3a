"""The attack stories of a host beside its findings, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from secdash.facts.model import Container
from secdash.findings.models import Finding
from secdash.fleet.models import Host
from secdash.posture.containers import Identity, findings_of
from secdash.posture.replay import Replay
from secdash.posture.stories.chain import Chain, Link, Possible, Told
from secdash.posture.stories.cutting import Cut, cuts
from secdash.posture.stories.scene import Scene
from secdash.posture.stories.telling import told

TOP = 3


class Step(NamedTuple):
    """A link with its finding; `container` is said where the story comes to another one."""

    link: Link
    finding: Finding | None
    container: str


class Line(NamedTuple):
    """A story; `cut` is its cheapest link."""

    chain: Chain
    steps: list[Step]
    cut: Cut | None
    cut_finding: Finding | None


class Doubt(NamedTuple):
    """What of a story is known, and why the rest is not."""

    possible: Possible
    steps: list[Step]


class Weak(NamedTuple):
    """A link that is the cheapest of several stories, and how many end with it."""

    cut: Cut
    finding: Finding | None


class Stories(NamedTuple):
    """`left` is how many further stories were not followed."""

    lines: list[Line]
    doubts: list[Doubt]
    left: int

    @property
    def top(self) -> list[Line]:
        """The worst of each container that a story begins at, then further ones."""
        first = {line.chain.container: line for line in reversed(self.lines)}
        ordered = sorted(self.lines, key=lambda line: first[line.chain.container] is not line)
        return ordered[:TOP]

    @property
    def weakest(self) -> list[Weak]:
        """The cheapest links of all stories, what breaks most first."""
        found = {line.cut.link.identity: Weak(line.cut, line.cut_finding) for line in self.lines if line.cut}
        return sorted(found.values(), key=lambda weak: (-weak.cut.breaks, weak.cut.price.rank))


def stories_of(seen: Replay, host: Host) -> Stories:
    """What the host's newest look tells; one query, for the findings that stand for the links."""
    return stories_beside(seen, findings_of(host, identities(seen)))


def identities(seen: Replay) -> list[Identity]:
    """Of the findings that stand for the links of all stories."""
    found, _cheapest = seen.once(_told)
    links = [*(each.links for each in found.chains), *(each.links for each in found.possible)]
    return [link.identity for story in links for link in story if link.check]


def stories_beside(seen: Replay, findings: Mapping[Identity, Finding]) -> Stories:
    """The same with findings that somebody fetched, those of `identities` among them."""
    found, cheapest = seen.once(_told)
    return Stories(
        lines=[_line(chain, cheapest.get(chain), findings) for chain in found.chains],
        doubts=[Doubt(each, _steps(each.container, each.links, findings)) for each in found.possible],
        left=found.left,
    )


def _told(seen: Replay) -> tuple[Told, dict[Chain, Cut]]:
    found = told(seen.facts, seen.verdicts)
    return found, cuts(found.chains, Scene(seen.facts, seen.verdicts))


def _line(chain: Chain, cut: Cut | None, findings: Mapping[Identity, Finding]) -> Line:
    steps = _steps(chain.container, chain.links, findings)
    return Line(chain, steps, cut, findings.get(cut.link.identity) if cut else None)


def _steps(container: str, links: Iterable[Link], findings: Mapping[Identity, Finding]) -> list[Step]:
    steps, here = [], container
    for link in links:
        comes_to = link.name if link.kind == Container.kind and link.name != here else ""
        here = comes_to or here
        steps.append(Step(link, findings.get(link.identity) if link.check else None, comes_to))
    return steps
