"""Trying an address step by step, so that somebody can be shown which step failed and what to do about it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from secdash.facts.connect import open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.location import PORTS, locate
from secdash.facts.message import Message
from secdash.facts.parse.engine import is_podman
from secdash.facts.trouble import NOT_AN_ADDRESS, AnswerError, Stage, Unreachable

CONNECT_TIME, READ_TIME = 5.0, 10.0  # seconds: somebody waits for it
LONGEST_WORD = 100

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
    endpoint = Endpoint.of(endpoint)
    names = _steps_of(endpoint.url)
    try:
        with open_engine(endpoint, connect_timeout=CONNECT_TIME, read_timeout=READ_TIME) as engine:
            version = engine.get_json("/version")
            return _passed(names, version, engine.api_version)
    except Unreachable as error:
        return Trial(_failed_at(names, error.stage, error.message))
    except AnswerError as error:
        return Trial(_failed_at(names, Stage.API, error.message))


def host_key_of(url: str) -> HostKey:
    """The key that the SSH host at this address shows, without signing in. Raises connect.Unreachable."""
    location = locate(url)
    if location.scheme != "ssh":
        raise Unreachable(NOT_AN_ADDRESS, Stage.ADDRESS)
    from secdash.facts.ssh import shown_key  # as in `connect`: loaded where it is needed

    key = shown_key(location, CONNECT_TIME)
    kind, data = key.export_public_key().decode().split()[:2]
    name = location.host if location.port == PORTS["ssh"] else f"[{location.host}]:{location.port}"
    return HostKey(f"{name} {kind} {data}", kind, key.get_fingerprint())


def _steps_of(url: str) -> tuple[str, ...]:
    """Of an address that is none all that is certain is the first."""
    return STEPS.get("unix" if url.startswith("/") else url.partition("://")[0], STEPS["unix"])


def _passed(names: tuple[str, ...], version: Any, api: str) -> Trial:
    told = version if isinstance(version, dict) else {}
    system = " ".join(filter(None, (_word(told, "Os"), _word(told, "Arch"), _word(told, "KernelVersion"))))
    return Trial(tuple(Step(name, "passed") for name in names), _engine(told), _word(told, "ApiVersion") or api, system)


def _engine(version: dict[str, Any]) -> str:
    name = "Podman " if is_podman(version) else ""
    return f"{name}{_word(version, 'Version')}".strip()


def _word(version: dict[str, Any], name: str) -> str:
    """A host may say anything of itself, at any length."""
    word = version.get(name)
    return " ".join(word.split())[:LONGEST_WORD] if isinstance(word, str) else ""


def _failed_at(names: tuple[str, ...], stage: Stage, message: Message) -> tuple[Step, ...]:
    """What comes before the stage was passed on the way to it."""
    at = names.index(stage.value)
    return (
        *(Step(name, "passed") for name in names[:at]),
        Step(names[at], "failed", message),
        *(Step(name, "not_reached") for name in names[at + 1 :]),
    )
