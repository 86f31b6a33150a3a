"""What is asked of a host's files and what was seen of them, whichever way they were read. In memory only."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from secdash.facts.answers import Failure
from secdash.facts.message import say

LARGEST_TEXT = 1 << 20  # bytes of one file; what is longer is not ours to parse
MOST_NAMES = 200  # of one folder

TOO_LONG = say("The file is longer than 1 MiB, so it was not read.")
TOO_MANY = say("The folder holds more than %(most)s files, so it was not read.", most=MOST_NAMES)


class Entry(msgspec.Struct, frozen=True):
    """What stat says of a path, links followed. `type`: file, folder, socket or other."""

    type: str
    mode: int
    uid: int | Failure
    gid: int | Failure


class Folder(msgspec.Struct, frozen=True):
    """A folder's entries whose names end in `suffix`: each is looked at, and read too where `read` is set."""

    path: str
    suffix: str = ""
    read: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """Paths to look at, files to read, folders to list. A file to read is looked at as well."""

    entries: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    folders: frozenset[Folder] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entries or self.texts or self.folders)


class Process(msgspec.Struct, frozen=True):
    """The daemon's process: its command line, and the user it runs as."""

    argv: tuple[str, ...]
    uid: int = 0


class Seen(msgspec.Struct, frozen=True):
    """What was seen so far. None stands for "there is nothing of that path", a Failure for "that cannot be told".

    `texts` holds the content of files that are there. `socket` is the path of the Engine's socket where this is known,
    `root_dir` what the Engine calls its root: a unit that sets another is not what runs.
    """

    source: str
    daemon: Process | Failure
    socket: str = ""
    root_dir: str = ""
    entries: dict[str, Entry | Failure | None] = {}
    texts: dict[str, str | Failure] = {}
    folders: dict[Folder, tuple[str, ...] | Failure | None] = {}

    def and_also(self, more: Glimpse) -> Seen:
        return msgspec.structs.replace(
            self,
            entries=self.entries | more.entries,
            texts=self.texts | more.texts,
            folders=self.folders | more.folders,
        )

    def text(self, path: str) -> str | Failure | None:
        """The content, why it is not known, or None where there is no such file."""
        if path in self.texts:
            return self.texts[path]
        entry = self.entries.get(path)
        return entry if isinstance(entry, Failure) else None


def root_dir_of(info: Any) -> str:
    """What /info calls the root of the Engine's data; "" where it does not say."""
    found = info.get("DockerRootDir") if isinstance(info, dict) else None
    return found if isinstance(found, str) else ""


def is_rootless(info: Any) -> bool:
    """Whether /info says that the daemon runs as an ordinary user."""
    options = info.get("SecurityOptions") if isinstance(info, dict) else None
    return isinstance(options, list) and "name=rootless" in options


class Glimpse(msgspec.Struct, frozen=True):
    """What one round saw."""

    entries: dict[str, Entry | Failure | None] = {}
    texts: dict[str, str | Failure] = {}
    folders: dict[Folder, tuple[str, ...] | Failure | None] = {}


class Reader(Protocol):
    """A way to a host's files. Whatever it may not or cannot see is a Failure with what to do; it never raises."""

    def look(self, wanted: Wanted) -> Glimpse: ...
