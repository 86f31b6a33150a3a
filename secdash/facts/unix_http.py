"""HTTP over a unix socket on one kept connection of the SDK's: bounded in time and size, and for reading only."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, cast

import msgspec
import orjson
from docker.transport.unixconn import UnixHTTPConnection

from secdash.facts.message import Message, say

READING = ("GET", "HEAD")
LARGEST_ANSWER = 64 * 2**20  # bytes
LARGEST_REFUSAL = 64 * 2**10
LONGEST_REASON = 200
BROKE_OFF = say("The Engine broke off in the middle of its answer.")


class Unreachable(Exception):
    """The host cannot be read; the message tells what happened and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class AnswerError(Exception):
    """One question got no usable answer. `status` is the HTTP status, None where there was none."""

    def __init__(self, status: int | None, message: Message) -> None:
        super().__init__(str(message))
        self.status = status
        self.message = message


class NoAnswer(AnswerError):
    """The Engine closed the connection or kept silent: perhaps it is gone."""

    def __init__(self, message: Message) -> None:
        super().__init__(None, message)


class ReadOnly(Exception):
    """Something tried to change a host. secdash never does: this is a mistake in secdash."""


def refuse_writing(method: str | None) -> None:
    if method not in READING:
        raise ReadOnly(f"secdash only reads: {method} is refused")


class _TimeBoxedSocket(socket.socket):
    """A socket on which a whole answer must come in time, not only each piece of it."""

    ends = float("inf")

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(*args, **kwargs)


class Connection(UnixHTTPConnection):  # type: ignore[misc]  # the SDK has no types
    """The SDK's unix connection; it is opened when it is needed, and again after it broke."""

    sock: _TimeBoxedSocket | None

    def connect(self) -> None:
        sock = _TimeBoxedSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self.timeout)
        try:
            sock.connect(self.unix_socket)
        except OSError as error:
            sock.close()
            raise Unreachable(_no_connection(error, Path(self.unix_socket))) from error
        self.sock = sock

    def putrequest(self, method: str, *args: Any, **kwargs: Any) -> None:
        """Every request passes here, before the first byte of it is sent."""
        refuse_writing(method)
        super().putrequest(method, *args, **kwargs)

    def ask(self, path: str, seconds: float, *, method: str = "GET", body: bytes = b"") -> HTTPResponse:
        """The head of the answer; the rest must come within what is left of `seconds`."""
        if self.sock is None:
            self.connect()
        sock = cast("_TimeBoxedSocket", self.sock)
        sock.settimeout(seconds)
        sock.ends = time.monotonic() + seconds
        self.putrequest(method, path, skip_accept_encoding=True)
        if body:
            self.putheader("Content-Type", "application/json")
            self.putheader("Content-Length", str(len(body)))
        self.endheaders(body or None)
        return HTTPConnection.getresponse(self)  # urllib3's own costs as much again as all the rest (decision 0002)


class Answer(msgspec.Struct, frozen=True):
    """A successful answer."""

    status: int
    api_version: str
    body: bytes

    def json(self) -> Any:
        """Raises AnswerError for anything but JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise AnswerError(self.status, say("The Engine's answer was not JSON.")) from error


def get(connection: Connection, path: str, seconds: float) -> Answer:
    """The answer to a GET. Raises NoAnswer, AnswerError, or Unreachable where nothing can be connected to."""
    return exchange(connection, path, seconds)


def exchange(
    connection: Connection, path: str, seconds: float, *, method: str = "GET", body: bytes = b"", good: int = 200
) -> Answer:
    """The answer with the status that is `good`. Raises as `get` does; reading connections refuse other methods."""
    with _in_time(connection, seconds):
        response = connection.ask(path, seconds, method=method, body=body)
        answer = response.read(LARGEST_ANSWER + 1)
    if not response.isclosed():
        connection.close()
    if len(answer) > LARGEST_ANSWER:
        raise AnswerError(response.status, say("The Engine's answer was longer than 64 MiB."))
    if response.status != good:
        raise AnswerError(response.status, _refusal(response.status, answer))
    return Answer(response.status, response.getheader("Api-Version", ""), answer)


def begin(connection: Connection, path: str, seconds: float, *, method: str = "GET") -> HTTPResponse:
    """The head of an answer of any status, whose body is for the caller to read or to drop.

    Raises NoAnswer, or Unreachable where nothing can be connected to.
    """
    with _in_time(connection, seconds):
        return connection.ask(path, seconds, method=method)


@contextmanager
def _in_time(connection: Connection, seconds: float) -> Iterator[None]:
    """Closes the connection where an answer is late or breaks off, and says which of the two."""
    try:
        yield
    except TimeoutError as error:
        connection.close()
        raise NoAnswer(_too_slow(seconds)) from error
    except (OSError, HTTPException, ValueError) as error:
        connection.close()
        raise NoAnswer(BROKE_OFF) from error


@contextmanager
def streaming(connection: Connection, path: str, seconds: float) -> Iterator[HTTPResponse]:
    """The answer to a GET whose body is for the caller to read, piece by piece, within `seconds` in all.

    Raises NoAnswer and AnswerError as `get` does, also for what goes wrong while the caller reads. The connection is
    closed at the end: it may stand anywhere in the answer.
    """
    try:
        response = connection.ask(path, seconds)
        if response.status != 200:
            raise AnswerError(response.status, _refusal(response.status, response.read(LARGEST_REFUSAL)))
        yield response
    except TimeoutError as error:
        raise NoAnswer(_too_slow(seconds)) from error
    except (OSError, HTTPException) as error:
        raise NoAnswer(BROKE_OFF) from error
    finally:
        connection.close()


def _too_slow(seconds: float) -> Message:
    return say("The Engine did not answer within %(seconds)s seconds.", seconds=f"{seconds:.2g}")


def _refusal(status: int, body: bytes) -> Message:
    try:
        reason = orjson.loads(body)["message"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        reason = ""
    if not isinstance(reason, str) or not reason:
        return say("The Engine refused with status %(status)s.", status=status)
    return say("The Engine refused with status %(status)s: %(reason)s", status=status, reason=reason[:LONGEST_REASON])


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
