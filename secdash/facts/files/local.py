"""Files of the machine that we run on, or of the one whose root is mounted below a prefix.

Every path is walked folder by folder from the prefix, and links are followed by us: an absolute one starts at the
prefix again, and `..` does not lead above it. So no link on the host can make us read what lies outside.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

from secdash.facts.answers import Failure
from secdash.facts.files.seen import LARGEST_TEXT, MOST_NAMES, TOO_LONG, TOO_MANY, Entry, Glimpse, Wanted
from secdash.facts.message import say

T = TypeVar("T")

MOST_LINKS = 20
NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR)


class LocalFiles:
    """The files below a prefix; "/" for the machine itself."""

    def __init__(self, prefix: str = "/") -> None:
        self.prefix = prefix

    def look(self, wanted: Wanted) -> Glimpse:
        seen = Glimpse({}, {}, {})
        for path in sorted(wanted.entries):
            seen.entries[path] = self.entry(path)
        for folder in sorted(wanted.folders, key=lambda folder: folder.path):
            names = seen.folders[folder] = self.names(folder.path, folder.suffix)
            for name in names if isinstance(names, tuple) else ():
                self._see(f"{folder.path}/{name}", seen, read=folder.read)
        for path in sorted(wanted.texts):
            self._see(path, seen, read=True)
        return seen

    def entry(self, path: str) -> Entry | Failure | None:
        return _told(path, lambda: self._entry(path))

    def text(self, path: str) -> str | Failure | None:
        return _told(path, lambda: self._text(path))

    def names(self, path: str, suffix: str = "") -> tuple[str, ...] | Failure | None:
        return _told(path, lambda: self._names(path, suffix))

    def programs(self) -> dict[int, str]:
        """The name of every process, by its number."""
        folder = _told("/proc", self._programs)
        return folder if isinstance(folder, dict) else {}

    def _see(self, path: str, seen: Glimpse, *, read: bool) -> None:
        entry = seen.entries[path] = self.entry(path)
        if read and isinstance(entry, Entry) and entry.type == "file":
            text = self.text(path)
            if text is not None:
                seen.texts[path] = text

    def _entry(self, path: str) -> Entry:
        with self._opened(path) as found:
            status = os.fstat(found)
        return Entry(_type(status.st_mode), stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)

    def _text(self, path: str) -> str | Failure:
        with self._opened(path) as found:
            if not stat.S_ISREG(os.fstat(found).st_mode):  # to open a pipe would wait, and a device may do something
                raise ValueError("not a file")
            with _reopened(found, os.O_RDONLY) as file:
                content = _bounded_content(file)
        return Failure(TOO_LONG) if len(content) > LARGEST_TEXT else content.decode(errors="replace")

    def _names(self, path: str, suffix: str) -> tuple[str, ...] | Failure:
        with self._opened(path) as found, _reopened(found, os.O_RDONLY | os.O_DIRECTORY) as folder:
            names = [entry.name for entry in os.scandir(folder) if _is_listed(entry.name, suffix)]
        return Failure(TOO_MANY) if len(names) > MOST_NAMES else tuple(sorted(names))

    def _programs(self) -> dict[int, str]:
        with self._opened("/proc") as found, _reopened(found, os.O_RDONLY | os.O_DIRECTORY) as proc:
            return {int(entry.name): _program(entry.name, proc) for entry in os.scandir(proc) if entry.name.isdecimal()}

    @contextmanager
    def _opened(self, path: str) -> Iterator[int]:
        """The place itself, links followed."""
        with closing(_Walk(self.prefix)) as walk:
            yield walk.to(path)


class _Walk:
    """A walk from the prefix; it holds each folder open on the way down, so that nobody can swap one behind it."""

    def __init__(self, prefix: str) -> None:
        self._held = [os.open(prefix, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)]
        self._links = 0

    def to(self, path: str) -> int:
        left = _parts(path)
        while left:
            name = left.pop(0)
            if name == "..":
                self._up()
                continue
            here = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._held[-1])
            self._held.append(here)
            if stat.S_ISLNK(os.fstat(here).st_mode):
                left = self._follow(left)
        return self._held[-1]

    def _follow(self, left: list[str]) -> list[str]:
        """What is left to walk once the link, on which we stand, is followed."""
        target = os.readlink("", dir_fd=self._held[-1])
        os.close(self._held.pop())
        self._links += 1
        if self._links > MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            self._up(to_top=True)
        return [*_parts(target), *left]

    def _up(self, *, to_top: bool = False) -> None:
        """One folder up, or all; from the prefix up is the prefix."""
        while len(self._held) > 1:
            os.close(self._held.pop())
            if not to_top:
                break

    def close(self) -> None:
        for held in self._held:
            os.close(held)


def _told(path: str, look: Callable[[], T]) -> T | Failure | None:
    """What was found; None where there is nothing; what to do where we may not look."""
    try:
        return look()
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number in NOTHING_THERE:
            return None
        if number in (errno.EACCES, errno.EPERM):
            return Failure(
                say(
                    "The user that secdash runs as may not read %(path)s. Let it read that, or leave it unknown.",
                    path=path,
                )
            )
        reason = error.strerror if isinstance(error, OSError) else error
        return Failure(say("%(path)s cannot be read: %(reason)s.", path=path, reason=reason))


@contextmanager
def _reopened(found: int, flags: int) -> Iterator[int]:
    """The very same thing, opened for reading."""
    opened = os.open(f"/proc/self/fd/{found}", flags | os.O_CLOEXEC)
    try:
        yield opened
    finally:
        os.close(opened)


def _program(pid: str, proc: int) -> str:
    """Its name; "" for a process that has ended meanwhile."""
    try:
        file = os.open(f"{pid}/comm", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=proc)
    except OSError:
        return ""
    try:
        return os.read(file, 64).decode(errors="replace").strip()
    except OSError:
        return ""
    finally:
        os.close(file)


def _bounded_content(file: int) -> bytes:
    """At most one byte more than we take; files of /proc tell no size, and give a page at a time."""
    content = b""
    while len(content) <= LARGEST_TEXT and (piece := os.read(file, LARGEST_TEXT + 1 - len(content))):
        content += piece
    return content


def _type(mode: int) -> str:
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISSOCK, "socket"))
    return next((name for is_one, name in kinds if is_one(mode)), "other")


def _is_listed(name: str, suffix: str) -> bool:
    """Hidden files count for none of the programs whose folders these are."""
    return name.endswith(suffix) and not name.startswith(".")


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
