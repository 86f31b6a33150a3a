"""A digest of one look at a host: where it is equal to that of another look, `parse` makes equal facts of both.

It costs a part of what making and judging the facts costs. What moves at every look and never becomes a fact (clocks,
counters, the log of a health check) is left out, or read as a fact first; whatever else moves gives another digest, and
the host is then judged again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

from secdash.facts.answers import Answers, ContainerAnswers, Failure
from secdash.facts.parse.changes import writes
from secdash.facts.parse.engine import is_podman, parse_engine
from secdash.facts.parse.host import parse_host
from secdash.facts.parse.processes import live_execs, processes
from secdash.facts.parse.reading import Node, listed_id
from secdash.facts.parse.services import count_secrets, parse_services

SIZE = 16  # bytes
OF_LISTING = ("Status", "Ports")  # "Up 3 minutes"; the same ports in any order, which inspect tells as well
OF_INSPECT = ("ExecIDs",)  # those of health checks come and go; what runs is read
OF_HEALTH = ("Log", "FailingStreak")


Things = tuple[tuple[str, bytes], ...]  # by id a digest of what was answered about it


class Sight(NamedTuple):
    """Of the whole look, as hex digits; and of each thing that has an id of its own what `parse` makes its facts of."""

    digest: str
    containers: Things
    images: Things


def sight(answers: Answers, *, key: bytes) -> Sight:
    """Answers hold secrets that facts do not: without the `key` nothing can be guessed from the digests."""
    podman = is_podman(answers.version)
    containers = _each(answers.containers, lambda each: _digest((podman, *_container(each)), key))
    images = _each(answers.images, lambda each: _digest(msgspec.structs.astuple(each), key))
    seen = [
        parse_engine(answers.version, answers.info, answers.plugins, answers.reached),
        _told(containers),
        _told(images),
        _each(answers.networks, lambda network: network),
        answers.volumes,
        parse_host(answers.files),
        parse_services(answers.services),
        count_secrets(answers.secrets),
    ]
    return Sight(_digest(seen, key).hex(), _by_id(answers.containers, containers), _by_id(answers.images, images))


def _digest(seen: Any, key: bytes) -> bytes:
    return hashlib.blake2b(orjson.dumps(seen, default=_plain), digest_size=SIZE, key=key[:64]).digest()


def _told(digests: list[bytes] | Failure) -> Any:
    return digests if isinstance(digests, Failure) else [each.hex() for each in digests]


def _by_id(answers: Any, digests: list[bytes] | Failure) -> Things:
    if isinstance(digests, Failure):
        return ()
    ids = [listed_id(each.listed) for each in answers]
    times = Counter(ids)
    return tuple((id_, each) for id_, each in zip(ids, digests, strict=True) if id_ and times[id_] == 1)


@cache
def digest_of_source(*folders: Path) -> str:
    """Of all modules below these folders: what is made of the same answers is the same as long as they are."""
    found = hashlib.blake2b(digest_size=SIZE)
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _each(answers: Any, one: Any) -> Any:
    return answers if isinstance(answers, Failure) else [one(answer) for answer in answers]


def _container(each: ContainerAnswers) -> Any:
    inspect = Node(each.inspect)
    return (
        _without(each.listed, OF_LISTING),
        _still(each.inspect),
        None if each.top is None else processes(each.top, ""),
        live_execs(each.execs, inspect.at("ExecIDs"), inspect.at("Config", "Healthcheck", "Test")),
        None if each.changes is False else writes(each.changes, "running", read_only=False),
    )


def _still(inspect: Any) -> Any:
    if not isinstance(inspect, dict):
        return inspect
    state = inspect.get("State")
    if isinstance(state, dict) and isinstance(state.get("Health"), dict):
        inspect = {**inspect, "State": {**state, "Health": _without(state["Health"], OF_HEALTH)}}
    return _without(inspect, OF_INSPECT)


def _without(answer: Any, names: tuple[str, ...]) -> Any:
    return {name: value for name, value in answer.items() if name not in names} if isinstance(answer, dict) else answer


def _plain(value: Any) -> Any:
    """Records, which no answer can be taken for."""
    if isinstance(value, msgspec.Struct):
        return {f"\0{type(value).__name__}": msgspec.structs.astuple(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
