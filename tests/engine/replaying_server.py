"""A real HTTP server on a unix socket that answers as an Engine was recorded to, or as badly as a test wants."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any, TypeVar

import msgspec

from secdash.facts.answers import Answers, Failure
from tests.engine.recordings import answers_of


class Bytes(msgspec.Struct, frozen=True):
    """An answer that is not simply JSON."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Drip(msgspec.Struct, frozen=True):
    """An answer that comes one byte every `pause` seconds."""

    body: bytes
    pause: float = 0.05


class Endless(msgspec.Struct, frozen=True):
    """An answer that begins and never ends: this piece again and again, as fast as it is taken."""

    piece: bytes


class Cut(msgspec.Struct, frozen=True):
    """An answer of which only the beginning comes, before the connection closes."""

    body: bytes


class Silence(msgspec.Struct, frozen=True):
    """No answer for so many seconds, and then none."""

    seconds: float = 5.0


class HangUp(msgspec.Struct, frozen=True):
    """The connection closes without an answer."""


class InTurn(msgspec.Struct, frozen=True):
    """One answer after the other; the last one stays."""

    answers: tuple[Any, ...]


def refusal(status: int, message: str = "no") -> Bytes:
    """What an Engine, or a proxy before it, says when it does not answer."""
    return Bytes(json.dumps({"message": message}).encode(), status)


class ReplayingEngine(ThreadingUnixStreamServer):
    """`routes` maps a path without its version and query to what is answered; all else is 404."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, socket: Path, routes: Mapping[str, Any]) -> None:
        super().__init__(str(socket), _Handler)
        self.url = f"unix://{socket}"
        self.routes = dict(routes)
        self.requests: list[tuple[str, str]] = []
        self.versions: set[str] = set()
        self.connections = 0
        self.stopping = threading.Event()

    def answer_to(self, path: str) -> Any:
        answer = self.routes.get(path, refusal(404, "page not found"))
        if not isinstance(answer, InTurn):
            return answer
        if len(answer.answers) > 1:
            self.routes[path] = InTurn(answer.answers[1:])
        return answer.answers[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ReplayingEngine

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def handle_one_request(self) -> None:
        self.do_GET = self.do_HEAD = self.do_POST = self.do_PUT = self.do_DELETE = self.reply
        super().handle_one_request()

    def reply(self) -> None:
        version, path = _split(self.path)
        self.server.requests.append((self.command, path))
        self.server.versions.add(version)
        self._send(self.server.answer_to(path))

    def _send(self, answer: Any) -> None:
        match answer:
            case Bytes(body, status, headers):
                self._respond(body, status, headers)
            case Drip(body, pause):
                self._head(200, len(body))
                for byte in body:
                    if self.server.stopping.wait(pause):
                        break
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            case Endless(piece):
                self._head(200, 2**60)
                while not self.server.stopping.is_set():
                    self.wfile.write(piece)
            case Cut(body):
                self._head(200, len(body))
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case Silence(seconds):
                self.server.stopping.wait(seconds)
                self.close_connection = True
            case HangUp():
                self.close_connection = True
            case _:
                self._respond(json.dumps(answer).encode())

    def _respond(self, body: bytes, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self._head(status, len(body), headers)
        self.wfile.write(body)

    def _head(self, status: int, length: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(length))):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Silent: pytest shows what matters."""

    def address_string(self) -> str:
        return "unix"


def _split(path: str) -> tuple[str, str]:
    """("1.41", "/info") for /v1.41/info?x=y."""
    path = path.partition("?")[0]
    if not path.startswith("/v1."):
        return "", path
    version, _, rest = path[2:].partition("/")
    return version, f"/{rest}"


E = TypeVar("E", bound=ReplayingEngine)


@contextmanager
def serving(make: Callable[[Path], E]) -> Iterator[E]:
    """The server that is made for a socket, answering there."""
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as folder:
        server = make(Path(folder) / "docker.sock")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            server.server_close()
            thread.join(5)
            time.sleep(0)


def replaying(routes: Mapping[str, Any]) -> AbstractContextManager[ReplayingEngine]:
    """The server, answering on a socket of its own."""
    return serving(lambda socket: ReplayingEngine(socket, routes))


def routes_of(answers: Answers) -> dict[str, Any]:
    """The routes under which an Engine would have given these answers. What was not recorded is a refusal."""
    whole = {"/version": answers.version, "/info": answers.info, "/volumes": answers.volumes}
    routes: dict[str, Any] = whole | {"/plugins": answers.plugins}
    containers, images, networks = _listed(answers.containers), _listed(answers.images), _listed(answers.networks)
    for container in containers:
        routes[f"/containers/{container.listed['Id']}/json"] = container.inspect
        routes[f"/containers/{container.listed['Id']}/top"] = container.top
    for image in images:
        routes[f"/images/{image.listed['Id']}/json"] = image.inspect
        routes[f"/images/{image.listed['Id']}/history"] = image.history
    routes |= {f"/networks/{network['Id']}": network for network in networks}
    routes["/containers/json"] = [container.listed for container in containers]
    routes["/images/json"] = [image.listed for image in images]
    routes["/networks"] = [{**network, "Containers": {}} for network in networks]
    return {path: _refused_if_failed(answer) for path, answer in routes.items()}


def recorded_routes(engine: str = "docker") -> dict[str, Any]:
    return routes_of(answers_of(engine))


def _listed(answers: Any) -> tuple[Any, ...]:
    return () if isinstance(answers, Failure) else answers


def _refused_if_failed(answer: Any) -> Any:
    return refusal(500, str(answer.why)) if isinstance(answer, Failure) else answer
