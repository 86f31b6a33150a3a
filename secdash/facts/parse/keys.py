"""Subject keys: what a thing is called for as long as its owner takes it for the same, however often re-created."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from secdash.facts.model import Container, Image, Network, Service, Unknown, Volume

S = TypeVar("S", Container, Image, Network, Volume, Service)

LONGEST_KEY = 200  # characters, before an id that may follow

COMPOSE = ("com.docker.compose.project", "com.docker.compose.service", "com.docker.compose.container-number")
COMPOSE_ONE_OFF = "com.docker.compose.oneoff"
SWARM_SERVICE = "com.docker.swarm.service.name"
SWARM_TASK = "com.docker.swarm.task.name"


def container_key(name: str, labels: tuple[tuple[str, str], ...] | Unknown) -> str:
    """project/service/number of Compose, service.slot of Swarm (of a global service: service.node), else the name."""
    known_labels = {} if isinstance(labels, Unknown) else dict(labels)
    return _compose_key(known_labels) or _swarm_key(known_labels) or name


def _compose_key(labels: dict[str, str]) -> str:
    parts = [labels.get(label, "") for label in COMPOSE]
    one_off = labels.get(COMPOSE_ONE_OFF, "").lower() == "true"
    return "/".join(parts) if all(parts) and not one_off else ""


def _swarm_key(labels: dict[str, str]) -> str:
    service, task = labels.get(SWARM_SERVICE, ""), labels.get(SWARM_TASK, "")
    slot = task.removeprefix(f"{service}.").partition(".")[0]
    return f"{service}.{slot}" if service and task.startswith(f"{service}.") and slot else ""


def image_key(id_: str, tags: Sequence[str], digests: Sequence[str]) -> str:
    """Its first reference, or its digest or id where it has none."""
    return min(tags, default="") or min(digests, default="") or id_


def with_own_keys(subjects: Iterable[S], ids: Iterable[str]) -> tuple[S, ...]:
    """The subjects in the order of their keys; where several want one key, the first by id has it and the others
    carry their id in theirs."""
    taken: set[str] = set()
    own = []
    for id_, subject in sorted(zip(ids, subjects, strict=True), key=lambda pair: (pair[0], pair[1].key)):
        key = _free_key(bounded(subject.key), id_, taken)
        taken.add(key)
        own.append(subject if key == subject.key else msgspec.structs.replace(subject, key=key))
    return tuple(sorted(own, key=lambda subject: subject.key))


def bounded(key: str) -> str:
    """Labels may be of any length and hold any character; a key must fit its column, whatever a container claims."""
    plain = key.replace("\0", "")
    if len(plain) <= LONGEST_KEY:
        return plain
    return f"{plain[: LONGEST_KEY - 33]}~{hashlib.blake2b(key.encode(errors='replace'), digest_size=16).hexdigest()}"


def _free_key(key: str, id_: str, taken: set[str]) -> str:
    short = id_.rpartition(":")[2]
    for candidate in (key, f"{key}@{short[:12]}", f"{key}@{id_}"):
        if candidate not in taken:
            return candidate
    return f"{key}@{id_}#{len(taken)}"
