"""Reading again what one check needs of one thing: the listing of its kind and the thing itself, then what is wanted.

Nothing is asked twice in one narrow reading. What was not asked is marked with the part that it belongs to
(`facts.unasked`), never left out: a listing is whole or it is unknown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from secdash.facts.answers import Answers, ContainerAnswers, ImageAnswers
from secdash.facts.collect import (
    ANSWER_TIME,
    CONTAINERS,
    IMAGES,
    INSPECT,
    NETWORKS,
    RUNNING,
    NotFound,
    Pass,
    field,
    id_of,
    its_containers,
    no_progress,
    theirs,
)
from secdash.facts.connect import EngineClient, open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.model import Container, Image, Network, Unknown
from secdash.facts.parse.engine import is_podman
from secdash.facts.parse.listings import parse_containers, parse_images, parse_networks
from secdash.facts.unasked import Part, not_asked

ALL_OF = {"container": Part.EVERY_CONTAINER, "image": Part.EVERY_IMAGE, "network": Part.EVERY_NETWORK}
FIRST = {
    "container": Part.CONTAINERS,
    "image": Part.IMAGES,
    "network": Part.NETWORKS,
    "volume": Part.VOLUMES,
    "service": Part.SERVICES,
    "file": Part.FILES,
}
Inspected = Callable[[Any], Any]


@contextmanager
def narrowly(endpoint: Endpoint | str, kind: str, key: str, *, deadline: float) -> Iterator[Narrow]:
    """A narrow reading of the host at this endpoint, about the subject of that kind and key. Raises Unreachable."""
    with open_engine(endpoint, read_timeout=min(ANSWER_TIME, deadline)) as engine:
        yield Narrow(engine, kind, key, time.monotonic() + deadline)


class Narrow(Pass):
    """A pass that asks for more each time `answers` wants more; `asked` are the paths, in order."""

    def __init__(self, engine: EngineClient, kind: str, key: str, ends: float) -> None:
        super().__init__(engine, no_progress, ends)
        self.asked: list[str] = []
        self._kind = kind
        self._key = key
        self._kept: dict[str, Any] = {}
        self._wanted: frozenset[Part] = frozenset()
        self._own: tuple[Any, set[str]] = (None, set())

    def answers(self, wanted: frozenset[Part]) -> Answers:
        """What is wanted, and the subject itself; the mark of its part in the place of everything else."""
        self._wanted = wanted | {FIRST[self._kind]} if self._kind in FIRST else wanted
        info = self._ask("/info")
        return Answers(
            version=self._ask("/version"),
            info=info,
            containers=self._listed(Part.CONTAINERS, CONTAINERS, self._container, INSPECT),
            images=self._listed(Part.IMAGES, IMAGES, self._image, INSPECT),
            networks=self._listed(Part.NETWORKS, NETWORKS, self._network, its_containers),
            volumes=self._one(Part.VOLUMES),
            plugins=self._one(Part.PLUGINS),
            services=self._of_swarm(info, partial(self._one, Part.SERVICES)),
            secrets=self._of_swarm(info, partial(self._one, Part.SECRETS)),
            files=not_asked(Part.FILES),
            reached=self._engine.reached,
        )

    def _look_ahead(self, path: str, ids: list[str]) -> None:
        """Nothing is asked ahead: of most of what is listed nothing is wanted."""

    # --- each kind, as far as it is wanted --------------------------------------------------------------------------

    def _one(self, part: Part) -> Any:
        return self._ask(part.value) if part in self._wanted else not_asked(part)

    def _listed(self, part: Part, path: str, read: Callable[[Any, str], Any], inspected: Inspected) -> Any:
        return self._listing(path, read, inspected) if part in self._wanted else not_asked(part)

    def _container(self, listed: Any, id_: str) -> ContainerAnswers:
        own = self._is_own("container", CONTAINERS, id_)
        if not own and Part.EVERY_CONTAINER not in self._wanted:
            left_out = not_asked(Part.EVERY_CONTAINER)
            return ContainerAnswers(listed, left_out, left_out, left_out, left_out)
        inspect = self._about(f"/containers/{id_}/json", id_)
        runs = field(field(inspect, "State"), "Status") in RUNNING
        writes = runs and field(field(inspect, "HostConfig"), "ReadonlyRootfs") is False
        return ContainerAnswers(
            listed,
            inspect,
            self._closer(Part.PROCESSES, own, lambda: self._top(id_)) if runs else None,
            self._closer(Part.PROCESSES, own, lambda: self._sessions(inspect)),
            self._closer(Part.CHANGES, own, lambda: self._changes(id_)) if writes else False,
        )

    def _closer(self, part: Part, own: bool, ask: Callable[[], Any]) -> Any:
        """What takes the Engine longer than an inspect: of the subject where it is wanted, of others never."""
        if not own:
            return not_asked(Part.WHOLE)
        return ask() if part in self._wanted else not_asked(part)

    def _sessions(self, inspect: Any) -> Any:
        ids = field(inspect, "ExecIDs")
        return self._execs(ids if isinstance(ids, list) else [])

    def _image(self, listed: Any, id_: str) -> ImageAnswers:
        if self._is_own("image", IMAGES, id_) or Part.EVERY_IMAGE in self._wanted:
            return super()._image(listed, id_)
        left_out = not_asked(Part.EVERY_IMAGE)
        return ImageAnswers(listed, left_out, left_out)

    def _network(self, listed: Any, id_: str) -> Any:
        if self._is_own("network", NETWORKS, id_) or Part.EVERY_NETWORK in self._wanted:
            return super()._network(listed, id_)
        return {**listed, "Containers": not_asked(Part.EVERY_NETWORK)} if isinstance(listed, dict) else listed

    # --- which of a listing is the subject --------------------------------------------------------------------------

    def _is_own(self, kind: str, path: str, id_: str) -> bool:
        return kind == self._kind and id_ in self._own_ids(path)

    def _own_ids(self, path: str) -> set[str]:
        """Which of those that are listed now has the subject's key: after a redeploy it has another id."""
        listed = self._ask(path)
        if self._own[0] is not listed:
            subjects = self._as_listed(theirs(listed) if isinstance(listed, list) else [])
            found = () if isinstance(subjects, Unknown) else subjects
            self._own = (listed, {id_of({"Id": each.id}) for each in found if each.key == self._key})
        return self._own[1]

    def _as_listed(
        self, entries: list[Any]
    ) -> tuple[Container, ...] | tuple[Image, ...] | tuple[Network, ...] | Unknown:
        left_out = not_asked(ALL_OF[self._kind])
        if self._kind == "container":
            podman = is_podman(self._ask("/version"))
            return parse_containers([ContainerAnswers(entry, left_out) for entry in entries], podman=podman)
        if self._kind == "image":
            return parse_images([ImageAnswers(entry, left_out, left_out) for entry in entries])
        return parse_networks(entries)

    # --- asking -----------------------------------------------------------------------------------------------------

    def _ask(self, path: str) -> Any:
        """The answer that there was, or a new one. What has vanished makes every listing worthless."""
        if path not in self._kept:
            self.asked.append(path)
            answer = self._kept[path] = super()._ask(path)
            if isinstance(answer, NotFound):
                for listing in (CONTAINERS, IMAGES, NETWORKS):
                    self._kept.pop(listing, None)
        return self._kept[path]

    def _top(self, id_: str) -> Any:
        return self._once(f"/containers/{id_}/top", lambda: super(Narrow, self)._top(id_))

    def _changes(self, id_: str) -> Any:
        return self._once(f"/containers/{id_}/changes", lambda: super(Narrow, self)._changes(id_))

    def _once(self, path: str, ask: Callable[[], Any]) -> Any:
        if path not in self._kept:
            self.asked.append(path)
            self._kept[path] = ask()
        return self._kept[path]
