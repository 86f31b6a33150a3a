"""A proxy before a real Engine that passes every byte on, and keeps the first line of every request."""

from __future__ import annotations

import re
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n")


class Recorded:
    """What came to the socket at `path`: all bytes that clients sent, and out of them the requests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sent: list[bytearray] = []

    @property
    def requests(self) -> list[tuple[str, str]]:
        found = (match for sent in self.sent for match in REQUEST.finditer(bytes(sent)))
        return [(match[1].decode(), match[2].decode()) for match in found]


@contextmanager
def recording(engine: Path) -> Iterator[Recorded]:
    with (
        tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as folder,
        closing(socket.socket(socket.AF_UNIX)) as door,
    ):
        recorded = Recorded(Path(folder) / "docker.sock")
        door.bind(str(recorded.path))
        with _serving(door, engine, recorded):
            yield recorded


@contextmanager
def recording_port(engine: Path, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, Recorded]]:
    """The same on a port of loopback; with `tls` it is the end of that, and keeps what was said inside."""
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        recorded = Recorded(engine)
        with _serving(door, engine, recorded, tls):
            yield door.getsockname()[1], recorded


@contextmanager
def _serving(
    door: socket.socket, engine: Path, recorded: Recorded, tls: ssl.SSLContext | None = None
) -> Iterator[None]:
    door.listen(16)
    thread = threading.Thread(target=_serve, args=(door, engine, recorded, tls), daemon=True)
    thread.start()
    try:
        yield
    finally:
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(door: socket.socket, engine: Path, recorded: Recorded, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        while True:
            client, _address = door.accept()
            try:
                client = tls.wrap_socket(client, server_side=True) if tls else client
            except OSError:  # no handshake, and nothing was said
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(engine))
            kept = bytearray()
            recorded.sent.append(kept)
            threading.Thread(target=_pass_on, args=(client, server, kept), daemon=True).start()
            threading.Thread(target=_pass_on, args=(server, client, bytearray()), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            kept += data
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    source.close()
