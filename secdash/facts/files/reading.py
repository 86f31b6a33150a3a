"""Reading the files of the host whose Engine was just read, in the way that was chosen for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from secdash.facts.answers import NOT_READ, Answers, Failure
from secdash.facts.endpoint import Endpoint
from secdash.facts.files import archive, machine
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.seen import Entry, Process, Seen, is_rootless, root_dir_of
from secdash.facts.files.wanted import rounds
from secdash.facts.message import say
from secdash.facts.parse.engine import is_podman

NONE, LOCAL, ARCHIVE, SSH = "none", "local", "archive", "ssh"
MOST_SECONDS = 30.0

NOT_LINUX = Failure(say("secdash reads the files of a host only where it runs on Linux itself."))
NOT_LOCAL = Failure(
    say("This Engine is not reached through a socket of the worker's machine. Choose another way to read its files.")
)
NOT_SSH = Failure(say("This Engine is not reached over SSH. Choose another way to read the files of its host."))
OF_PODMAN = Failure(say("Podman keeps its settings in other files than Docker, and secdash does not read those."))
TOO_SLOW = Failure(say("Reading the files of the host took too long, so nothing of them was kept."))


class Way(msgspec.Struct, frozen=True):
    """How the files of a host are read: none, local, archive or ssh. `prefix` is where a local host's root is mounted.

    `owner` names who scans: what a dead worker of the same owner left on the host is cleaned up. `only` is the one path
    that is asked about, "" for all.
    """

    kind: str = NONE
    prefix: str = "/"
    owner: str = ""
    only: str = ""


def with_files(answers: Answers, endpoint: Endpoint | str, way: Way, *, seconds: float = MOST_SECONDS) -> Answers:
    """The answers together with what was seen of the host's files, or why nothing was. It never raises."""
    return msgspec.structs.replace(answers, files=_read(answers, Endpoint.of(endpoint), way, seconds))


def _read(answers: Answers, endpoint: Endpoint, way: Way, seconds: float) -> Seen | Failure:
    if way.kind == NONE:
        return NOT_READ
    if is_podman(answers.version):
        return OF_PODMAN
    if way.kind == ARCHIVE:
        return archive.read(endpoint, answers, owner=way.owner, only=way.only, seconds=seconds)
    if way.kind == SSH:
        return _over_ssh(answers, endpoint, way, seconds)
    socket = _socket_path(endpoint.url)
    prefix = way.prefix.rstrip("/") or "/"
    return within(seconds, lambda: local(answers.info, socket, prefix, only=way.only)) or TOO_SLOW


def _over_ssh(answers: Answers, endpoint: Endpoint, way: Way, seconds: float) -> Seen | Failure:
    """Whoever forwards the socket of the Engine is on its machine, unless somebody forwarded it there from another."""
    if not endpoint.url.startswith("ssh://"):
        return NOT_SSH
    from secdash.facts.files import ssh  # as in `connect`: loaded where it is needed

    return ssh.read(endpoint, answers.info, seconds=seconds, only=way.only)


def local(info: Any, socket: str, prefix: str, *, only: str = "") -> Seen | Failure:
    """The files of the machine that we run on, if they are those of the Engine that answers on this socket."""
    if not hasattr(os, "O_PATH"):
        return NOT_LINUX
    if not socket:
        return NOT_LOCAL
    if not machine.is_this_machine(info):
        return machine.ANOTHER_MACHINE
    files = LocalFiles(prefix)
    try:
        daemon = (
            machine.daemon_behind(socket, files, rootless=is_rootless(info)) if prefix == "/" else _mounted(info, files)
        )
    except machine.NotOurs as error:
        return error.failure
    own_socket = socket if prefix == "/" else ""
    return rounds(files, Seen(LOCAL, daemon, own_socket, root_dir_of(info)), only=only)


def _mounted(info: Any, files: LocalFiles) -> Process | Failure:
    """The daemon of the host that is mounted at the prefix. Raises NotOurs where that is another host, or none."""
    etc = files.entry("/etc")
    if not isinstance(etc, Entry) or etc.type != "folder":
        raise machine.NotOurs(
            Failure(say("There is no root of a host at %(prefix)s. Mount it there read-only.", prefix=files.prefix))
        )
    if not machine.names_itself(info, files):
        raise machine.NotOurs(
            Failure(say("The files at %(prefix)s name another host than the Engine does.", prefix=files.prefix))
        )
    return machine.only_daemon(files, rootless=is_rootless(info))


def within(seconds: float, work: Callable[[], Seen | Failure]) -> Seen | Failure | None:
    """What the work returns; None where it takes longer, or fails. A file system that hangs holds up only a thread."""
    done: list[Seen | Failure] = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True, name="host-files")
    thread.start()
    thread.join(seconds)
    return done[0] if done else None


def _socket_path(url: str) -> str:
    """The path of a unix socket; "" for any other address."""
    parts = urlsplit(url if "://" in url else f"unix://{url}")
    return parts.path if parts.scheme == "unix" else ""
