"""How large a picture may be, and what one is when it is clean."""

from __future__ import annotations

import msgspec

from knowledge.problems import Refused
from secdash.facts.message import say

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 6_000
MAX_PIXELS = 16_000_000


class Clean(msgspec.Struct, frozen=True):
    """`kind` is the ending of its address; `removed` names what was taken out that somebody may miss."""

    kind: str
    width: int
    height: int
    content: bytes
    removed: tuple[str, ...] = ()


def refuse_size(width: int, height: int) -> None:
    """Asked before anything is unpacked: a small file can hold a picture that fills the memory."""
    if width < 1 or height < 1:
        raise Refused(say("The picture has no size."))
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(
            say(
                "The picture has %(width)s × %(height)s points: %(side)s a side and %(most)s million in all at most.",
                width=width,
                height=height,
                side=MAX_SIDE,
                most=MAX_PIXELS // 1_000_000,
            )
        )
