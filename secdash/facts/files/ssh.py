"""Files of a host over SSH: one connection, and one small script a round, which any POSIX shell runs."""

from __future__ import annotations

import secrets
import shlex
import stat
import time
from types import TracebackType
from typing import Any, Self

import asyncssh
import msgspec

from secdash.facts.answers import Failure
from secdash.facts.endpoint import Endpoint, SshIdentity
from secdash.facts.files.machine import ROOTLESS_UNSEEN
from secdash.facts.files.seen import (
    LARGEST_TEXT,
    MOST_NAMES,
    TOO_LONG,
    TOO_MANY,
    Entry,
    Folder,
    Glimpse,
    Process,
    Seen,
    Wanted,
    is_rootless,
    root_dir_of,
)
from secdash.facts.files.wanted import rounds, still_wanted
from secdash.facts.location import locate
from secdash.facts.message import say
from secdash.facts.parse.host import kernel
from secdash.facts.parse.host.processes import process
from secdash.facts.ssh import SshConnection
from secdash.facts.trouble import Unreachable

CONNECT_TIME = 5.0

NOT_ONE_DAEMON = Failure(say("Not exactly one process called dockerd was seen on the host."))
OUT_OF_TIME = Failure(say("Reading the files of the host took too long, so this one was left out."))
BROKE_OFF = Failure(say("The host broke off in the middle of its answer."))
NOT_ANSWERED = Failure(say("The host did not answer for this file: its account may not run the programs of a shell."))
NOT_A_PATH = Failure(say("This is not a path that secdash asks a shell for."))
MISSING = ("No such file or directory", "Not a directory")

Chunks = list[tuple[str, str, bytes]]

FIELD = b"\x01"
# Each answer is a letter, a path and a content, and ends with a mark that is drawn anew for every round: no file of the
# host can hold it. The programs' words are English, whatever the language of the account.
FUNCTIONS = rf"""
LC_ALL=C; export LC_ALL
begin() {{ printf '%s\001%s\001' "$1" "$2"; }}
end() {{ printf '%s' "$mark"; }}
look() {{
  begin E "$1"
  if [ ! -e "$1" ] && [ ! -h "$1" ] && [ -x "${{1%/*}}/" ]; then
    printf 'No such file or directory'  # without a process of its own for each of many
  else
    stat -L -c '%f %u %g' -- "$1" 2>&1
  fi
  end
}}
text() {{
  if [ ! -f "$1" ]; then return; fi
  if [ -r "$1" ]; then begin T "$1"; head -c {LARGEST_TEXT + 1} -- "$1" 2>/dev/null; else begin X "$1"; fi
  end
}}
folder() {{
  if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then
    for file in "$1"/*"$2"; do
      if [ -e "$file" ] || [ -h "$file" ]; then
        begin N "$1"; printf '%s' "${{file##*/}}"; end
        look "$file"
        if [ "$3" ]; then text "$file"; fi
      fi
    done
    begin F "$1"; end
  else
    begin G "$1"; stat -L -c '%f' -- "$1" 2>&1; end
  fi
}}
processes() {{
  for place in /proc/[0-9]*; do
    if read -r name <"$place/comm" && [ "$name" = dockerd ]; then
      for file in cmdline status mountinfo; do begin P "$place/$file"; cat "$place/$file"; end; done
    fi
  done 2>/dev/null
  begin P /proc/1/mountinfo; cat /proc/1/mountinfo 2>/dev/null; end
}}
"""


def read(endpoint: Endpoint, info: Any, *, seconds: float, only: str = "") -> Seen | Failure:
    """The files of the SSH host at this endpoint, whose Engine gave this /info; or why not."""
    try:
        with SshFiles(endpoint, time.monotonic() + seconds) as files:
            first = files.first(info)
            if is_rootless(info) and not isinstance(first.daemon, Process):
                return ROOTLESS_UNSEEN
            return rounds(files, first, only=only)
    except Unreachable as error:
        return Failure(error.message)


class SshFiles:
    """The files that one account of a host may see, over a connection that stays open. Raises Unreachable."""

    def __init__(self, endpoint: Endpoint, ends: float) -> None:
        identity = endpoint.identity if isinstance(endpoint.identity, SshIdentity) else None
        location = locate(endpoint.url)
        self._ends = ends
        self._socket = location.path
        self._connection = SshConnection(location, identity, CONNECT_TIME)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._connection.close()

    def first(self, info: Any) -> Seen:
        """The first round: what is wanted of every host, and which process is the daemon."""
        nothing = Seen("ssh", NOT_ONE_DAEMON, self._socket, root_dir_of(info))
        wanted = still_wanted(nothing)
        chunks = self._run(["processes", *_lines(wanted)])
        daemon = chunks if isinstance(chunks, Failure) else _only_daemon(_contents(chunks, "P"), is_rootless(info))
        return msgspec.structs.replace(nothing, daemon=daemon).and_also(_glimpse(wanted, chunks))

    def look(self, wanted: Wanted) -> Glimpse:
        return _glimpse(wanted, self._run(_lines(wanted)))

    def _run(self, lines: list[str]) -> Chunks | Failure:
        """What the script answers, chunk by chunk."""
        mark = secrets.token_hex(16)
        script = "\n".join([f"mark={mark}", FUNCTIONS, *lines, ""])
        left = self._ends - time.monotonic()
        if left <= 0:
            return OUT_OF_TIME
        try:
            output = self._connection.output(script, left)
        except (OSError, asyncssh.Error, TimeoutError):
            return OUT_OF_TIME if time.monotonic() >= self._ends else BROKE_OFF
        chunks = [chunk.split(FIELD, 2) for chunk in output.split(mark.encode())[:-1]]
        return [(_plain(parts[0]), _plain(parts[1]), parts[2]) for parts in chunks if len(parts) == 3]


