"""What somebody asks to accept, and why that may not be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from secdash.facts.message import Message
from secdash.findings.models import Acceptance, Finding
from secdash.fleet.models import Group, Host

Scope, Covers = Acceptance.Scope, Acceptance.Covers


class Asked(NamedTuple):
    """An acceptance before it is one. `chosen` has findings or their ids; `host` and `group` may narrow the others."""

    scope: str
    check_name: str
    reason: str
    until: date | None
    covers: str
    finding: Finding | None = None
    chosen: Iterable[Finding | int] = ()
    host: Host | None = None
    group: Group | None = None
    project: str = ""
    image: str = ""


class NotAcceptable(Exception):
    """With a sentence for the person who asked."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
