"""A recorded host with one thing changed each: what is judged of both is compared."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import cache

import msgspec
import orjson

from secdash.facts.message import say
from secdash.facts.model import ImageFiles, Snapshot, Unknown, dump, load
from secdash.facts.parse import parse
from tests.engine.recordings import answers_of

OTHERS = (None, "another", 7, True, 1, [], "unless-stopped", 0)
MANY = 70  # changes of one value each
EACH = 5  # of the containers one, and the last, which joins the network of the first


@cache
def host() -> Snapshot:
    """As it is read back from the database, with a few containers of different kinds."""
    facts = load(dump(parse(answers_of("docker-28"))))
    return msgspec.structs.replace(facts, containers=(*facts.containers[::EACH], facts.containers[-1]))


def changed() -> Iterator[tuple[str, Snapshot]]:
    """Each with a name of what is another in it."""
    yield from _things()
    yield from _values()


def _things() -> Iterator[tuple[str, Snapshot]]:
    facts = host()
    first, *others = facts.containers
    image, *images = facts.images
    unread = Unknown(say("The Engine refused."))
    twin, renamed = (msgspec.structs.replace(first, **what) for what in ({"name": "twin"}, {"key": "b", "name": "b"}))
    for name, value in {
        "nothing": {},
        "no container": {"containers": ()},
        "one container less": {"containers": tuple(others)},
        "one container more": {"containers": (*facts.containers, renamed)},
        "the first is privileged": {"containers": (msgspec.structs.replace(first, privileged=True), *others)},
        "two containers of one key": {"containers": (*facts.containers, twin)},
        "unlisted containers": {"containers": unread},
        "containers in another order": {"containers": facts.containers[::-1]},
        "one image less": {"images": tuple(images)},
        "no images": {"images": ()},
        "unlisted images": {"images": unread},
        "unlisted networks": {"networks": unread},
        "no volumes": {"volumes": ()},
        "images read": {"images": (msgspec.structs.replace(image, files=ImageFiles(*[()] * 9, None)), *images)},
    }.items():
        yield name, msgspec.structs.replace(facts, **value)


def _values() -> Iterator[tuple[str, Snapshot]]:
    told = orjson.loads(dump(host()))
    paths = list(_leaves(told))
    for number in range(0, len(paths), max(1, len(paths) // MANY)):
        for other in (OTHERS[number % len(OTHERS)], _opposite(told, paths[number])):
            try:
                yield f"{paths[number]} is {other!r}", load(orjson.dumps(_with(told, paths[number], other)))
            except msgspec.ValidationError:
                continue  # no fact has that


def jumbled(times: int, most: int) -> Iterator[tuple[str, Snapshot]]:
    """Each with some values changed at once, and some containers gone."""
    chance = random.Random(times)  # noqa: S311 - the same at every run
    for number in range(times):
        facts = host()
        told = orjson.loads(dump(facts))
        paths = chance.sample(list(_leaves(told)), k=most)
        for path in paths:
            try:
                facts = load(orjson.dumps(other := _with(told, path, _opposite(told, path))))
                told = other
            except msgspec.ValidationError:
                continue
        kept = [each for each in facts.containers if chance.random() < 0.8]
        yield f"jumble {number}", msgspec.structs.replace(facts, containers=tuple(kept))


def _leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in items:
        if not isinstance(below, dict | list) or not below:
            yield (*path, name)
        yield from _leaves(below, (*path, name))


def _opposite(told, path):
    for name in path:
        told = told[name]
    return not told if isinstance(told, bool) else f"{told}x" if isinstance(told, str) else 0 if told else 1


def _with(told, path, value):
    other = copy.deepcopy(told)
    place = other
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return other
