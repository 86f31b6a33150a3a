"""Where the web process listens: its address, its port, and whether they can be had."""

from __future__ import annotations

import errno
import socket

from secdash.environment import number, setting

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not bound to
HIGHEST_PORT = 65535


class Taken(Exception):
    """Nobody can listen there; the message is the sentence for whoever starts us."""


def address() -> str:
    return setting("SECDASH_BIND", "127.0.0.1").strip("[]")


def port() -> int:
    return number("PORT", 8000, least=1, most=HIGHEST_PORT)


def bind() -> str:
    """As gunicorn takes it."""
    return f"{_bracketed(address())}:{port()}"


def local_url(path: str) -> str:
    """Where this machine itself reaches the web process."""
    near = "127.0.0.1" if address() in EVERYWHERE else address()
    return f"http://{_bracketed(near)}:{port()}{path}"


def claim() -> None:
    """Make sure that the web process can listen. Raises Taken."""
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(
            address() or None, port(), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
    except OSError as error:
        raise Taken(_why(error)) from error


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port()} is taken: another program listens on {address()}. "
            "Stop that program, or set PORT to another port, such as PORT=8001."
        )
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"SECDASH_BIND is {address()!r}, which is not an address of this machine."
    return f"Port {port()} of {address()} cannot be opened: {error.strerror}. Set PORT to another port, such as 8000."


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
