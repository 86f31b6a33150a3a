"""An Engine that lies, without a kernel in between: every byte of its answers is the test's, and thousands are asked.

`Liar` is a door as `facts.connect` opens them; each request that our own HTTP sends is answered with raw bytes.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import orjson

from secdash.facts.answers import Answers
from secdash.facts.collect import Pass, no_progress
from secdash.facts.connect import EngineClient
from secdash.facts.doors import Door
from secdash.facts.wire import Connection
from tests.engine.replaying_server import Bytes, recorded_routes

Answer = Callable[[str], bytes]
MIXED = "mixed"


class Liar:
    """`answer` makes the bytes for a path without its version and query; an answer ends where its bytes end."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.methods: set[str] = set()

    def open(self) -> Any:
        return _Socket(self)

    def answer_to(self, request: bytes) -> bytes:
        self.methods.add(request.split(b" ", 1)[0].decode())
        return self._answer(path_of(request))

    def meaning_of(self, _error: Exception) -> None:
        return None

    def close(self) -> None:
        pass


class _Socket:
    """As much of a socket as http.client asks of one."""

    ends = None

    def __init__(self, liar: Liar) -> None:
        self._liar = liar
        self._answer = b""

    def sendall(self, requests: bytes) -> None:
        *several, _rest = requests.split(b"\r\n\r\n")
        self._answer = b"".join(self._liar.answer_to(request + b"\r\n\r\n") for request in several)

    def recv_into(self, buffer: memoryview) -> int:
        size = min(len(buffer), len(self._answer))
        buffer[:size], self._answer = self._answer[:size], self._answer[size:]
        return size

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._answer))  # type: ignore[arg-type]

    def settimeout(self, _seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


def path_of(request: bytes) -> str:
    """Without its version and query."""
    path = request.decode("latin-1").split(" ", 2)[1]
    return "/" + path.partition("?")[0].removeprefix("/").split("/", 1)[1]


def scanned(liar: Door, seconds: float = 30.0) -> Answers:
    """What one whole pass makes of it, in so much time. Raises Unreachable."""
    with closing(EngineClient("1.41", Connection(liar), min(15.0, seconds), "unix")) as client:
        return Pass(client, no_progress, time.monotonic() + seconds).read()


# --- answers ------------------------------------------------------------------------------------------------------


def plain(body: bytes, status: int = 200, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def small_host() -> dict[str, bytes]:
    """A recorded host with one of each kind, as JSON by path."""
    routes = recorded_routes()
    container, image, network = (routes[path][0] for path in ("/containers/json", "/images/json", "/networks"))
    kept = {
        "/containers/json": [container],
        "/images/json": [image],
        "/networks": [network],
        **{path: routes[path] for path in ("/version", "/info", "/volumes", "/plugins")},
        **{
            f"/containers/{container['Id']}/{of}": routes[f"/containers/{container['Id']}/{of}"]
            for of in ("json", "top")
        },
        **{f"/images/{image['Id']}/{of}": routes[f"/images/{image['Id']}/{of}"] for of in ("json", "history")},
        f"/networks/{network['Id']}": routes[f"/networks/{network['Id']}"],
    }
    return {path: orjson.dumps(answer) for path, answer in kept.items() if not isinstance(answer, Bytes)}


def honest(host: Mapping[str, bytes]) -> Answer:
    return lambda path: plain(host[path]) if path in host else plain(b"{}", 404)


def lies(host: Mapping[str, bytes], chance: random.Random, name: str = MIXED) -> Answer:
    """Each answer is honest or one of the lies, as chance will have it; a host of one name knows only that lie."""
    known, share = tuple(LIES.values()) if name == MIXED else (LIES[name],), chance.choice((0.1, 0.4, 1.0))

    def answer(path: str) -> bytes:
        body = host.get(path, b"{}")
        lie = chance.choice(known) if chance.random() < share else None
        return plain(body) if lie is None else lie(body, chance)

    return answer


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    1e308,
    "",
    "x" * 100_000,
    "\ud7ff\u202e<script>",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": None},
)


def _another_type(body: bytes, chance: random.Random) -> bytes:
    return plain(orjson.dumps(chance.choice(WRONG[:3] + WRONG[4:])))


def _another_type_inside(body: bytes, chance: random.Random) -> bytes:
    """One value somewhere below is something else."""
    decoded = orjson.loads(body)
    node: Any = decoded
    while isinstance(node, dict | list) and node:
        key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if not isinstance(node[key], dict | list) or not node[key] or chance.random() < 0.3:
            node[key] = chance.choice(WRONG[:3] + WRONG[4:])
            break
        node = node[key]
    return plain(orjson.dumps(decoded))


def _spoilt(body: bytes, chance: random.Random) -> bytes:
    """Some bytes are others: mostly no JSON or no UTF-8 any more."""
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return plain(bytes(spoilt))


def _reset(body: bytes, chance: random.Random) -> bytes:
    whole = plain(body)
    return whole[: chance.randrange(len(whole))]


def _deep(_body: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((63, 65, 900, 5000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"Config":', b"}")))
    return plain(opened * depth + b"1" + closed * depth)


def _refused(_body: bytes, chance: random.Random) -> bytes:
    return plain(b'{"message":"no"}', chance.choice((100, 204, 301, 302, 304, 307, 401, 403, 404, 418, 500, 503, 999)))


OK = b"HTTP/1.1 200 OK\r\n"
HEADS = (
    b"",
    b"\r\n\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"HTTP/1.1 abc\r\n\r\n",
    b"HTTP/1.1 101 x\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    b"HTTP/1.1 302 x\r\nLocation: http://169.254.169.254/\r\n\r\n",
    *(OK + b"Content-Length: " + length + b"\r\n\r\n" for length in (b"-5", b"x", b"9" * 20)),
    *(OK + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" for size in (b"f" * 12, b"zz", b"-1", b"2")),
    OK + b"Content-Encoding: gzip\r\n\r\n",
    OK + b"a: b\r\n" * 500,
    OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"\x15\x03\x01\x00\x02\x02\x16",
    b"SSH-2.0-x\r\n",
)


def _odd_head(body: bytes, chance: random.Random) -> bytes:
    return chance.choice(HEADS) + body


def _longer(body: bytes, _chance: random.Random) -> bytes:
    return plain(body) + plain(b'{"what": "nobody asked for"}')


def _many(body: bytes, chance: random.Random) -> bytes:
    decoded = orjson.loads(body)
    return plain(orjson.dumps(decoded * chance.randint(2, 40) if isinstance(decoded, list) else [decoded] * 40))


LIES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "another type": _another_type,
    "another type inside": _another_type_inside,
    "spoilt bytes": _spoilt,  # no UTF-8, mostly
    "cut off": _reset,
    "deep": _deep,
    "refused": _refused,
    "odd head": _odd_head,
    "longer": _longer,
    "many": _many,
}
