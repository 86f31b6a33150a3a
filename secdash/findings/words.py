"""Messages as the database keeps them."""

from __future__ import annotations

from typing import Any

from secdash.facts.message import Message


def message_as_json(message: Message | None) -> dict[str, Any]:
    if message is None:
        return {}
    return {"text": message.text, "values": dict(message.values)}


def message_from(data: Any) -> Message | None:
    """The inverse; None for an empty or foreign value."""
    if not isinstance(data, dict) or not data.get("text"):
        return None
    return Message(str(data["text"]), tuple((str(k), str(v)) for k, v in dict(data.get("values") or {}).items()))
