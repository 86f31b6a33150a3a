"""HTTP with an Engine on one kept connection, through whatever door: bounded in time and size, and for reading only.

What is bounded of an answer: the time until its last byte, its bytes, how deeply it is nested and how much memory its
values take. Nothing compressed is accepted, and no redirect followed.
"""

from __future__ import annotations

import io
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NamedTuple

import orjson

from secdash.facts import trouble
from secdash.facts.answer import Answer, weight_of
from secdash.facts.doors import Door, TimeBoxedSocket
from secdash.facts.message import Message, say
from secdash.facts.plain_http import Incoming, body_of, head_of
from secdash.facts.trouble import BROKE_OFF, AnswerError, NoAnswer, ReadOnly

READING = ("GET", "HEAD")
LARGEST_ANSWER = 16 * 2**20  # bytes
SEND_TIME = 5.0  # seconds for questions whose answers are not waited for yet
MOST_IN_FLIGHT = 64  # questions that wait in the Engine's socket: a few KB, so that neither side waits to be read
LARGEST_REFUSAL = 64 * 2**10
LONGEST_REASON = 200
# Engine and proxies say it in different words.
TO_A_TLS_PORT = (b"HTTP request to an HTTPS server", b"plain HTTP request was sent to HTTPS port")


class _File(NamedTuple):
    incoming: Incoming

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self.incoming)


def _request(path: str) -> bytes:
    """Raises ValueError for what is no path: it could end the request and begin another one."""
    if not path.isascii() or not path.isprintable() or " " in path:
        raise ValueError(path)
    return b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode()


def refuse_writing(method: str | None) -> None:
    if method not in READING:
        raise ReadOnly(f"secdash only reads: {method} is refused")


class Connection(HTTPConnection):
    """A connection that is opened when it is needed, and again after it broke."""

    sock: TimeBoxedSocket | None

    def __init__(self, door: Door) -> None:
        super().__init__("localhost")
        self.door = door
        self.has_answered = False
        self._incoming: Incoming | None = None
        self._expected: deque[str] = deque()
        self._in_flight: deque[str] = deque()
        self._most_in_flight = MOST_IN_FLIGHT

    def connect(self) -> None:
        self._opened()

    def _opened(self) -> tuple[TimeBoxedSocket, Incoming]:
        if self.sock is None or self._incoming is None:
            self.sock = self.door.open()
            self._incoming = Incoming(self.sock)
        return self.sock, self._incoming

    def close(self) -> None:
        """Whoever does not answer what was asked ahead is asked one thing after the other from then on."""
        if self._in_flight:
            self._most_in_flight = 1
            self._in_flight.clear()
        self._incoming = None
        super().close()

    def expect(self, paths: Iterable[str]) -> None:
        """What `get` will be asked for next, in this order: some of it is sent before the answers to the first came.

        The Engine answers in order, so each answer has its own time all the same.
        """
        self._expected = deque(paths)

    def ask_ahead(self, paths: Iterable[str]) -> None:
        """As `expect`, and begin at once. Raises OSError, or Unreachable where nothing can be connected to."""
        self.expect(paths)
        sock, _incoming = self._opened()
        sock.ends = time.monotonic() + SEND_TIME
        ahead = self._ahead()
        self._in_flight.extend(ahead)
        sock.sendall(b"".join(map(_request, ahead)))

    def get(self, path: str, seconds: float) -> Answer:
        """A successful answer to a GET. Raises AnswerError, and whatever a broken connection raises."""
        incoming = self._sent(path, seconds)
        head = head_of(incoming)
        if head is None:
            return self._get_as_any(incoming)
        self.has_answered = True
        body = body_of(incoming, head, LARGEST_ANSWER)
        if body is None:
            self.close()
            raise AnswerError(head.status, trouble.TOO_LONG)
        return _successful(head.status, head.api_version, body)

    def _sent(self, path: str, seconds: float) -> Incoming:
        """Sends it unless that was done already. What else was asked for ahead is given up with the connection."""
        if self._in_flight and self._in_flight[0] != path:
            self.close()
        sock, incoming = self._opened()
        sock.settimeout(max(seconds, 0))
        sock.ends = time.monotonic() + seconds
        if self._in_flight:
            self._in_flight.popleft()
        else:
            incoming.forget()
            sock.sendall(b"".join(map(_request, self._next(path))))
        return incoming

    def _next(self, path: str) -> list[str]:
        """This path, and what comes after it as far as that is known."""
        while self._expected and self._expected[0] != path:
            self._expected.popleft()
        ahead = self._ahead()
        self._in_flight.extend(ahead[1:])
        return ahead or [path]

    def _ahead(self) -> list[str]:
        return [self._expected.popleft() for _ in range(min(self._most_in_flight, len(self._expected)))]

    def _get_as_any(self, incoming: Incoming) -> Answer:
        """An answer in whatever form HTTP allows; what was asked ahead is asked again."""
        response = HTTPResponse(_File(incoming), method="GET")  # type: ignore[arg-type]  # all that it asks of a socket
        response.begin()
        self.has_answered = True
        body = response.read(LARGEST_ANSWER + 1)
        if response.will_close or self._in_flight or not response.isclosed():
            self.close()
        return _successful(
            response.status, response.getheader("Api-Version", ""), body, response.getheader("Content-Encoding", "")
        )

    def putrequest(self, method: str, *args: Any, **kwargs: Any) -> None:
        """Every request passes here, before the first byte of it is sent."""
        refuse_writing(method)
        super().putrequest(method, *args, **kwargs)

    def ask(self, path: str, seconds: float, *, method: str = "GET", body: bytes = b"") -> HTTPResponse:
        """The head of the answer; the rest must come within what is left of `seconds`."""
        if self.sock is None:
            self.connect()
        if self.sock is not None:
            self.sock.settimeout(max(seconds, 0))
            self.sock.ends = time.monotonic() + seconds
        self.putrequest(method, path, skip_accept_encoding=True)
        if body:
            self.putheader("Content-Type", "application/json")
            self.putheader("Content-Length", str(len(body)))
        self.endheaders(body or None)
        response = self.getresponse()
        self.has_answered = True
        return response


