"""Which process is the daemon that answers, and is it one of the machine whose files we would read?

Whoever judges files must know that they are the files of the very Engine that was asked. A socket may lead to another
machine (a tunnel), to a proxy, or to a daemon that lives in a container. The kernel tells who listens on a socket
(SO_PEERCRED), and a daemon sees the same root folder as we do, or another one (mountinfo).
"""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

from secdash.facts.answers import Failure
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.seen import Process
from secdash.facts.message import say
from secdash.facts.parse.host import kernel
from secdash.facts.parse.host.processes import process

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
PEER_TIME = 2.0  # seconds
DAEMON, SYSTEMD = "dockerd", "systemd"

INVISIBLE = Failure(
    say(
        "secdash does not see the process behind the socket, so it runs in a container or apart. "
        "Mount the root of the host read-only and set SECDASH_HOST_ROOT to that place."
    )
)
ANOTHER_ROOT = Failure(
    say(
        "The daemon has another root folder than secdash: one of them runs in a container. "
        "Mount the root of the host read-only and set SECDASH_HOST_ROOT to that place."
    )
)
ANOTHER_MACHINE = Failure(
    say("The Engine runs on another machine than the worker: its kernel or its memory is another. Nothing was read.")
)
SEVERAL = Failure(say("Several processes are called dockerd, and it cannot be told which of them answers."))
TELLS_NOTHING = Failure(say("The command line of the daemon's process cannot be read."))
ROOTLESS_UNSEEN = Failure(
    say("The process of the rootless daemon is not seen, so it cannot be told in whose home its files are.")
)
NONE_SEEN = Failure(say("No process called dockerd is seen on the host."))


class NotOurs(Exception):
    """The files that we could read are not those of the Engine that answers, or nobody can tell."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.why))
        self.failure = failure


def daemon_behind(path: str, files: LocalFiles, *, rootless: bool = False) -> Process | Failure:
    """The daemon that listens on this socket of ours. Raises NotOurs unless the files that we see are its own."""
    pid = _peer(path)
    name = _name(files, pid) if pid else ""
    if not name:
        raise NotOurs(INVISIBLE)
    if name != DAEMON and (pid, name) != (1, SYSTEMD):
        raise NotOurs(_something_between(name))
    if not _have_one_root(files, "self", str(pid)):
        raise NotOurs(ANOTHER_ROOT)
    # systemd holds the socket of a daemon that it starts, and hands connections to it.
    return _process(files, pid) if name == DAEMON else only_daemon(files, rootless=rootless)


def only_daemon(files: LocalFiles, *, rootless: bool = False) -> Process | Failure:
    """The one daemon of that kind whose root folder is that of the host; daemons in containers have others.

    Raises NotOurs for a rootless one that is not seen: it has its files in the home of nobody knows whom.
    """
    daemons = [pid for pid, name in files.programs().items() if name == DAEMON and _have_one_root(files, "1", str(pid))]
    seen = [_process(files, pid) for pid in daemons]
    found = [daemon for daemon in seen if not isinstance(daemon, Process) or (daemon.uid != 0) == rootless]
    if len(found) == 1 and isinstance(found[0], Process):
        return found[0]
    if rootless:
        raise NotOurs(ROOTLESS_UNSEEN)
    return SEVERAL if len(found) > 1 else (found or [NONE_SEEN])[0]


def is_this_machine(info: Any) -> bool:
    """Whether kernel and memory, as /info tells them, are those of our machine: no container hides either."""
    if not isinstance(info, dict):
        return False
    return info.get("KernelVersion") == os.uname().release and info.get("MemTotal") == _memory()


def names_itself(info: Any, files: LocalFiles) -> bool:
    """Whether the files have the Engine's host name. Where they have none, nothing speaks against it."""
    own = files.text("/etc/hostname")
    named = info.get("Name") if isinstance(info, dict) else None
    if not isinstance(own, str) or not own.strip() or not isinstance(named, str):
        return True
    return own.strip().partition(".")[0].lower() == named.partition(".")[0].lower()


def _something_between(name: str) -> Failure:
    return Failure(
        say(
            "On the socket answers %(name)s, not dockerd: what is behind it may be another machine. If it is this one, "
            "mount its root read-only and set SECDASH_HOST_ROOT.",
            name=name,
        )
    )


def _peer(path: str) -> int:
    """The process that listens there; 0 where it is none of ours to see. Raises NotOurs where nobody can be asked."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(PEER_TIME)
        try:
            asked.connect(path)
            raw = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        except OSError as error:
            reason = error.strerror or error
            raise NotOurs(Failure(say("%(path)s cannot be opened: %(reason)s.", path=path, reason=reason))) from error
    return int(CREDENTIALS.unpack(raw)[0])


def _memory() -> int:
    """Bytes, as the Engine reads them; of the machine, whatever limit holds for us."""
    text = LocalFiles().text("/proc/meminfo")
    lines = text.splitlines() if isinstance(text, str) else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")), 0)


def _name(files: LocalFiles, pid: int) -> str:
    text = files.text(f"/proc/{pid}/comm")
    return text.strip() if isinstance(text, str) else ""


def _process(files: LocalFiles, pid: int) -> Process | Failure:
    line, status = files.text(f"/proc/{pid}/cmdline"), files.text(f"/proc/{pid}/status")
    found = process(line, status) if isinstance(line, str) and isinstance(status, str) else None
    return found or TELLS_NOTHING


def _have_one_root(files: LocalFiles, one: str, other: str) -> bool:
    """Whether these two processes see the same file system as `/`."""
    return _root(files, one) == _root(files, other) is not None


def _root(files: LocalFiles, who: str) -> tuple[str, str] | None:
    text = files.text(f"/proc/{who}/mountinfo")
    return kernel.root_of(text) if isinstance(text, str) else None
