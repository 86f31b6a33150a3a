"""What a new text takes away: checks that no section explains any more, sections that old links lead to. Pure."""

from __future__ import annotations

import msgspec

from knowledge.problems import Refused
from knowledge.source import scan


class Losses(msgspec.Struct, frozen=True):
    checks: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.checks or self.anchors)


def losses(before: str, after: str) -> Losses:
    """A check is claimed once in a language, so that the one an article gives up is explained nowhere."""
    try:
        was, now = scan(before), scan(after)
    except Refused:
        return Losses()
    checks = {directive.check for directive in now.directives}
    anchors = {heading.anchor for heading in now.headings}
    return Losses(
        tuple(dict.fromkeys(one.check for one in was.directives if one.check not in checks)),
        tuple(one.anchor for one in was.headings if one.anchor not in anchors),
    )
