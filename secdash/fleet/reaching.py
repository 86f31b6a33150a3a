"""Addresses as people type them, made into the one form that `Connection.address` keeps; and taken apart again."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from secdash.facts import addresses
from secdash.facts.message import Message, say
from secdash.fleet.models import Connection

PORTS: dict[str, int] = {Connection.Kind.TLS: 2376, Connection.Kind.TCP: 2375, Connection.Kind.SSH: 22}
USUAL_SOCKET = "/var/run/docker.sock"
LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
NAME = re.compile(rf"{LABEL}(\.{LABEL})*\.?")
ACCOUNT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")
DIGITS = re.compile(r"[0-9]{1,5}")
NO_PORT = 0
CONTROL = set("\0\n\r\t")
UNUSUAL = CONTROL | set("?# \"'\\[]")  # of which some mean something in an address, and some in sshd's files
LONGEST_NAME, MOST_PORTS = 253, 65535

NOT_A_PATH = say("Write the full path of the socket, beginning with a slash.")
NOT_A_SERVER = say("Write the name or the address of the host alone, such as docker-1.example.org or 192.0.2.7.")
NEVER_REACHED = say(
    "secdash connects to no address of this kind: link-local and metadata addresses, multicast, and the one of no host."
)
NOT_AN_ACCOUNT = say("Write the name of the account that signs in, such as secdash.")
NOT_A_PORT = say("A port is a number from 1 to 65535.")


class NotAnAddress(Exception):
    """`field` is the one to mend."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message.text)
        self.field, self.message = field, message


class Place(NamedTuple):
    """The parts of an address; those that its kind has no use for are empty."""

    server: str = ""
    port: int | None = None
    account: str = ""
    socket: str = ""


def address_of(kind: str, place: Place) -> str:
    """As `Connection.address` keeps it. Raises NotAnAddress."""
    if kind == Connection.Kind.UNIX:
        return _path(place.socket, "address", CONTROL)
    server = f"{_server(place.server)}:{_port(kind, place.port)}"
    if kind != Connection.Kind.SSH:
        return server
    if not ACCOUNT.fullmatch(place.account):
        raise NotAnAddress("account", NOT_AN_ACCOUNT)
    return f"{place.account}@{server}{_path(place.socket or USUAL_SOCKET, 'socket', UNUSUAL)}"


def place_of(kind: str, address: str) -> Place:
    """What `address_of` was given. A port that is none stays one that it refuses."""
    if kind == Connection.Kind.UNIX:
        return Place(socket=address)
    user, _at, rest = address.rpartition("@") if kind == Connection.Kind.SSH else ("", "", address)
    server, slash, path = rest.partition("/")
    if server.endswith("]") or ":" not in server:
        return Place(server.strip("[]"), None, user, slash + path)
    name, _colon, port = server.rpartition(":")
    return Place(name.strip("[]"), int(port) if DIGITS.fullmatch(port) else NO_PORT, user, slash + path)


def known_as(place: Place) -> str:
    """How known_hosts calls this SSH host."""
    port = place.port or PORTS[Connection.Kind.SSH]
    name = place.server.strip("[]")
    return name if port == PORTS[Connection.Kind.SSH] else f"[{name}]:{port}"


def _path(text: str, field: str, never: set[str]) -> str:
    path = text.strip().removeprefix("unix://")
    if not path.startswith("/") or path == "/" or set(path) & never:
        raise NotAnAddress(field, NOT_A_PATH)
    return path


def _server(text: str) -> str:
    """A name as it stands; an IPv6 address in brackets."""
    name = text.strip().strip("[]")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
            raise NotAnAddress("server", NOT_A_SERVER) from None
        return name
    if addresses.is_refused(str(address)):
        raise NotAnAddress("server", NEVER_REACHED)
    return f"[{address}]" if address.version == 6 else str(address)


def _port(kind: str, port: int | None) -> int:
    number = PORTS[kind] if port is None else port
    if not 0 < number <= MOST_PORTS:
        raise NotAnAddress("port", NOT_A_PORT)
    return number
