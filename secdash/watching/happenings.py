"""What an Engine tells of in its stream of events: what is asked for, and what a line means. Pure."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

CONTAINER = ("create", "start", "update", "die", "destroy", "rename", "pause", "unpause")
NETWORK = ("connect", "disconnect")
DAEMON = ("reload",)
ACTIONS = {"container": CONTAINER, "network": NETWORK, "daemon": DAEMON}
PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
LATEST = 2**63 - 1


class Happening(NamedTuple):
    """`container` is the id of the one to read again; "" where only a scan can tell what changed."""

    container: str
    at: int  # nanoseconds, by the Engine's clock; 0 where it does not say


def path(heard: int) -> str:
    """The question, so that the Engine filters: most of what happens is health checks. `heard`: go on from there."""
    asked = {"type": list(ACTIONS), "event": [action for actions in ACTIONS.values() for action in actions]}
    since = f"&since={heard // 10**9}.{heard % 10**9:09}" if heard else ""
    return f"/events?filters={quote(orjson.dumps(asked).decode())}{since}"


def read(line: bytes) -> Happening | None:
    """None for what changes nothing, and for what is no event: an Engine may say what it likes."""
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    kind, action = _text(told, "Type"), _text(told, "Action")
    if action not in ACTIONS.get(kind, ()):
        return None
    container = "" if kind == "daemon" else _container(kind, told.get("Actor"))
    return None if container is None else Happening(container, _time(told.get("timeNano")))


def _container(kind: str, actor: Any) -> str | None:
    id_ = _text(actor, "ID") if kind == "container" else _text(_field(actor, "Attributes"), "container")
    return id_ if PLAIN_ID.fullmatch(id_) else None


def _time(value: Any) -> int:
    return value if isinstance(value, int) and 0 < value <= LATEST else 0


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    found = _field(value, name)
    return found if isinstance(found, str) else ""
