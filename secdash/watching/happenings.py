"""What an Engine tells of in its stream of events: what is asked for, and what a line means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from secdash.facts.thing import Thing

CONTAINER = ("create", "start", "update", "die", "destroy", "rename", "pause", "unpause")
NETWORK = ("create", "connect", "disconnect", "destroy")
VOLUME = ("create", "destroy")
DAEMON = ("reload",)
ACTIONS = {"container": CONTAINER, "network": NETWORK, "volume": VOLUME, "daemon": DAEMON}
PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
LATEST = 2**63 - 1


class Happening(NamedTuple):
    """`things` are those to read again; none where only a scan can tell what changed."""

    things: frozenset[Thing]
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
    things = frozenset(_things(kind, told.get("Actor")))
    return Happening(things, _time(told.get("timeNano"))) if things or kind == "daemon" else None


def _things(kind: str, actor: Any) -> Iterator[Thing]:
    """Whoever is connected to a network changes with it."""
    named = [Thing(kind, _text(actor, "ID"))]
    if kind == "network":
        named.append(Thing("container", _text(_field(actor, "Attributes"), "container")))
    return (thing for thing in named if kind != "daemon" and PLAIN_ID.fullmatch(thing.id))


def _time(value: Any) -> int:
    return value if isinstance(value, int) and 0 < value <= LATEST else 0


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    found = _field(value, name)
    return found if isinstance(found, str) else ""
