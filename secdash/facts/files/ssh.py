"""Files of a host over SSH: one connection, and one small script a round, which any POSIX shell runs."""

from __future__ import annotations

import secrets
import time
from types import TracebackType
from typing import Any, Self

import asyncssh
import msgspec

from secdash.facts.answers import Failure
from secdash.facts.endpoint import Endpoint, SshIdentity
from secdash.facts.files.as_root import CALL, apart, completed
from secdash.facts.files.machine import ROOTLESS_UNSEEN
from secdash.facts.files.seen import Glimpse, Process, Seen, Wanted, is_rootless, root_dir_of
from secdash.facts.files.shell import FUNCTIONS, PROCESSES, Chunks, chunks_of, contents, glimpse_of, lines_for
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
        self._reader: Chunks | None = None  # what root's reader told in the first round
        self._connection = SshConnection(location, identity, CONNECT_TIME)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._connection.close()

    def first(self, info: Any) -> Seen:
        """The first round: what is wanted of every host, what root's reader tells, and which process is the daemon."""
        nothing = Seen("ssh", NOT_ONE_DAEMON, self._socket, root_dir_of(info))
        wanted = still_wanted(nothing)
        answer = self._run(["processes", *lines_for(wanted), CALL])
        if isinstance(answer, Failure):
            return msgspec.structs.replace(nothing, daemon=answer).and_also(glimpse_of(wanted, answer))
        own, self._reader = apart(answer)
        seen = completed(wanted, glimpse_of(wanted, own), self._reader)
        daemon = _daemon(own, self._reader or [], is_rootless(info))
        return msgspec.structs.replace(nothing, daemon=daemon).and_also(seen)

    def look(self, wanted: Wanted) -> Glimpse:
        return completed(wanted, glimpse_of(wanted, self._run(lines_for(wanted))), self._reader)

    def _run(self, lines: list[str]) -> Chunks | Failure:
        """What the script answers, chunk by chunk."""
        mark = secrets.token_hex(16)
        script = "\n".join([f"mark={mark}", FUNCTIONS, PROCESSES, *lines, ""])
        left = self._ends - time.monotonic()
        if left <= 0:
            return OUT_OF_TIME
        try:
            return chunks_of(self._connection.output(script, left), mark)
        except (OSError, asyncssh.Error, TimeoutError):
            return OUT_OF_TIME if time.monotonic() >= self._ends else BROKE_OFF


def _daemon(own: Chunks, reader: Chunks, rootless: bool) -> Process | Failure:
    """Where processes of others are hidden from the account, root's reader still sees them."""
    found = _only_daemon(contents(own, "P"), rootless)
    return _only_daemon(contents(reader, "P"), rootless) if reader and isinstance(found, Failure) else found


def _only_daemon(files: dict[str, bytes], rootless: bool) -> Process | Failure:
    """The one daemon of that kind whose root folder is that of the host."""
    tables = {path: content.decode(errors="replace") for path, content in files.items()}
    root = kernel.root_of(tables.get("/proc/1/mountinfo", ""))
    places = [path.removesuffix("/cmdline") for path in tables if path.endswith("/cmdline")]
    on_host = [place for place in places if kernel.root_of(tables.get(f"{place}/mountinfo", "")) == root is not None]
    seen = [process(tables[f"{place}/cmdline"], tables.get(f"{place}/status", "")) for place in on_host]
    found = [daemon for daemon in seen if daemon is None or (daemon.uid != 0) == rootless]
    return found[0] if len(found) == 1 and found[0] else NOT_ONE_DAEMON
