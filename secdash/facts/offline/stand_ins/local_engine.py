"""In place of `facts.connect`: the Engine behind a socket of this machine, and no other way to any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from secdash.facts.doors import UnixDoor
from secdash.facts.endpoint import Endpoint
from secdash.facts.lanes import Lanes
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
        self._lanes = Lanes(connection.door)
        self._prefix = f"/v{version}"
        self._read_timeout = read_timeout

    def get_json(self, path: str, *, timeout: float | None = None) -> Any:
        """The decoded answer. Raises AnswerError, or Unreachable: nobody opens any more, or it would be too much."""
        path = self._prefix + path
        connection = self._lanes.of(path) or self._connection
        answer = get(connection, path, self._read_timeout if timeout is None else timeout)
        decoded = answer.json(self.weight)
        self.weight += answer.weight
        return decoded

    def expect(self, paths: Iterable[str]) -> None:
        """What `get_json` will be asked for next, in this order."""
        self._connection.expect(self._prefix + path for path in paths)

    def ask_aside(self, groups: Sequence[Sequence[str]]) -> frozenset[str]:
        """Have these asked side by side, as far as it pays: which of them are, and need not be expected any more."""
        asked = self._lanes.ask([[self._prefix + path for path in group] for group in groups])
        return frozenset(path.removeprefix(self._prefix) for path in asked)

    def close(self) -> None:
        self._lanes.close()
        self._connection.close()


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
        with closing(EngineClient(negotiate(connection, read_timeout), connection, read_timeout)) as client:
            yield client
    finally:
        connection.close()
