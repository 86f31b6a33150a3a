"""How far a text is in step with the other language: pure, by the digests of sections (`slicing.digests`).

Anchors are shared between the languages. A pair of revisions that say the same is where both were last in step; what
changed on one side since then is what the other side is behind in.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

Digests = Mapping[str, str]


class Standing(Enum):
    """Of one section, seen from one side of a pair."""

    IN_STEP = "in step"
    BEHIND = "behind"
    MISSING = "missing"
    EXTRA = "extra"
    UNSAID = "unsaid"  # nobody ever said that the two texts say the same


class Synced(msgspec.Struct, frozen=True):
    """Both texts as they were when they last said the same."""

    here: Digests
    there: Digests


def standings(here: Digests, there: Digests, synced: Synced | None) -> dict[str, Standing]:
    """Anchor → how it stands here, in the order of this text, then what only the other one has."""
    anchors = [*here, *(anchor for anchor in there if anchor not in here)]
    return {anchor: _standing(anchor, here, there, synced) for anchor in anchors}


def _standing(anchor: str, here: Digests, there: Digests, synced: Synced | None) -> Standing:
    if anchor not in here:
        return Standing.MISSING
    if anchor not in there:
        return Standing.EXTRA
    if synced is None:
        return Standing.UNSAID
    return Standing.BEHIND if there[anchor] != synced.there.get(anchor) else Standing.IN_STEP
