"""A glance at a host: what is listed now, and of it only what changed is read; all else stays as it was last read.

The listing is always whole, so that what is missing from it is gone. Besides what is wanted, whatever the listing
itself shows to be new or another than it was is read, so that a lost event is made up for by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from secdash.facts.answers import ContainerAnswers, Failure, ImageAnswers
from secdash.facts.collect import ANSWER_TIME, CONTAINERS, IMAGES, Pass, field, no_progress
from secdash.facts.connect import EngineClient, open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.message import say
from secdash.facts.model import Container, Image, Snapshot, Unknown
from secdash.facts.parse.listings import renew_containers, renew_images

R = TypeVar("R", Container, Image)

MOST = 60  # containers at once: for more, a scan is as cheap
SECONDS = 20.0
TOO_MANY = Failure(say("More changed than is read between two scans."))


def glance(endpoint: Endpoint, last: Snapshot, wanted: Collection[str], *, seconds: float = SECONDS) -> Snapshot:
    """`last` with what changed of its containers, and images that came with them; `wanted` are ids of containers.

    Containers are Unknown where they cannot be listed, or where too many changed. Raises Unreachable.
    """
    with open_engine(endpoint, read_timeout=min(ANSWER_TIME, seconds)) as engine:
        return _Glance(engine, last, wanted, time.monotonic() + seconds).renewed()


class _Glance(Pass):
    def __init__(self, engine: EngineClient, last: Snapshot, wanted: Collection[str], ends: float) -> None:
        super().__init__(engine, no_progress, ends)
        self._last = last
        self._wanted = frozenset(wanted)
        self._left = MOST

    def renewed(self) -> Snapshot:
        found = self._listing(CONTAINERS, self._container_or_kept(_by_id(self._last.containers)), _inspect)
        if self._left < 0:
            found = TOO_MANY
        containers = renew_containers(found, podman=self._last.engine.podman)
        images = self._last.images
        if _has_unknown_image(containers, _by_id(images)):
            images = renew_images(self._listing(IMAGES, self._image_or_kept(_by_id(images)), _inspect))
        return msgspec.structs.replace(self._last, containers=containers, images=images)

    def _container_or_kept(self, known: Mapping[str, Container]) -> Any:
        def read(listed: Any, id_: str) -> ContainerAnswers | Container:
            kept = known.get(str(field(listed, "Id")))
            if kept and kept.id not in self._wanted and _is_as_listed(kept, listed):
                return kept
            self._left -= 1
            return self._container(listed, id_) if self._left >= 0 else ContainerAnswers(listed, TOO_MANY)

        return read

    def _image_or_kept(self, known: Mapping[str, Image]) -> Any:
        def read(listed: Any, id_: str) -> ImageAnswers | Image:
            kept = known.get(str(field(listed, "Id")))
            return kept if kept and _has_tags(kept, listed) else self._image(listed, id_)

        return read


def _by_id(listing: tuple[R, ...] | Unknown) -> dict[str, R]:
    return {} if isinstance(listing, Unknown) else {each.id: each for each in listing}


def _inspect(thing: ContainerAnswers | ImageAnswers | Container | Image) -> Any:
    """The answer that tells whether a thing is still there; None of one that was not asked about."""
    return thing.inspect if isinstance(thing, ContainerAnswers | ImageAnswers) else None


def _is_as_listed(kept: Container, listed: Any) -> bool:
    state, names = field(listed, "State"), field(listed, "Names")
    named = not isinstance(names, list) or f"/{kept.name}" in names
    return named and (isinstance(kept.state, Unknown) or kept.state == state)


def _has_tags(kept: Image, listed: Any) -> bool:
    tags = field(listed, "RepoTags")
    return isinstance(kept.tags, Unknown) or set(tags or ()) - {"<none>:<none>"} == set(kept.tags)


def _has_unknown_image(containers: tuple[Container, ...] | Unknown, images: Mapping[str, Image]) -> bool:
    return not isinstance(containers, Unknown) and any(
        isinstance(each.image_id, str) and each.image_id not in images for each in containers
    )
