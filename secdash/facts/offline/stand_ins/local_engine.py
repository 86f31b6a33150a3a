"""In place of `facts.connect`: the Engine behind a socket of this machine, and no other way to any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from secdash.facts.doors import UnixDoor
from secdash.facts.endpoint import Endpoint
from secdash.facts.location import locate
from secdash.facts.negotiating import negotiate
from secdash.facts.trouble import NOT_AN_ADDRESS, AnswerError, NoAnswer, ReadOnly, Stage, Unreachable
from secdash.facts.wire import Connection, get

__all__ = ["AnswerError", "EngineClient", "NoAnswer", "ReadOnly", "Unreachable", "open_engine"]


class EngineClient:
    """The one question that `facts.collect` asks."""

    def __init__(self, version: str, connection: Connection, read_timeout: float) -> None:
        self.weight = 0
        self.reached = "unix"
        self._connection = connection
        self._prefix = f"/v{version}"
        self._read_timeout = read_timeout

    def get_json(self, path: str, *, timeout: float | None = None) -> Any:
        """The decoded answer. Raises AnswerError, or Unreachable: nobody opens any more, or it would be too much."""
        answer = get(self._connection, self._prefix + path, self._read_timeout if timeout is None else timeout)
        decoded = answer.json(self.weight)
        self.weight += answer.weight
        return decoded

    def expect(self, paths: Iterable[str]) -> None:
        """What `get_json` will be asked for next, in this order."""
        self._connection.expect(self._prefix + path for path in paths)


@contextmanager
def open_engine(
    endpoint: Endpoint | str, *, connect_timeout: float = 5, read_timeout: float = 30
) -> Iterator[EngineClient]:
    """A client for the Engine at this socket, its API version negotiated. Raises Unreachable."""
    location = locate(Endpoint.of(endpoint).url)
    if location.scheme != "unix":
        raise Unreachable(NOT_AN_ADDRESS, Stage.ADDRESS)
    connection = Connection(UnixDoor(location.path, connect_timeout))
    try:
        yield EngineClient(negotiate(connection, read_timeout), connection, read_timeout)
    finally:
        connection.close()
