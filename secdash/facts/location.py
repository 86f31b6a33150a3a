"""Addresses of Engines, taken apart; what is none is refused before anything is looked up or opened."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from secdash.facts.trouble import NOT_AN_ADDRESS, Stage, Unreachable

USUAL_SOCKET = "/var/run/docker.sock"
PORTS = {"tcp": 2375, "tls": 2376, "ssh": 22}
HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]{1,32})?")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}")


class Location(msgspec.Struct, frozen=True):
    """`path` is that of a socket, here or on the SSH host; `user` is who signs in there."""

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""


def locate(url: str) -> Location:
    """The parts of an address in one of the forms of `Endpoint.url`. Raises Unreachable."""
    try:
        parts = urlsplit(url if "://" in url else f"unix://{url}")
        found = _location(parts, parts.port) if not _is_odd(url, parts) else None
    except ValueError:
        found = None
    if found is None:
        raise Unreachable(NOT_AN_ADDRESS, Stage.ADDRESS)
    return found


def _is_odd(url: str, parts: SplitResult) -> bool:
    return bool(parts.query or parts.fragment or parts.password is not None) or not url.isprintable()


def _location(parts: SplitResult, port: int | None) -> Location | None:
    if parts.scheme == "unix":
        return Location("unix", parts.path) if not parts.netloc and _is_socket_path(parts.path) else None
    if parts.scheme not in PORTS or port == 0 or not HOST.fullmatch(parts.hostname or ""):
        return None
    there = Location(parts.scheme, "", parts.hostname or "", port or PORTS[parts.scheme])
    return _on_ssh_host(there, parts) if parts.scheme == "ssh" else _on_port(there, parts)


def _on_port(there: Location, parts: SplitResult) -> Location | None:
    return there if parts.path in ("", "/") and parts.username is None else None


def _on_ssh_host(there: Location, parts: SplitResult) -> Location | None:
    path = parts.path if parts.path not in ("", "/") else USUAL_SOCKET
    if not _is_socket_path(path) or not USER.fullmatch(parts.username or ""):
        return None
    return msgspec.structs.replace(there, path=path, user=parts.username)


def _is_socket_path(path: str) -> bool:
    return Path(path).is_absolute() and Path(path) != Path("/")
