"""Ways to open a connection to an Engine: each door gives sockets on which HTTP is spoken, and is closed once."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path
from typing import Any, Protocol

from secdash.facts import addresses
from secdash.facts.location import Location
from secdash.facts.message import Message, say
from secdash.facts.trouble import Stage, Unreachable


class _TimeBoxed:
    """A socket on which a whole answer must come in time, not only each piece of it."""

    ends: float | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.ends is None:
            return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)  # type: ignore[attr-defined]  # of the socket that it is mixed into
        return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]


class PlainSocket(_TimeBoxed, socket.socket):
    pass


class TlsSocket(_TimeBoxed, ssl.SSLSocket):
    pass


TimeBoxedSocket = PlainSocket | TlsSocket


class Door(Protocol):
    def open(self) -> TimeBoxedSocket:
        """A new connection. Raises Unreachable."""

    def meaning_of(self, error: Exception) -> Unreachable | None:
        """What it means that a connection broke before its first answer; None where nothing more can be told."""

    def close(self) -> None:
        """Let go of what all connections share."""


class UnixDoor:
    """The socket of an Engine on this machine."""

    def __init__(self, path: str, connect_timeout: float) -> None:
        self._path = path
        self._connect_timeout = connect_timeout

    def open(self) -> TimeBoxedSocket:
        sock = PlainSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self._connect_timeout)
        try:
            sock.connect(self._path)
        except OSError as error:
            sock.close()
            raise Unreachable(_no_connection(error, Path(self._path)), Stage.SOCKET) from error
        return sock

    def meaning_of(self, _error: Exception) -> None:
        return None

    def close(self) -> None:
        pass


class TcpDoor:
    """A port without TLS: whoever can reach it has the host, which is for the checks to say."""

    def __init__(self, location: Location, connect_timeout: float) -> None:
        self._location = location
        self._connect_timeout = connect_timeout

    def open(self) -> TimeBoxedSocket:
        sock = addresses.connected(self._location.host, self._location.port, self._connect_timeout)
        return PlainSocket(fileno=sock.detach())

    def meaning_of(self, _error: Exception) -> None:
        return None

    def close(self) -> None:
        pass


def _no_connection(error: OSError, path: Path) -> Message:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return say("There is no %(path)s. Check the path, and that Docker is installed there.", path=path)
    if _is_something_else(path):
        return say("%(path)s is not a socket. Give the path of the Engine's socket.", path=path)
    if isinstance(error, PermissionError):
        return say(
            "secdash may not open %(path)s. Let the user that secdash runs as read and write this socket.", path=path
        )
    if isinstance(error, ConnectionRefusedError):
        return say("Nobody listens on %(path)s. Start the Docker daemon on this host.", path=path)
    if isinstance(error, TimeoutError | BlockingIOError):
        return say("%(path)s did not accept a connection in time. The Engine may be overloaded.", path=path)
    return say("%(path)s cannot be opened: %(reason)s.", path=path, reason=error.strerror or error)


def _is_something_else(path: Path) -> bool:
    """A file or folder; the kernel refuses those in different words, depending on who asks."""
    try:
        return path.exists() and not path.is_socket()
    except OSError:
        return False
