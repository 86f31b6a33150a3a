"""What an Engine can be asked about again."""

from __future__ import annotations

from typing import NamedTuple


class Thing(NamedTuple):
    """A container or network by its id, or a volume by its name."""

    kind: str
    id: str
