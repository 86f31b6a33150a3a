"""The only way to a host: a client of the Docker SDK that can read and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPResponse
from typing import Any, TypeVar

import docker

from secdash.facts.doors import Door, TcpDoor, UnixDoor
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.lanes import Lanes
from secdash.facts.location import Location, locate
from secdash.facts.negotiating import negotiate, too_old
from secdash.facts.sdk_adapter import DoorAdapter
from secdash.facts.tls import TlsDoor
from secdash.facts.trouble import AnswerError, NoAnswer, ReadOnly, Unreachable
from secdash.facts.wire import Connection, get, refuse_writing, streaming

__all__ = ["AnswerError", "Endpoint", "EngineClient", "NoAnswer", "ReadOnly", "Unreachable", "open_engine", "too_old"]

C = TypeVar("C", bound=Connection)


class EngineClient(docker.APIClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client, held to reading, with one fast question of its own: `get_json` (decision 0002).

    `weight` is what its answers took together, about and in bytes. `reached` is the scheme of its address.
    """

    def __init__(self, version: str, connection: Connection, read_timeout: float, reached: str) -> None:
        super().__init__(base_url="unix:///behind/the/door", version=version, timeout=read_timeout)
        self.mount("http+docker://", DoorAdapter(connection.door))
        self.headers.clear()  # what the settings of some user's command line would add
        self.weight = 0
        self.reached = reached
        self._connection = connection
        self._lanes = Lanes(connection.door)
        self._prefix = f"/v{version}"
        self._read_timeout = read_timeout

    @property
    def trust_env(self) -> bool:
        """Never: proxies and CA bundles of the environment are not meant for Docker (docker-py #2433)."""
        return False

    @trust_env.setter
    def trust_env(self, value: bool) -> None:
        """requests sets it in its constructor; it stays off."""

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Every verb of the SDK passes here."""
        refuse_writing(request.method)
        return super().send(request, **{**kwargs, "allow_redirects": False})

    def _create_websocket_connection(self, url: str) -> Any:
        raise ReadOnly("a websocket would reach the input of a container")

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

    def path(self, path: str) -> str:
        """The path as it is asked for in the version that both speak."""
        return self._prefix + path

    def another_connection(self, kind: type[C]) -> C:
        """One more connection to this Engine, not yet open; the caller closes it."""
        return kind(self._connection.door)

    def get_stream(self, path: str, *, timeout: float) -> AbstractContextManager[HTTPResponse]:
        """The answer while it comes, for bodies that no memory should hold; all of it within `timeout` seconds."""
        return streaming(self._connection, self._prefix + path, timeout)

    def close(self) -> None:
        self._lanes.close()
        self._connection.close()
        super().close()


@contextmanager
def open_engine(
    endpoint: Endpoint | str, *, connect_timeout: float = 5, read_timeout: float = 30, version: str = ""
) -> Iterator[EngineClient]:
    """A client for the Engine at this endpoint, its API version negotiated, unless one is agreed on already. Raises
    Unreachable, with its stage.
    """
    endpoint = Endpoint.of(endpoint)
    door = door_of(endpoint, connect_timeout)
    connection = Connection(door)
    try:
        version = version or negotiate(connection, read_timeout)
        client = EngineClient(version, connection, read_timeout, locate(endpoint.url).scheme)
        try:
            yield client
        finally:
            client.close()
    finally:
        connection.close()
        door.close()


def door_of(endpoint: Endpoint, connect_timeout: float) -> Door:
    """The door of this endpoint; nothing is opened yet but an SSH connection. Raises Unreachable."""
    location, identity = locate(endpoint.url), endpoint.identity
    return DOORS[location.scheme](location, identity, connect_timeout)


def _tls(location: Location, identity: Identity, connect_timeout: float) -> Door:
    return TlsDoor(location, identity if isinstance(identity, TlsIdentity) else None, connect_timeout)


def _ssh(location: Location, identity: Identity, connect_timeout: float) -> Door:
    from secdash.facts.ssh import SshDoor  # its library takes a fifth of all that a process loads

    return SshDoor(location, identity if isinstance(identity, SshIdentity) else None, connect_timeout)


Identity = TlsIdentity | SshIdentity | None
DOORS: dict[str, Callable[[Location, Identity, float], Door]] = {
    "unix": lambda location, _identity, connect_timeout: UnixDoor(location.path, connect_timeout),
    "tcp": lambda location, _identity, connect_timeout: TcpDoor(location, connect_timeout),
    "tls": _tls,
    "ssh": _ssh,
}
