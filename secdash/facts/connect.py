"""The only way to a host: a client of the Docker SDK that can read and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import docker
from docker.constants import DEFAULT_DOCKER_API_VERSION, MINIMUM_DOCKER_API_VERSION

from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message, say
from secdash.facts.unix_http import (
    AnswerError,
    Connection,
    NoAnswer,
    ReadOnly,
    Unreachable,
    get,
    refuse_writing,
    streaming,
)

__all__ = ["AnswerError", "Endpoint", "EngineClient", "NoAnswer", "ReadOnly", "Unreachable", "open_engine"]

C = TypeVar("C", bound=Connection)

NOT_DOCKER = say("Something answers there, but it is not a Docker Engine. Check the address.")
NOT_AN_ADDRESS = say(
    "This is not the address of a Docker Engine. Write the path of its socket, for example unix:///var/run/docker.sock."
)


class EngineClient(docker.APIClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client, held to reading, with one fast question of its own: `get_json` (decision 0002)."""

    def __init__(self, socket: Path, version: str, connection: Connection, read_timeout: float) -> None:
        super().__init__(base_url=f"unix://{socket}", version=version, timeout=read_timeout)
        self._connection = connection
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
        return super().send(request, **kwargs)

    def _create_websocket_connection(self, url: str) -> Any:
        raise ReadOnly("a websocket would reach the input of a container")

    def get_json(self, path: str, *, timeout: float | None = None) -> Any:
        """The decoded answer. Raises AnswerError, or Unreachable where nobody opens any more."""
        return get(self._connection, self._prefix + path, self._read_timeout if timeout is None else timeout).json()

    def path(self, path: str) -> str:
        """The path as it is asked for in the version that both speak."""
        return self._prefix + path

    def another_connection(self, kind: type[C]) -> C:
        """One more connection to this Engine, not yet open; the caller closes it."""
        return kind("http+unix://localhost", self._connection.unix_socket, timeout=self._connection.timeout)

    def get_stream(self, path: str, *, timeout: float) -> AbstractContextManager[HTTPResponse]:
        """The answer while it comes, for bodies that no memory should hold; all of it within `timeout` seconds."""
        return streaming(self._connection, self._prefix + path, timeout)

    def close(self) -> None:
        self._connection.close()
        super().close()


@contextmanager
def open_engine(url: str, *, connect_timeout: float = 5, read_timeout: float = 30) -> Iterator[EngineClient]:
    """A client for the Engine at this address, its API version negotiated. Raises Unreachable."""
    client = _opener(url)(url, connect_timeout, read_timeout)
    try:
        yield client
    finally:
        client.close()


def _opener(url: str) -> Callable[[str, float, float], EngineClient]:
    scheme = "unix" if url.startswith("/") else url.partition("://")[0]
    if scheme in OPENERS:
        return OPENERS[scheme]
    if scheme in ("tcp", "http", "https", "ssh", "npipe"):
        raise Unreachable(
            say("secdash cannot read %(scheme)s:// addresses yet, only the unix socket of an Engine.", scheme=scheme)
        )
    raise Unreachable(NOT_AN_ADDRESS)


def _open_unix(url: str, connect_timeout: float, read_timeout: float) -> EngineClient:
    socket = _socket_path(url)
    connection = Connection("http+unix://localhost", str(socket), timeout=connect_timeout)
    try:
        version = _negotiate(connection, read_timeout)
    except Unreachable:
        connection.close()
        raise
    return EngineClient(socket, version, connection, read_timeout)


OPENERS = {"unix": _open_unix}


def _socket_path(url: str) -> Path:
    try:
        parts = urlsplit(url if "://" in url else f"unix://{url}")
    except ValueError as error:
        raise Unreachable(NOT_AN_ADDRESS) from error
    path = Path(parts.path)
    if parts.netloc or parts.query or parts.fragment or "\0" in url or not path.is_absolute() or path == Path("/"):
        raise Unreachable(NOT_AN_ADDRESS)
    return path


def _negotiate(connection: Connection, read_timeout: float) -> str:
    """The newest API version that both sides speak."""
    newest, oldest = _spoken_versions(connection, read_timeout)
    if newest < _number(MINIMUM_DOCKER_API_VERSION):
        raise Unreachable(
            say(
                "This Engine speaks API %(version)s; secdash needs %(oldest)s or later. Upgrade the Engine.",
                version=_word(newest),
                oldest=MINIMUM_DOCKER_API_VERSION,
            )
        )
    return _word(max(oldest, min(newest, _number(DEFAULT_DOCKER_API_VERSION))))


def _spoken_versions(connection: Connection, read_timeout: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """The newest and oldest API version of the Engine: from /version, or where that is refused from /_ping."""
    try:
        version = get(connection, "/version", read_timeout).json()
        if isinstance(version, dict) and _number(version.get("ApiVersion")) != (0, 0):
            return _number(version["ApiVersion"]), _number(version.get("MinAPIVersion"))
    except NoAnswer as error:
        raise Unreachable(error.message) from error
    except AnswerError as error:
        refusal: Message | None = error.message if error.status in (401, 403) else None
    else:
        refusal = None
    return _pinged_version(connection, read_timeout, refusal or NOT_DOCKER), (0, 0)


def _pinged_version(connection: Connection, read_timeout: float, refusal: Message) -> tuple[int, int]:
    try:
        version = _number(get(connection, "/_ping", read_timeout).api_version)
    except AnswerError as error:
        raise Unreachable(refusal) from error
    if version == (0, 0):
        raise Unreachable(refusal)
    return version


def _number(version: object) -> tuple[int, int]:
    """(1, 41) for "1.41"; (0, 0) for anything that is no API version."""
    match = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", version) if isinstance(version, str) else None
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _word(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
