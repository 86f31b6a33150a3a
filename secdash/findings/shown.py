"""What a page shows of a finding: the columns that a failing verdict fills, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from secdash.checks.engine import Verdict
from secdash.facts.model import Container, Snapshot, Unknown
from secdash.findings.lifecycle import Seen
from secdash.findings.words import message_as_json

SHOWN = ("subject_name", "project", "image", "severity", "reason", "evidence")


def seen(verdict: Verdict, places: Mapping[str, tuple[str, str]]) -> Seen:
    """A failing verdict, as the life of findings takes it."""
    columns = shown(verdict, places)
    image = verdict.subject.key if verdict.subject.kind == "image" else str(columns["image"])
    return Seen(verdict, digest(columns), str(columns["project"]), image)


def shown(verdict: Verdict, places: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The columns of SHOWN for a failing verdict."""
    is_container = verdict.subject.kind == Container.kind
    project, image = places.get(verdict.subject.key, ("", "")) if is_container else ("", "")
    return {
        "subject_name": storable(verdict.subject.name)[:400],
        "project": storable(project)[:200],
        "image": storable(image)[:400],
        "severity": int(verdict.severity),
        "reason": message_as_json(verdict.outcome.reason),
        "evidence": storable(orjson.loads(orjson.dumps([list(pair) for pair in verdict.outcome.evidence]))),
    }


def storable(value: Any) -> Any:
    """The value without NUL characters, which JSON and hosts may send and PostgreSQL cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


def digest(columns: Mapping[str, object]) -> str:
    return hashlib.blake2b(orjson.dumps(columns, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def places_in(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """For each container's key, its Compose project and its image."""
    if isinstance(snapshot.containers, Unknown):
        return {}
    return {each.key: (_project(each), _text(each.image)) for each in snapshot.containers}


def _project(container: Container) -> str:
    labels = container.labels
    return "" if isinstance(labels, Unknown) else dict(labels).get("com.docker.compose.project", "")


def _text(fact: str | Unknown) -> str:
    return "" if isinstance(fact, Unknown) else fact
