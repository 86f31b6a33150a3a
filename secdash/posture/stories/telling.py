"""All stories of one host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from secdash.checks.engine import Verdict
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Snapshot, Unknown
from secdash.posture.stories.chain import Chain, End, Link, Possible, Told
from secdash.posture.stories.entries import entries
from secdash.posture.stories.means import means
from secdash.posture.stories.neighbours import hop
from secdash.posture.stories.scene import Answer, Scene, every

MOST = 200
END_ORDER = tuple(End)


def told(facts: Snapshot, verdicts: Iterable[Verdict]) -> Told:
    """The shortest and worst first, MOST of them."""
    scene = Scene(facts, verdicts)
    running = scene.running()
    ways_in = {each.id: list(entries(scene, each)) for each in running}
    ways_out = {each.id: [way for way in means(scene, each) if not way.no] for each in running}
    end = _end(facts)
    chains = [*_at_once(scene, end)]
    possible = _unseen(facts)
    for container in running:
        for answer in _direct(ways_in[container.id], ways_out[container.id]):
            _sort(answer, container, end, 0, chains, possible)
        for answer in _secrets(scene, container, ways_in[container.id]):
            _sort(answer, container, End.SECRETS, 0, chains, {})
    for here, answer in _through_neighbours(scene, running, ways_in, ways_out):
        _sort(answer, here, end, 1, chains, possible)
    sure = {chain.container for chain in chains if chain.end is not End.SECRETS}
    ordered = sorted(dict.fromkeys(chains), key=_rank)
    doubtful = tuple(each for name, each in sorted(possible.items()) if name not in sure)
    return Told(tuple(ordered[:MOST]), doubtful, max(0, len(ordered) - MOST))


def _unseen(facts: Snapshot) -> dict[str, Possible]:
    """Of containers that could not be listed, or whose state is unknown, nothing can be told."""
    if isinstance(facts.containers, Unknown):
        return {"": Possible("", (), (facts.containers.why,))}
    states = ((each.name, each.state) for each in facts.containers)
    return {name: Possible(name, (), (state.why,)) for name, state in states if isinstance(state, Unknown)}


def _rank(chain: Chain) -> tuple[int, int, int, str, tuple[str, ...]]:
    return (
        END_ORDER.index(chain.end),
        chain.hops,
        len(chain.links),
        chain.container,
        tuple(link.check for link in chain.links),
    )


def _sort(
    answer: Answer, container: Container, end: End, hops: int, chains: list[Chain], possible: dict[str, Possible]
) -> None:
    """A chain where all is known; else what is missing is added to what else is missing of the container."""
    if answer.is_sure:
        chains.append(Chain(container.name, answer.links, end, hops))
    elif not answer.no:
        before = possible.get(container.name, Possible(container.name, answer.links, ()))
        why: tuple[Message, ...] = tuple(dict.fromkeys((*before.why, *answer.missing)))
        possible[container.name] = Possible(container.name, before.links, why)


def _end(facts: Snapshot) -> End:
    """Root on a manager commands every node of its swarm."""
    swarm = facts.engine.swarm
    return End.SWARM if not isinstance(swarm, Unknown) and swarm.state == "active" and swarm.manager else End.HOST


def _at_once(scene: Scene, end: End) -> Iterator[Chain]:
    """The API itself, open to everybody."""
    answer = scene.ask(
        "unauthenticated-api",
        scene.facts.engine,
        say("API open to everybody"),
        say("Whoever reaches the Engine’s port commands it, with no flaw of any application involved."),
    )
    if answer.is_sure:
        yield Chain("", answer.links, end)


def _direct(ways_in: list[Answer], ways_out: list[Answer]) -> Iterator[Answer]:
    for inward in ways_in:
        for outward in ways_out:
            yield every(inward, _without(outward, inward.links))


def _without(answer: Answer, said: tuple[Link, ...]) -> Answer:
    """A link is told once."""
    return Answer(tuple(link for link in answer.links if link not in said), answer.missing, answer.no)


def _secrets(scene: Scene, container: Container, ways_in: list[Answer]) -> Iterator[Answer]:
    keys = scene.ask(
        "secret-in-environment",
        container,
        say("secrets in the environment"),
        say("Who breaks in reads the keys of other systems, as whatever user."),
    )
    if keys.is_sure:
        yield from (every(inward, keys) for inward in ways_in)


def _through_neighbours(
    scene: Scene, running: list[Container], ways_in: dict[str, list[Answer]], ways_out: dict[str, list[Answer]]
) -> Iterator[tuple[Container, Answer]]:
    """Only to those that are no way in themselves: their own stories are shorter."""
    reached = [each for each in running if any(way.is_sure for way in ways_in[each.id])]
    hidden = [each for each in running if each not in reached and ways_out[each.id]]
    for there in hidden:
        for here in reached:
            crossing = hop(scene, here, there)
            if crossing:
                for inward in ways_in[here.id]:
                    yield from ((here, every(inward, crossing, outward)) for outward in ways_out[there.id])
