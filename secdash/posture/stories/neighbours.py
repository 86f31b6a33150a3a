"""One hop: what a container that was broken into shares with another on the same host."""

from __future__ import annotations

from collections.abc import Iterator

from secdash.checks.joining import ANOTHER
from secdash.checks.network_settings import ENABLE_ICC
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Mount, Network, Unknown, known
from secdash.posture.stories.chain import Link
from secdash.posture.stories.scene import Answer, Scene, besides, every, holds, is_on

DEFAULT_BRIDGE = "bridge"


def hop(scene: Scene, here: Container, there: Container) -> Answer | None:
    """How one comes from the first to the second, the surest way; None where nothing joins them.

    It says what they share. That the second falls too is what the story is about, as with the first.
    """
    ways = [*_over_networks(scene, here, there), *_through_ipc(scene, here, there), *_through_volumes(here, there)]
    return next((way for way in ways if way.is_sure), next(iter(ways), None))


def _over_networks(scene: Scene, here: Container, there: Container) -> Iterator[Answer]:
    for network in scene.networks_of(here):
        if is_on(there, network):
            lets = holds(lambda network=network: dict(known(network.options)).get(ENABLE_ICC) != "false")  # type: ignore[misc]
            if not lets.no:
                yield every(_network_link(scene, network, there), lets)


def _network_link(scene: Scene, network: Network, there: Container) -> Answer:
    """The finding that stands for it, where one does: on a network of one application none is wrong with that."""
    short = say("over network %(name)s", name=network.name)
    says = say("From there %(there)s is reached on every port, over the network they share.", there=there.name)
    if network.name == DEFAULT_BRIDGE:
        free = besides(scene.ask("icc-enabled", scene.facts.engine, short, says))
        left = besides(scene.ask("default-bridge", there, say("on the default bridge"), says))
        found = every(free, left)
    else:
        found = besides(scene.ask("projects-share-network", network, short, says))
    return found if found.links else Answer((_plain(short, says, there),))


def _through_ipc(scene: Scene, here: Container, there: Container) -> Iterator[Answer]:
    if _joins(here, there) or _joins(there, here):
        owner = there if _joins(here, there) else here
        short, says = (
            say("through shared memory"),
            say("It reads and writes the memory that %(there)s uses.", there=there.name),
        )
        found = besides(scene.ask("shareable-ipc", owner, short, says))
        yield found if found.links else Answer((_plain(short, says, there),))


def _through_volumes(here: Container, there: Container) -> Iterator[Answer]:
    for mount in _mounts(here):
        if mount.type == "volume" and mount.name and not mount.read_only and mount.name in _volumes(there):
            short = say("through volume %(name)s", name=mount.name)
            says = say("It changes files that %(there)s reads, on the volume they share.", there=there.name)
            yield Answer((_plain(short, says, there),))


def _joins(one: Container, other: Container) -> bool:
    mode = one.ipc_mode
    return isinstance(mode, str) and mode.startswith(ANOTHER) and mode.removeprefix(ANOTHER) in (other.id, other.name)


def _mounts(container: Container) -> tuple[Mount, ...]:
    return () if isinstance(container.mounts, Unknown) else container.mounts


def _volumes(container: Container) -> frozenset[str]:
    return frozenset(mount.name for mount in _mounts(container) if mount.type == "volume")


def _plain(short: Message, says: Message, there: Container) -> Link:
    """A link that no finding stands for."""
    return Link(short, says, "", there.kind, there.key, there.name)