def get(connection: Connection, path: str, seconds: float) -> Answer:
    """The answer to a GET. Raises NoAnswer, AnswerError, or Unreachable where nothing can be connected to."""
    with _in_time(connection, seconds):
        return connection.get(path, seconds)


def _successful(status: int, api_version: str, body: bytes, coding: str = "") -> Answer:
    """Raises AnswerError for any other."""
    if len(body) > LARGEST_ANSWER:
        raise AnswerError(status, trouble.TOO_LONG)
    if status != 200:
        raise AnswerError(status, _refusal(status, body))
    if coding not in ("", "identity"):
        raise AnswerError(status, trouble.COMPRESSED)
    return Answer(status, api_version, body, weight_of(body))


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
        raise AnswerError(response.status, trouble.TOO_LONG)
    if response.status != good:
        raise AnswerError(response.status, _refusal(response.status, answer))
    if response.getheader("Content-Encoding", "identity") != "identity":
        raise AnswerError(response.status, trouble.COMPRESSED)
    return Answer(response.status, response.getheader("Api-Version", ""), answer, weight_of(answer))


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
        raise _broken(connection, error) from error


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
        raise _broken(connection, error) from error
    finally:
        connection.close()


def _broken(connection: Connection, error: Exception) -> Exception:
    """Unreachable where the door can tell why there was no answer at all; else that it broke off."""
    meaning = None if connection.has_answered else connection.door.meaning_of(error)
    return meaning or NoAnswer(BROKE_OFF)


def _too_slow(seconds: float) -> Message:
    return say("The Engine did not answer within %(seconds)s seconds.", seconds=f"{seconds:.2g}")


def _refusal(status: int, body: bytes) -> Message:
    if status == 400 and any(words in body for words in TO_A_TLS_PORT):
        return trouble.SPEAKS_TLS
    try:
        reason = orjson.loads(body)["message"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        reason = ""
    if not isinstance(reason, str) or not reason:
        return say("The Engine refused with status %(status)s.", status=status)
    return say("The Engine refused with status %(status)s: %(reason)s", status=status, reason=reason[:LONGEST_REASON])
