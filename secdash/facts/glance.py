"""A glance at a host: what is listed now, and of it only what changed is read; all else stays as it was last read.

The listing of containers is always whole, so that what is missing from it is gone. Besides what is wanted, whatever
the listing itself shows to be new or another than it was is read, so that a lost event is made up for by the next one.
Networks and volumes are read where a container that came, went or changed is, or was, attached to them.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from secdash.facts.answers import ContainerAnswers, Failure, ImageAnswers
from secdash.facts.collect import (
    ANSWER_TIME,
    CONTAINERS,
    IMAGES,
    INSPECT,
    NETWORKS,
    Pass,
    field,
    id_of,
    its_containers,
    no_progress,
)
from secdash.facts.connect import EngineClient, open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.message import say
from secdash.facts.model import Container, Image, Network, Snapshot, Unknown
from secdash.facts.negotiating import spoken_with
from secdash.facts.parse.listings import parse_networks, parse_volumes, renew_containers, renew_images
from secdash.facts.thing import Thing

R = TypeVar("R", Container, Image, Network)
Containers = Mapping[str, Container]

MOST = 60  # containers at once: for more, a scan is as cheap
SECONDS = 20.0
TOO_MANY = Failure(say("More changed than is read between two scans."))


def glance(endpoint: Endpoint, last: Snapshot, wanted: Collection[Thing], *, seconds: float = SECONDS) -> Snapshot:
    """`last` with what changed of its containers, and of images, networks and volumes that they have to do with.

    A listing that was known is Unknown where it cannot be read, that of containers also where too many changed. Raises
    Unreachable.
    """
    ends, spoken = time.monotonic() + seconds, last.engine.api_version
    version = "" if isinstance(spoken, Unknown) else spoken_with(spoken)
    seen = _glance(endpoint, last, wanted, ends, version)
    if version and seen.containers == Unknown(TOO_MANY.why):
        return seen
    if version and isinstance(seen.containers, Unknown):  # it may speak another version since
        return _glance(endpoint, last, wanted, ends, "")
    return seen


def _glance(endpoint: Endpoint, last: Snapshot, wanted: Collection[Thing], ends: float, version: str) -> Snapshot:
    with open_engine(endpoint, read_timeout=min(ANSWER_TIME, SECONDS), version=version) as engine:
        return _Glance(engine, last, wanted, ends).renewed()


class _Glance(Pass):
    def __init__(self, engine: EngineClient, last: Snapshot, wanted: Collection[Thing], ends: float) -> None:
        super().__init__(engine, no_progress, ends)
        self._last = last
        self._wanted = frozenset(wanted)
        self._left = MOST

    def renewed(self) -> Snapshot:
        before = _by_id(self._last.containers)
        found = self._listing(CONTAINERS, self._container_or_kept(before), _inspect)
        if self._left < 0:
            found = TOO_MANY
        containers = renew_containers(found, podman=self._last.engine.podman)
        if isinstance(containers, Unknown):
            return msgspec.structs.replace(self._last, containers=containers)
        changed = list(_changed(before, _by_id(containers)))
        return msgspec.structs.replace(
            self._last,
            containers=containers,
            images=self._images(containers),
            networks=self._networks({*_attached(changed), *self._named("network")}),
            volumes=self._volumes(changed),
        )

    def _look_ahead(self, path: str, ids: list[str]) -> None:
        """Nothing is asked ahead: most of what is listed is not asked about."""

    def _named(self, kind: str) -> set[str]:
        return {thing.id for thing in self._wanted if thing.kind == kind}

    def _container_or_kept(self, known: Containers) -> Any:
        wanted = self._named("container")

        def read(listed: Any, id_: str) -> ContainerAnswers | Container:
            kept = known.get(str(field(listed, "Id")))
            if kept and kept.id not in wanted and _is_as_listed(kept, listed):
                return kept
            self._left -= 1
            return self._container(listed, id_) if self._left >= 0 else ContainerAnswers(listed, TOO_MANY)

        return read

    def _images(self, containers: tuple[Container, ...]) -> tuple[Image, ...] | Unknown:
        """As they were, unless a container is of one that nobody knows yet."""
        known = _by_id(self._last.images)
        if isinstance(self._last.images, Unknown) or all(
            isinstance(each.image_id, Unknown) or each.image_id in known for each in containers
        ):
            return self._last.images
        return renew_images(self._listing(IMAGES, self._image_or_kept(known), _inspect))

    def _image_or_kept(self, known: Mapping[str, Image]) -> Any:
        def read(listed: Any, id_: str) -> ImageAnswers | Image:
            kept = known.get(str(field(listed, "Id")))
            return kept if kept and _has_tags(kept, listed) else self._image(listed, id_)

        return read

    def _networks(self, concerned: Collection[str]) -> tuple[Network, ...] | Unknown:
        """Those that are concerned are read; all are listed only where one of them is new, or gone."""
        known = _by_id(self._last.networks)
        if not concerned or isinstance(self._last.networks, Unknown):
            return self._last.networks
        if known.keys() >= set(concerned):
            read = {id_: self._network({}, id_of({"Id": id_})) for id_ in sorted(concerned)}
            if not any(isinstance(_its_containers(answer), Failure) for answer in read.values()):
                return parse_networks([read.get(id_, network) for id_, network in known.items()])
        return parse_networks(self._listing(NETWORKS, self._network_or_kept(known, concerned), _its_containers))

    def _network_or_kept(self, known: Mapping[str, Network], concerned: Collection[str]) -> Any:
        def read(listed: Any, id_: str) -> Any:
            kept = known.get(id_)
            return kept if kept and id_ not in concerned else self._network(listed, id_)

        return read

    def _volumes(self, changed: Iterable[Container]) -> Any:
        """All are in one answer, which is asked for where what changed has, or had, one that may be new or gone."""
        wanted = self._named("volume") or any(_has_volume(each) for each in changed)
        if not wanted or isinstance(self._last.volumes, Unknown):
            return self._last.volumes
        answer = self._ask("/volumes")
        return Unknown(answer.why) if isinstance(answer, Failure) else parse_volumes(answer)


def _by_id(listing: tuple[R, ...] | Unknown) -> dict[str, R]:
    return {} if isinstance(listing, Unknown) else {each.id: each for each in listing}


def _inspect(thing: ContainerAnswers | ImageAnswers | Container | Image) -> Any:
    """The answer that tells whether a thing is still there; None of one that was not asked about."""
    return INSPECT(thing) if isinstance(thing, ContainerAnswers | ImageAnswers) else None


def _its_containers(network: Any) -> Any:
    return None if isinstance(network, Network) else its_containers(network)


def _is_as_listed(kept: Container, listed: Any) -> bool:
    state, names = field(listed, "State"), field(listed, "Names")
    named = not isinstance(names, list) or f"/{kept.name}" in names
    return named and (isinstance(kept.state, Unknown) or kept.state == state)


def _has_tags(kept: Image, listed: Any) -> bool:
    tags = field(listed, "RepoTags")
    return isinstance(kept.tags, Unknown) or set(tags or ()) - {"<none>:<none>"} == set(kept.tags)


def _changed(before: Containers, after: Containers) -> Iterator[Container]:
    """What came, went or is another than it was: as it was, and as it is."""
    for id_ in {*before, *after}:
        old, new = before.get(id_), after.get(id_)
        if old is not new:
            yield from (each for each in (old, new) if each)


def _attached(containers: Iterable[Container]) -> Iterator[str]:
    for each in containers:
        ends = () if isinstance(each.attachments, Unknown) else each.attachments
        yield from (end.network_id for end in ends if end.network_id)


def _has_volume(container: Container) -> bool:
    mounts = container.mounts
    return not isinstance(mounts, Unknown) and any(mount.type == "volume" for mount in mounts)