def _lines(wanted: Wanted) -> list[str]:
    """The calls that answer all of it."""
    texts = sorted(path for path in wanted.texts if _is_plain(path))
    entries = sorted(path for path in wanted.entries if _is_plain(path))
    folders = sorted(wanted.folders, key=lambda folder: folder.path)
    return [
        *(f"look {shlex.quote(path)}" for path in (*entries, *texts)),
        *(f"text {shlex.quote(path)}" for path in texts),
        *(_folder_line(folder) for folder in folders),
    ]


def _glimpse(wanted: Wanted, chunks: Chunks | Failure) -> Glimpse:
    if isinstance(chunks, Failure):
        return Glimpse(dict.fromkeys(wanted.entries | wanted.texts, chunks), {}, dict.fromkeys(wanted.folders, chunks))
    unanswered = {path: NOT_ANSWERED if _is_plain(path) else NOT_A_PATH for path in wanted.entries | wanted.texts}
    entries = {path: _entry(path, content) for path, content in _contents(chunks, "E").items()}
    texts = {path: _text(content) for path, content in _contents(chunks, "T").items()}
    refused = {path: _refused(path) for path in _contents(chunks, "X")}
    folders = {folder: _names(folder, chunks) for folder in wanted.folders}
    return Glimpse({**unanswered, **entries}, {**texts, **refused}, folders)


def _contents(chunks: Chunks, letter: str) -> dict[str, bytes]:
    return {path: content for found, path, content in chunks if found == letter}


def _entry(path: str, content: bytes) -> Entry | Failure | None:
    """`81a4 0 0`, or the words of stat."""
    words = content.decode(errors="replace").strip()
    fields = words.split(" ")
    if len(fields) == 3 and fields[1].isdecimal() and fields[2].isdecimal():
        mode = int(fields[0], 16)
        return Entry(_type(mode), stat.S_IMODE(mode), int(fields[1]), int(fields[2]))
    return None if words.endswith(MISSING) else _refused(path)


def _text(content: bytes) -> str | Failure:
    return Failure(TOO_LONG) if len(content) > LARGEST_TEXT else content.decode(errors="replace")


def _names(folder: Folder, chunks: Chunks) -> tuple[str, ...] | Failure | None:
    names = sorted(_plain(content) for letter, path, content in chunks if (letter, path) == ("N", folder.path))
    if folder.path in _contents(chunks, "F"):
        return Failure(TOO_MANY) if len(names) > MOST_NAMES else tuple(names)
    told = _contents(chunks, "G").get(folder.path)
    return NOT_ANSWERED if told is None else _no_folder(folder.path, told.decode(errors="replace").strip())


def _no_folder(path: str, told: str) -> Failure | None:
    """What stat says of what could not be listed: its mode in hexadecimal digits, or why there is none."""
    is_something_else = told.isalnum() and not stat.S_ISDIR(int(told, 16))
    return None if is_something_else or told.endswith(MISSING) else _refused(path)


def _only_daemon(files: dict[str, bytes], rootless: bool) -> Process | Failure:
    """The one daemon of that kind whose root folder is that of the host."""
    tables = {path: content.decode(errors="replace") for path, content in files.items()}
    root = kernel.root_of(tables.get("/proc/1/mountinfo", ""))
    places = [path.removesuffix("/cmdline") for path in tables if path.endswith("/cmdline")]
    on_host = [place for place in places if kernel.root_of(tables.get(f"{place}/mountinfo", "")) == root is not None]
    seen = [process(tables[f"{place}/cmdline"], tables.get(f"{place}/status", "")) for place in on_host]
    found = [daemon for daemon in seen if daemon is None or (daemon.uid != 0) == rootless]
    return found[0] if len(found) == 1 and found[0] else NOT_ONE_DAEMON


def _folder_line(folder: Folder) -> str:
    return f"folder {shlex.quote(folder.path)} {shlex.quote(folder.suffix)} {'read' if folder.read else ''}"


def _plain(word: bytes) -> str:
    return word.decode(errors="surrogateescape")


def _is_plain(path: str) -> bool:
    return path.startswith("/") and path.isprintable()


def _type(mode: int) -> str:
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISSOCK, "socket"))
    return next((name for is_one, name in kinds if is_one(mode)), "other")


def _refused(path: str) -> Failure:
    return Failure(
        say("The user who signs in over SSH may not read %(path)s. Let this user, or take another.", path=path)
    )
