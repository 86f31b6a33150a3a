"""A digest of one look at a host: where it is equal to that of another look, `parse` makes equal facts of both.

It costs a part of what making and judging the facts costs. What moves at every look and never becomes a fact (clocks,
counters, the log of a health check) is left out, or read as a fact first; whatever else moves gives another digest, and
the host is then judged again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import orjson

from secdash.facts.answers import Answers, ContainerAnswers, Failure
from secdash.facts.parse.changes import writes
from secdash.facts.parse.engine import parse_engine
from secdash.facts.parse.host import parse_host
from secdash.facts.parse.processes import live_execs, processes
from secdash.facts.parse.reading import Node
from secdash.facts.parse.services import count_secrets, parse_services

SIZE = 16  # bytes
OF_LISTING = ("Status", "Ports")  # "Up 3 minutes"; the same ports in any order, which inspect tells as well
OF_INSPECT = ("ExecIDs",)  # those of health checks come and go; what runs is read
OF_HEALTH = ("Log", "FailingStreak")


def sight(answers: Answers, *, key: bytes) -> str:
    """Hex digits. Answers hold secrets that facts do not: without the `key` nothing can be guessed from the digest."""
    seen = [
        parse_engine(answers.version, answers.info, answers.plugins, answers.reached),
        _each(answers.containers, _container),
        _each(answers.images, msgspec.structs.astuple),
        _each(answers.networks, lambda network: network),
        answers.volumes,
        parse_host(answers.files),
        parse_services(answers.services),
        count_secrets(answers.secrets),
    ]
    return hashlib.blake2b(orjson.dumps(seen, default=_plain), digest_size=SIZE, key=key[:64]).hexdigest()


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
