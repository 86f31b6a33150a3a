"""One layer of an image: what is worth noting in it, and a number for each path, to tell what it hides."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from secdash.facts.images import accounts, signs
from secdash.facts.images.capabilities import capability_names
from secdash.facts.images.sources import Window
from secdash.facts.images.tar import FILE, FOLDER, LINK, SYMLINK, Entry, path_of
from secdash.facts.message import say
from secdash.facts.model import CapableFile, SecretFile, SetuidFile, Unknown

SETUID_OR_SETGID = 0o6000
MOST_NOTES = 500  # of a sort, in one layer
FIRST_BYTES = 64
MOST_ACCOUNT_BYTES = 2**20
TOO_LONG = Unknown(say("The file of the image that tells this is too long to be read."))

WHITEOUT, OPAQUE, OF_AUFS = ".wh.", ".wh..wh..opq", ".wh..wh."

# Files that are read whole, and what is taken from each.
TOLD = {
    "etc/passwd": lambda text: (accounts.without_password(text), accounts.shared_ids(text)),
    "etc/group": accounts.shared_ids,
    "etc/shadow": accounts.without_password,
    "etc/os-release": accounts.distribution,
    "usr/lib/os-release": accounts.distribution,
}


class Note(msgspec.Struct, frozen=True):
    """Something worth telling about a path. For files that are read whole the sort is the path."""

    sort: str
    path: str
    value: Any


class Layer:
    """Fill it with `add`; it keeps eight bytes for each path and a bounded number of notes, nothing else.

    A path's number is Python's own hash of it, which nobody can make collide who does not know this process's seed.
    """

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.cut: set[str] = set()
        self.things = array("q")  # all that are no folders: they hide what was below that path
        self.folders = array("q")
        self.removed = array("q")
        self.emptied = array("q")
        self._counts: Counter[str] = Counter()
        self._noted: set[tuple[str, str | None]] = set()

    def add(self, entry: Entry, body: Window) -> None:
        folder, _, name = entry.name.rpartition("/")
        if not entry.type:
            return
        if name.startswith(WHITEOUT):
            self._white_out(folder, name)
            return
        (self.folders if entry.type == FOLDER else self.things).append(hash(entry.name))
        for note in self._notes_of(entry, body):
            self._note(note)

    def _white_out(self, folder: str, name: str) -> None:
        if name == OPAQUE:
            self.emptied.append(hash(folder))
        elif not name.startswith(OF_AUFS):
            gone = name.removeprefix(WHITEOUT)
            self.removed.append(hash(f"{folder}/{gone}" if folder else gone))

    def _notes_of(self, entry: Entry, body: Window) -> Iterator[Note]:
        path = entry.name
        if left := signs.left_over(path):
            yield Note("left_overs", left, None)
        if entry.type in (FILE, LINK, SYMLINK) and (program := signs.PROGRAM.fullmatch(path)):
            yield from _program(entry, program[1])
        if entry.type in (FILE, LINK):
            yield from _privileges(entry)
        if entry.type == FILE:
            yield from _content(entry, body)
        elif entry.type == LINK:
            yield from self._same_as(entry)

    def _same_as(self, entry: Entry) -> Iterator[Note]:
        """A second name of a file has no content of its own in an archive; what was seen under the first counts."""
        target = path_of(entry.link.encode(errors="replace"))
        if ("secrets", target) in self._noted:
            first = next(note for note in self.notes if (note.sort, note.path) == ("secrets", target))
            yield Note("secrets", entry.name, SecretFile(entry.name, first.value.secret))

    def _note(self, note: Note) -> None:
        if (note.sort, note.path) in self._noted:
            return
        if self._counts[note.sort] >= MOST_NOTES:
            self.cut.add(note.sort)
            return
        self._counts[note.sort] += 1
        self._noted.add((note.sort, note.path))
        self.notes.append(note)


def _program(entry: Entry, name: str) -> Iterator[Note]:
    """busybox goes by the names of package managers too, as a link, and has no packages to manage."""
    target = entry.link.rpartition("/")[2]
    if name in signs.SHELLS:
        yield Note("shells", entry.name, None)
    elif name in signs.PACKAGE_MANAGERS and target not in signs.MANY_IN_ONE:
        yield Note("package_managers", entry.name, None)


def _privileges(entry: Entry) -> Iterator[Note]:
    if entry.mode & SETUID_OR_SETGID:
        yield Note("setuid", entry.name, SetuidFile(entry.name, entry.mode, entry.uid))
    if names := capability_names(entry.capability):
        yield Note("capable", entry.name, CapableFile(entry.name, names))


def _content(entry: Entry, body: Window) -> Iterator[Note]:
    if entry.name in TOLD:
        yield Note(entry.name, entry.name, _told(entry, body))
        return
    first = body.read(FIRST_BYTES)
    if signs.is_looked_into(entry.name, first):
        content = first + body.read(signs.MOST_OF_A_FILE - len(first))
        if kind := signs.secret_in(entry.name, content):
            yield Note("secrets", entry.name, SecretFile(entry.name, kind))


def _told(entry: Entry, body: Window) -> Any:
    if entry.size > MOST_ACCOUNT_BYTES:
        return TOO_LONG
    return TOLD[entry.name](body.read(entry.size).decode(errors="replace"))


def visible(layers: list[Layer]) -> Iterator[Note]:
    """The notes of a stack of layers, lowest first, that no layer above hides."""
    wanted = {number for layer in layers for note in layer.notes for number in _numbers(note.path)}
    above: list[_Hidden] = []
    for layer in reversed(layers):
        for note in layer.notes:
            if not any(hidden.hides(note.path) for hidden in above):
                yield note
        above.append(_Hidden(layer, wanted))


class _Hidden:
    """What a layer hides in those below it, as far as anybody wants to know."""

    def __init__(self, layer: Layer, wanted: set[int]) -> None:
        self._things = wanted.intersection(layer.things)
        self._folders = wanted.intersection(layer.folders)
        self._removed = wanted.intersection(layer.removed)
        self._emptied = wanted.intersection(layer.emptied)

    def hides(self, path: str) -> bool:
        own, *parents = _numbers(path)
        return (
            own in self._things
            or own in self._folders
            or own in self._removed
            or any(each in self._things or each in self._removed or each in self._emptied for each in parents)
        )


def _numbers(path: str) -> Iterable[int]:
    """Those of the path itself and of each folder above it, the root last."""
    while path:
        yield hash(path)
        path = path.rpartition("/")[0]
    yield hash("")
