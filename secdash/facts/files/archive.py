"""Files of a host through its Engine: archives of a container that is never started and sees the host's root.

HEAD tells mode and kind within milliseconds, the header of a tar the owner too, for some 60 ms a path. A body is kept
only where a text was asked for: everything else, keys above all, is dropped as it streams by. A large file or folder is
broken off after its header, which the daemon's log shows as a broken pipe.
"""

from __future__ import annotations

import base64
import binascii
import stat
import tarfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Any

import msgspec
import orjson

from secdash.facts.answers import Answers, Failure, ImageAnswers
from secdash.facts.connect import open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.files.seen import (
    LARGEST_TEXT,
    MOST_NAMES,
    TOO_LONG,
    TOO_MANY,
    Entry,
    Folder,
    Glimpse,
    Seen,
    Wanted,
    is_rootless,
    root_dir_of,
)
from secdash.facts.files.wanted import rounds
from secdash.facts.helper import Helper, helper_on
from secdash.facts.message import say
from secdash.facts.trouble import AnswerError, Unreachable

ROOT = "/host"  # where the host's root is in the helper
WINDOW = {  # Mounts, never Binds: of a source that is missing those would make a folder on the host
    "Mounts": [{"Type": "bind", "Source": "/", "Target": ROOT, "ReadOnly": True}],
    "UsernsMode": "host",  # or owners would be shifted where the daemon remaps users
}
ANSWER_TIME = 10.0
MOST_LINKS = 20
SMALL = 1 << 20  # bytes that are read to the end and dropped rather than broken off
MOST_STREAMED = 16 << 20

NO_PROCESSES = Failure(say("Through archives no process of the host is seen, only what its unit would start."))
NO_KERNEL_TABLES = Failure(say("Through archives the tables of the host's kernel are not seen."))
NO_OWNER = Failure(say("Through archives the owner of a socket is not seen."))
NO_IMAGE = Failure(say("The host has no image of which a container could be created to read its files."))
ROOTLESS = Failure(say("Through a rootless daemon the owners of the host's files are not seen as they are."))
NOT_LINUX = Failure(say("Only Linux hosts are read through archives."))
OUT_OF_TIME = Failure(say("Reading the files of the host took too long, so this one was left out."))
ODD_ANSWER = Failure(say("The Engine's archive has a form that secdash does not know."))

GO_KINDS = (
    (1 << 31, "folder"),
    (1 << 27, "link"),
    (1 << 24, "socket"),
    (1 << 25 | 1 << 26 | 1 << 21 | 1 << 19, "other"),
)
GO_BITS = ((1 << 23, stat.S_ISUID), (1 << 22, stat.S_ISGID), (1 << 20, stat.S_ISVTX))
TAR_KINDS = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link"}

Headers = Sequence[tuple[tarfile.TarInfo, bytes]]


def read(endpoint: Endpoint | str, answers: Answers, *, owner: str, seconds: float, only: str = "") -> Seen | Failure:
    """The host's files, or why not. A container is created for it, and removed again."""
    image = _image(answers)
    refused = _refused(answers.info)
    if refused or isinstance(image, Failure):
        return refused or image  # type: ignore[return-value]  # one of the two is a Failure
    try:
        with open_engine(endpoint) as engine, helper_on(engine, image, owner, WINDOW) as helper:
            files = ArchiveFiles(helper, time.monotonic() + seconds)
            return rounds(files, _nothing_yet(answers), only=only)
    except (AnswerError, Unreachable) as error:
        return Failure(
            say("No container could be created to read the files of the host: %(reason)s", reason=error.message)
        )


def _nothing_yet(answers: Answers) -> Seen:
    return Seen("archive", NO_PROCESSES, root_dir=root_dir_of(answers.info))


def _refused(info: Any) -> Failure | None:
    found = info if isinstance(info, dict) else {}
    if found.get("OSType", "linux") != "linux":
        return NOT_LINUX
    return ROOTLESS if is_rootless(info) else None


