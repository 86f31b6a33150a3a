"""How a helper of ours is told from a host's own containers, for whoever only leaves it out."""

from __future__ import annotations

from typing import Any

LABEL = "org.secdash.helper"  # its value is who scans


def is_helper(listed: Any) -> bool:
    """Whether a line of the Engine's listing is a container of ours, which is none of the host's.

    Anybody can write a label: one that was ever started is none of ours, or it could hide behind it.
    """
    labels = listed.get("Labels") if isinstance(listed, dict) else None
    return isinstance(labels, dict) and LABEL in labels and listed.get("State") == "created"
