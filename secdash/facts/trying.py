"""Trying an address step by step, so that somebody can be shown which step failed and what to do about it."""

from __future__ import annotations

from typing import Literal

import msgspec

from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message

State = Literal["passed", "failed", "not_reached"]


class Step(msgspec.Struct, frozen=True):
    """`name` is an id that stays: see STEPS for those of each kind of address. Only what failed has a message."""

    name: str
    state: State
    message: Message | None = None


class Trial(msgspec.Struct, frozen=True):
    """How far a connection came. `engine`, `api` and `system` are what the Engine says of itself, "" where it did not.

    `engine` is the version, with its name before it where that is not Docker: `20.10.24`, `Podman 4.3.1`.
    """

    steps: tuple[Step, ...]
    engine: str = ""
    api: str = ""
    system: str = ""

    @property
    def passed(self) -> bool:
        return all(step.state == "passed" for step in self.steps)


class HostKey(msgspec.Struct, frozen=True):
    """The key by which an SSH host is known: a line of known_hosts, `ssh-ed25519`, and `SHA256:…`."""

    line: str
    kind: str
    fingerprint: str


STEPS: dict[str, tuple[str, ...]] = {
    "unix": ("address", "socket", "api", "version"),
    "tcp": ("address", "name", "route", "port", "api", "version"),
    "tls": ("address", "name", "route", "port", "tls", "identity", "api", "version"),
    "ssh": ("address", "name", "route", "port", "host_key", "identity", "socket", "api", "version"),
}


def try_connection(endpoint: Endpoint | str) -> Trial:
    """Connect as a scan would, ask for the version, and tell each step. It never raises."""
    raise NotImplementedError


def host_key_of(url: str) -> HostKey:
    """The key that the SSH host at this address shows, without signing in. Raises connect.Unreachable."""
    raise NotImplementedError
