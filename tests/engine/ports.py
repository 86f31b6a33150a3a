"""Engines on ports of loopback: real ones behind mutual TLS or a proxy, and ports where something else is."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from secdash.facts.endpoint import Endpoint, TlsIdentity
from tests.engine import parts
from tests.engine.certificates import Authority, Pair
from tests.engine.dockerd import Dockerd, running_dockerd

NO_CERTIFICATE = Pair("", "")


class TlsEngine(msgspec.Struct, frozen=True):
    """An Engine that asks for a certificate of its authority; its own is for `localhost` alone."""

    engine: Dockerd
    port: int
    authority: Authority

    def endpoint(self, pair: Pair, *, authority: str = "", host: str = "localhost") -> Endpoint:
        trusted = authority or self.authority.certificate
        return Endpoint(f"tls://{host}:{self.port}", TlsIdentity(trusted, pair.certificate, pair.key))


@contextmanager
def running_tls_dockerd() -> Iterator[TlsEngine]:
    authority = Authority()
    with tempfile.TemporaryDirectory(prefix="sd-tls-", dir="/tmp") as name, closing(socket.socket()) as listener:
        files = {"tlscacert": authority.certificate}
        pair = authority.server("localhost")
        files |= {"tlscert": pair.certificate, "tlskey": pair.key}
        for option, text in files.items():
            (Path(name) / option).write_text(text)
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        args = ["--tlsverify", *(f"--{option}={Path(name) / option}" for option in files)]
        with running_dockerd(args=args, listener=listener) as engine:
            yield TlsEngine(engine, listener.getsockname()[1], authority)


@contextmanager
def proxied_for_reading(engine: Path, *, denied: str = "") -> Iterator[int]:
    """The port of a proxy before the socket of this Engine that lets GET and HEAD pass, and nothing else.

    Nor what begins with the path `denied`.
    """
    rules = ["deny unless METH_GET", *([f"deny if {{ path_reg ^(/v[0-9.]+)?{denied} }}"] if denied else [])]
    parts.require_programs("haproxy", "setpriv")
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as folder:
        port = parts.free_port()
        (Path(folder) / "haproxy.cfg").write_text(
            "defaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
            f"frontend f\n bind 127.0.0.1:{port}\n default_backend b\n"
            + "".join(f" http-request {rule}\n" for rule in rules)
            + f"backend b\n server s unix@{engine}\n"
        )
        process = parts.start(["haproxy", "-db", "-f", str(Path(folder) / "haproxy.cfg")])
        try:
            parts.require(parts.wait_until(lambda: _listens(port), process), "haproxy did not start here")
            yield port
        finally:
            parts.stop(process)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def asking_for_certificates(authority: Authority) -> ssl.SSLContext:
    """Of a server for `localhost` that lets in whom this authority knows."""
    context, pair = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), authority.server("localhost")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(pair.certificate + pair.key)
        file.flush()
        context.load_cert_chain(file.name)
    context.load_verify_locations(cadata=authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port on which every connection is handed to `answer`, and then closed."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        thread = threading.Thread(target=_serve, args=(listener, answer), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listener: socket.socket, answer: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _address = listener.accept()
            with closing(connection), suppress(OSError):
                connection.settimeout(5)
                answer(connection)


def over_tls(pair: Pair, *, old: bool = False) -> Callable[[socket.socket], None]:
    """What shakes hands with this certificate, and says no more; with a TLS of 2006 if it is old."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):  # Python deprecates it as well
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(pair.certificate + pair.key)
        file.flush()
        context.load_cert_chain(file.name)

    def answer(connection: socket.socket) -> None:
        with closing(context.wrap_socket(connection, server_side=True)) as wrapped:
            wrapped.recv(1)

    return answer


def saying(words: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(words)

    return answer
