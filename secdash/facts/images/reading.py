"""One image, or all of a host's, read in the way that was chosen for the host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal, Protocol
from urllib.parse import quote

import msgspec

from secdash.facts.connect import AnswerError, EngineClient, Unreachable, open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.helper import helper_on
from secdash.facts.images.bounds import Budget, Unreadable
from secdash.facts.images.export import read_export
from secdash.facts.images.inventory import inventory
from secdash.facts.images.layer import Layer
from secdash.facts.images.sources import Source, Stream
from secdash.facts.images.tar import entries
from secdash.facts.message import say
from secdash.facts.model import Fact, Image, ImageFiles, Snapshot, Unknown

Kind = Literal["export", "archive"]
Files = Fact[ImageFiles]
Progress = Callable[[str, int, int], None]

STAGE = "images"
SECONDS_A_SCAN = 90
IMAGES_A_SCAN = 100
REFUSALS = (401, 403, 405, 501)  # by a proxy or an authorization plugin that lets no such question pass
SHORTEST = 1.0  # seconds; with less left no image is begun

NOT_YET = Unknown(say("This image has not been read yet; a later scan will."))
BEING_READ = Unknown(say("Another scan is reading this image now; a later one will show what is in it."))
TAKES_TOO_LONG = Unknown(
    say(
        "Reading this image takes longer than the %(seconds)s seconds that a scan has for it.",
        seconds=SECONDS_A_SCAN,
    )
)


class Way(msgspec.Struct, frozen=True):
    """How the images of a host are read: as exports, or as archives of a container that is created for it.

    `owner` names who scans: what a dead worker of the same owner left on the host is cleaned up.
    """

    kind: Kind
    owner: str = ""


class Store(Protocol):
    """Where inventories are kept by image id, for every host that has the image."""

    def kept(self, ids: Iterable[str]) -> Mapping[str, Files]:
        """Those that are there."""

    def claim(self, id_: str) -> bool:
        """Whether this reader may read the image; False while another does."""

    def keep(self, id_: str, files: Files) -> None:
        """End a claim with what was read."""

    def release(self, id_: str) -> None:
        """End a claim with nothing."""


class Memory:
    """A store for one look."""

    def kept(self, _ids: Iterable[str]) -> Mapping[str, Files]:
        return {}

    def claim(self, _id: str) -> bool:
        return True

    def keep(self, _id: str, _files: Files) -> None:
        pass

    def release(self, _id: str) -> None:
        pass


def read_image(engine: EngineClient, image_id: str, way: Way, budget: Budget) -> ImageFiles:
    """Raises Unreadable, or AnswerError and Unreachable where the Engine gives no usable answer."""
    if way.kind == "export":
        with engine.get_stream(f"/images/{quote(image_id, safe=':')}/get", timeout=budget.seconds_left()) as answer:
            return read_export(Stream(answer.readinto, budget), budget)
    with helper_on(engine, image_id, way.owner) as helper:
        path = f"/containers/{helper.id}/archive?path=/"
        with engine.get_stream(path, timeout=budget.seconds_left()) as answer:
            return read_tree(Stream(answer.readinto, budget), budget)


def read_tree(source: Source, budget: Budget) -> ImageFiles:
    """The facts of a whole tree in one archive. Raises Unreadable."""
    tree = Layer()
    for entry, body in entries(source, budget, marked_end=True):
        tree.add(entry, body)
    return inventory([tree])


def with_files(snapshot: Snapshot, endpoint: Endpoint | str, way: Way, store: Store, progress: Progress) -> Snapshot:
    """The snapshot with what is in its images' files: what the store has, and as many more as one scan has time for."""
    if isinstance(snapshot.images, Unknown):
        return snapshot
    ids = {image.id: None for image in _in_use_first(snapshot, snapshot.images)}
    found = dict(store.kept(ids))
    if missing := [id_ for id_ in ids if id_ not in found]:
        found |= _Reader(endpoint, way, store, progress).read(missing)
    images = tuple(msgspec.structs.replace(image, files=found.get(image.id, NOT_YET)) for image in snapshot.images)
    return msgspec.structs.replace(snapshot, images=images)


class _Reader:
    """Reads images one after the other, as long as time lasts, and says how far it is."""

    def __init__(self, endpoint: Endpoint | str, way: Way, store: Store, progress: Progress) -> None:
        self._endpoint = endpoint
        self._way = way
        self._store = store
        self._progress = progress
        self._ends = time.monotonic() + SECONDS_A_SCAN

    def read(self, ids: list[str]) -> dict[str, Files]:
        """What there is to say of each image that was come to. An Engine that is gone, or refuses, ends it."""
        found: dict[str, Files] = {}
        try:
            with open_engine(self._endpoint) as engine:
                for done, id_ in enumerate(ids[:IMAGES_A_SCAN]):
                    if self._ends - time.monotonic() < SHORTEST:
                        break
                    beat = partial(self._progress, STAGE, done, len(ids))
                    beat()
                    found[id_] = self._one(engine, id_, beat, first=done == 0)
        except (Unreachable, AnswerError) as error:
            return {id_: found.get(id_, Unknown(error.message)) for id_ in ids}
        return found

    def _one(self, engine: EngineClient, id_: str, beat: Callable[[], None], *, first: bool) -> Files:
        if not self._store.claim(id_):
            return BEING_READ
        files: Files = NOT_YET
        lasts = False
        try:
            files, lasts = self._attempt(engine, id_, Budget(self._ends, beat), first)
            return files
        finally:
            if lasts:
                self._store.keep(id_, files)
            else:
                self._store.release(id_)

    def _attempt(self, engine: EngineClient, id_: str, budget: Budget, first: bool) -> tuple[Files, bool]:
        """What there is to say, and whether it would be the same next time."""
        try:
            return read_image(engine, id_, self._way, budget), True
        except (Unreadable, AnswerError) as error:
            if isinstance(error, AnswerError) and error.status in REFUSALS:
                raise  # as it would be for every other image
            if budget.is_over:  # the first had all the time that any scan has
                return (TAKES_TOO_LONG, True) if first else (NOT_YET, False)
            return Unknown(error.message), isinstance(error, Unreadable) and error.lasting


def _in_use_first(snapshot: Snapshot, images: tuple[Image, ...]) -> list[Image]:
    containers = () if isinstance(snapshot.containers, Unknown) else snapshot.containers
    used = {container.image_id for container in containers if isinstance(container.image_id, str)}
    return sorted(images, key=lambda image: image.id not in used)
