"""A fix as data: what to change, in the vocabulary of the file it is changed in. `secdash.fixes` renders it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from secdash.facts.message import Message


class Put(msgspec.Struct, frozen=True):
    """Set a key of the Compose service (or of daemon.json) to a value."""

    key: str
    value: Any


class Drop(msgspec.Struct, frozen=True):
    """Remove a key."""

    key: str


class Fill(msgspec.Struct, frozen=True):
    """Set a key of daemon.json where it has no value yet; whatever stands there is the operator's choice."""

    key: str
    value: Any


class Include(msgspec.Struct, frozen=True):
    """Add an item to a list, once; `instead_of` are items it replaces."""

    key: str
    item: Any
    instead_of: tuple[Any, ...] = ()


class Exclude(msgspec.Struct, frozen=True):
    """Remove items from a list, and the key with the last of them."""

    key: str
    items: tuple[Any, ...]


Change = Put | Drop | Include | Exclude


class Certainty(StrEnum):
    """How sure it is that the application goes on as before."""

    SAFE = "safe"  # no application can notice
    LIKELY = "likely"  # few do, or the container itself shows that this one does not
    TRY = "try"  # it depends on the application


class ComposeFix(msgspec.Struct, frozen=True):
    """Changes to the container's Compose service. Mounts and ports are named as `fixes.compose` writes them.

    `breaks` says what may stop working, in a sentence.
    """

    summary: Message
    changes: tuple[Change, ...]
    certainty: Certainty = Certainty.LIKELY
    breaks: Message | None = None


class DaemonFix(msgspec.Struct, frozen=True):
    """Changes to daemon.json; `reload` where SIGHUP is enough, else the daemon must restart."""

    summary: Message
    changes: tuple[Put | Fill | Drop, ...]
    reload: bool = False


class BuildFix(msgspec.Struct, frozen=True):
    """Lines for the image's Dockerfile."""

    summary: Message
    lines: tuple[str, ...]


class CommandFix(msgspec.Struct, frozen=True):
    """Commands to run on the host."""

    summary: Message
    lines: tuple[str, ...]


class NetworkFix(msgspec.Struct, frozen=True):
    """Changes to the options of a network; Docker cannot change one that is there, so it is made again."""

    summary: Message
    changes: tuple[Put | Drop, ...]


class FileFix(msgspec.Struct, frozen=True):
    """Another owner (`user:group`) or mode (octal, as chmod takes it) for a file of the host; "" leaves it alone."""

    summary: Message
    path: str
    owner: str = ""
    mode: str = ""
    note: Message | None = None


class AuditFix(msgspec.Struct, frozen=True):
    """A rule for the kernel's audit that notes changes of a path; below a data root not those of every container."""

    summary: Message
    path: str
    folder: bool
    data_root: bool = False


class MembersFix(msgspec.Struct, frozen=True):
    """Take the members that were seen out of the group that may open the daemon's socket."""

    summary: Message


SAFE, LIKELY, TRY = Certainty
Fix = ComposeFix | DaemonFix | BuildFix | CommandFix | FileFix | AuditFix | MembersFix | NetworkFix
FixFor = Callable[[Any], "Fix | None"]


def compose(
    summary: Message, *changes: Change, certainty: Certainty = Certainty.LIKELY, breaks: Message | None = None
) -> FixFor:
    """The same changes to the Compose service, whichever container fails."""
    fix = ComposeFix(summary, changes, certainty, breaks)
    return lambda _subject: fix


def daemon(summary: Message, *changes: Put | Fill | Drop, reload: bool = False) -> FixFor:
    """The same change to daemon.json."""
    fix = DaemonFix(summary, changes, reload)
    return lambda _subject: fix


def build(summary: Message, *lines: str) -> FixFor:
    """The same lines for a Dockerfile."""
    fix = BuildFix(summary, lines)
    return lambda _subject: fix


def command(summary: Message, *lines: str) -> FixFor:
    """The same commands on the host."""
    fix = CommandFix(summary, lines)
    return lambda _subject: fix
