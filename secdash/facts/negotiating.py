"""Which version of the API is spoken with an Engine."""

from __future__ import annotations

import re

from secdash.facts import trouble
from secdash.facts.message import Message, say
from secdash.facts.trouble import AnswerError, NoAnswer, Stage, Unreachable
from secdash.facts.wire import Connection, get

OLDEST, NEWEST = "1.24", "1.45"  # as the Docker SDK has them, whose client speaks the same


def negotiate(connection: Connection, read_timeout: float) -> str:
    """The newest API version that both sides speak."""
    newest, oldest = _spoken_versions(connection, read_timeout)
    if newest < _number(OLDEST):
        raise too_old(newest)
    return _word(max(oldest, min(newest, _number(NEWEST))))


def spoken_with(newest: str) -> str:
    """What is spoken with an Engine whose newest version is known; "" where that is none, so that it must be asked."""
    version = _number(newest)
    return _word(min(version, _number(NEWEST))) if version >= _number(OLDEST) else ""


def too_old(newest: tuple[int, int]) -> Unreachable:
    told = say(
        "This Engine speaks API %(version)s; secdash needs %(oldest)s or later. Upgrade the Engine.",
        version=_word(newest),
        oldest=OLDEST,
    )
    return Unreachable(told, Stage.VERSION)


def _spoken_versions(connection: Connection, read_timeout: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """The newest and oldest API version of the Engine: from /version, or where that is refused from /_ping."""
    try:
        version = get(connection, "/version", read_timeout).json()
        if isinstance(version, dict) and _number(version.get("ApiVersion")) != (0, 0):
            return _number(version["ApiVersion"]), _number(version.get("MinAPIVersion"))
    except NoAnswer as error:
        raise Unreachable(error.message) from error
    except AnswerError as error:
        tells_more = error.status in (401, 403) or error.message == trouble.SPEAKS_TLS
        refusal = error.message if tells_more else trouble.NOT_DOCKER
    else:
        refusal = trouble.NOT_DOCKER
    return _pinged_version(connection, read_timeout, refusal), (0, 0)


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