def _image(answers: Answers) -> str | Failure:
    """The smallest image, before those that declare volumes: the Engine would make one, to be removed again."""
    images = [] if isinstance(answers.images, Failure) else [_sized(image) for image in answers.images]
    found = min((image for image in images if image), default=None)
    return found[2] if found else NO_IMAGE


def _sized(image: ImageAnswers) -> tuple[bool, int, str] | None:
    inspect = image.inspect
    if not isinstance(inspect, dict) or not isinstance(inspect.get("Id"), str):
        return None
    size, config = inspect.get("Size"), inspect.get("Config")
    volumes = bool(isinstance(config, dict) and config.get("Volumes"))
    return volumes, size if isinstance(size, int) else 0, inspect["Id"]


class Stat(msgspec.Struct, frozen=True):
    """What HEAD tells of a path, links not followed."""

    type: str
    mode: int


class ArchiveFiles:
    """The files that a helper sees; what was asked of the Engine is asked once."""

    def __init__(self, helper: Helper, ends: float) -> None:
        self._helper = helper
        self._ends = ends
        self._stats: dict[str, Stat | Failure | None] = {}

    def look(self, wanted: Wanted) -> Glimpse:
        seen = Glimpse({}, {}, {})
        for folder in sorted(wanted.folders, key=lambda folder: folder.path):
            self._see_folder(folder, seen)
        for path in sorted(wanted.texts | wanted.entries):
            self._see(path, seen, read=path in wanted.texts)
        return seen

    def _see(self, path: str, seen: Glimpse, *, read: bool) -> None:
        if path.startswith("/proc/"):
            seen.entries[path] = NO_KERNEL_TABLES
            return
        place = self._resolved(path)
        if place is None or isinstance(place, Failure):
            seen.entries[path] = place
            return
        entry, body = self._entry(place, read=read)
        seen.entries[path] = entry
        if body is not None:
            seen.texts[path] = body

    def _entry(self, place: str, *, read: bool) -> tuple[Entry | Failure | None, str | Failure | None]:
        """The entry, and its text where that is wanted."""
        found = self._stat(place)
        if found is None or isinstance(found, Failure):
            return found, None
        if found.type == "socket":  # the Engine leaves sockets out of its archives
            return Entry(found.type, found.mode, NO_OWNER, NO_OWNER), None
        headers = self._headers(place, only_first=True, read=("",) if read and found.type == "file" else ())
        if headers is None or isinstance(headers, Failure):
            return headers, None
        header, body = headers[0]
        text = body.decode(errors="replace") if len(body) <= LARGEST_TEXT else Failure(TOO_LONG)
        return _entry_of(header), text if read and header.isfile() else None

    def _see_folder(self, folder: Folder, seen: Glimpse) -> None:
        """All entries of a folder from one archive of it."""
        place = self._resolved(folder.path)
        found = place if place is None or isinstance(place, Failure) else self._stat(place)
        if not isinstance(found, Stat) or not isinstance(place, str):
            seen.folders[folder] = found if isinstance(found, Failure) else None
            return
        headers = self._headers(place, read=(folder.suffix,) if folder.read else ())
        if headers is None or isinstance(headers, Failure):
            seen.folders[folder] = headers
            return
        within = {header.name.partition("/")[2]: (header, body) for header, body in headers}
        names = sorted(
            name
            for name in within
            if name and "/" not in name and not name.startswith(".") and name.endswith(folder.suffix)
        )
        seen.folders[folder] = tuple(names) if len(names) <= MOST_NAMES else Failure(TOO_MANY)
        for name in names[:MOST_NAMES]:
            self._see_within(f"{folder.path}/{name}", *within[name], seen, read=folder.read)

    def _see_within(self, path: str, header: tarfile.TarInfo, body: bytes, seen: Glimpse, *, read: bool) -> None:
        if header.issym():
            self._see(path, seen, read=read)
            return
        seen.entries[path] = _entry_of(header)
        if read and header.isfile():
            seen.texts[path] = body.decode(errors="replace") if len(body) <= LARGEST_TEXT else Failure(TOO_LONG)

    def _resolved(self, path: str) -> str | Failure | None:
        """The path without links: the Engine would follow an absolute one into the helper's own image."""
        here, left, links = "", _parts(path), 0
        while left:
            name = left.pop(0)
            if name == "..":
                here = here.rpartition("/")[0]
                continue
            found = self._stat(f"{here}/{name}")
            if found is None or isinstance(found, Failure):
                return found
            if found.type != "link":
                if left and found.type != "folder":
                    return None
                here = f"{here}/{name}"
                continue
            target, links = self._target(f"{here}/{name}"), links + 1
            if isinstance(target, Failure) or links > MOST_LINKS:
                return target if isinstance(target, Failure) else None
            here, left = "" if target.startswith("/") else here, [*_parts(target), *left]
        return here

    def _target(self, place: str) -> str | Failure:
        headers = self._headers(place, only_first=True)
        if headers is None or isinstance(headers, Failure):
            return headers or ODD_ANSWER
        return headers[0][0].linkname

    def _stat(self, place: str) -> Stat | Failure | None:
        if place not in self._stats:
            self._stats[place] = self._asked(place)
        return self._stats[place]

    def _asked(self, place: str) -> Stat | Failure | None:
        with self._archive("HEAD", place) as response:
            if isinstance(response, Failure) or response.status == 404:
                return response if isinstance(response, Failure) else None
            return _stat_of(response.getheader("X-Docker-Container-Path-Stat", ""))

    def _headers(self, place: str, *, only_first: bool = False, read: tuple[str, ...] = ()) -> Headers | Failure | None:
        """The entries of an archive, each with its body where its name ends in one of `read`, else without."""
        with self._archive("GET", place) as response:
            if isinstance(response, Failure) or response.status == 404:
                return response if isinstance(response, Failure) else None
            try:
                return list(_members(response, only_first=only_first, read=read)) or ODD_ANSWER
            except (tarfile.TarError, OSError, HTTPException, ValueError, _TooMuch):
                self._helper.drop()
                return ODD_ANSWER

    @contextmanager
    def _archive(self, method: str, place: str) -> Iterator[HTTPResponse | Failure]:
        left = self._ends - time.monotonic()
        if left <= 0:
            yield OUT_OF_TIME
            return
        try:
            response = self._helper.archive(method, f"{ROOT}{place}", min(ANSWER_TIME, left))
        except (AnswerError, Unreachable) as error:
            yield Failure(error.message)
            return
        if response.status not in (200, 404):
            yield Failure(
                say("The Engine refused to read %(path)s: status %(status)s.", path=place, status=response.status)
            )
        else:
            yield response
        if not response.isclosed():
            self._finish(response)

    def _finish(self, response: HTTPResponse) -> None:
        """Read the rest of a small answer, which is dropped; break off a large one."""
        dropped = 0
        try:
            while dropped < SMALL and (piece := response.read(1 << 16)):
                dropped += len(piece)
        except (OSError, HTTPException):
            dropped = SMALL
        if not response.isclosed():
            self._helper.drop()


class _TooMuch(Exception):
    """An archive goes on and on."""


def _members(
    response: HTTPResponse, *, only_first: bool, read: tuple[str, ...]
) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=response, mode="r|", bufsize=tarfile.BLOCKSIZE) as archive:
        for header in archive:
            if header.offset > MOST_STREAMED:
                raise _TooMuch
            keep = header.isfile() and header.name.endswith(read) if read else False
            body = archive.extractfile(header) if keep else None
            yield header, body.read(LARGEST_TEXT + 1) if body else b""
            if only_first:
                return


def _entry_of(header: tarfile.TarInfo) -> Entry:
    return Entry(TAR_KINDS.get(header.type, "other"), stat.S_IMODE(header.mode), header.uid, header.gid)


def _stat_of(header: str) -> Stat | Failure:
    """From Go's own bits."""
    try:
        mode = orjson.loads(base64.b64decode(header, validate=True))["mode"]
        kind = next((name for bits, name in GO_KINDS if mode & bits), "file")
        return Stat(kind, mode & 0o777 | sum(ours for theirs, ours in GO_BITS if mode & theirs))
    except (binascii.Error, orjson.JSONDecodeError, KeyError, TypeError):
        return ODD_ANSWER


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
