"""HTTP with an Engine on one kept connection, through whatever door: bounded in time and size, and for reading only.

What is bounded of an answer: the time until its last byte, its bytes, how deeply it is nested and how much memory its
values take. Nothing compressed is accepted, and no redirect followed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

import msgspec
import orjson

from secdash.facts import trouble
from secdash.facts.doors import Door, TimeBoxedSocket
from secdash.facts.message import Message, say
from secdash.facts.trouble import BROKE_OFF, AnswerError, NoAnswer, ReadOnly

READING = ("GET", "HEAD")
LARGEST_ANSWER = 16 * 2**20  # bytes
LARGEST_REFUSAL = 64 * 2**10
LONGEST_REASON = 200
DEEPEST = 64
A_VALUE, A_NAME, AN_OBJECT = 60, 45, 128  # bytes of memory that each takes beyond its own text, about
HEAVIEST_ANSWER = 96 * 2**20
# Engine and proxies say it in different words.
TO_A_TLS_PORT = (b"HTTP request to an HTTPS server", b"plain HTTP request was sent to HTTPS port")


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

    def connect(self) -> None:
        self.sock = self.door.open()

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


class Answer(msgspec.Struct, frozen=True):
    """A successful answer. `weight` is about how much memory its values take at most."""

    status: int
    api_version: str
    body: bytes
    weight: int

    def json(self) -> Any:
        """Raises AnswerError for anything but JSON that is safe to hold."""
        if self.weight > HEAVIEST_ANSWER:
            raise AnswerError(self.status, trouble.TOO_MANY_VALUES)
        try:
            decoded = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise AnswerError(self.status, trouble.NOT_JSON) from error
        if is_deep(self.body, decoded):
            raise AnswerError(self.status, trouble.TOO_DEEP)
        return decoded


def weight_of(body: bytes) -> int:
    """Counted before decoding: a few bytes such as `{},` become a hundred times as many.

    One sign beyond the usual planes makes each sign of its text take four bytes.
    """
    is_narrow = body.isascii() and b"\\ud" not in body and b"\\uD" not in body
    values = body.count(b",") + body.count(b"[")
    named = A_NAME * body.count(b":") + AN_OBJECT * body.count(b"{")
    return len(body) * (1 if is_narrow else 4) + A_VALUE * values + named


NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def is_deep(body: bytes, decoded: Any) -> bool:
    """Whether this JSON is nested more deeply than DEEPEST.

    Each round takes the innermost pairs away, at the speed of the machine and not of Python.
    """
    brackets = body.translate(None, NOT_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return False
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return bool(brackets) and _is_deep(decoded)


def _is_deep(decoded: Any) -> bool:
    """The same without haste: texts with lonely brackets in them come here."""
    level = [decoded]
    for _ in range(DEEPEST):
        level = [below for each in level for below in _below(each) if isinstance(below, dict | list)]
    return bool(level)


def _below(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


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
