"""What an Engine answered in one pass, as decoded JSON and in memory only: what `collect` hands to `parse`.

Nothing here is redacted, so nothing here is stored, logged or shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from secdash.facts.message import Message, say
from secdash.facts.model import HOST_NOT_READ

if TYPE_CHECKING:
    from secdash.facts.files.seen import Seen


class Failure(msgspec.Struct, frozen=True):
    """In the place of an answer that did not come, or that made no sense."""

    why: Message


NOT_READ = Failure(HOST_NOT_READ.why)
NOT_ASKED = Failure(say("The Engine was not asked for this."))


class ContainerAnswers(msgspec.Struct, frozen=True):
    """One container: its line of the listing, and the answers of its own endpoints (or their Failure).

    `top` is None where nothing runs; `execs` holds the answers about its ExecIDs, None where nobody asked. `changes` is
    what it wrote over its image since it was created, False where nobody asked: null is the Engine's own "nothing".
    """

    listed: Any
    inspect: Any
    top: Any = None
    execs: Any = None
    changes: Any = False


class ImageAnswers(msgspec.Struct, frozen=True):
    """One image: its line of the listing, inspect and history (or their Failure)."""

    listed: Any
    inspect: Any
    history: Any


class Answers(msgspec.Struct, frozen=True):
    """All answers of one host. Each is the decoded JSON, or a Failure.

    `networks` holds the inspect answer of each network: only that one says which containers are on it. `services` and
    `secrets` are None where nobody asked, since only a swarm's managers know them; secrets come without their values.
    `files` is what was seen of the host's own files; `reached` is the scheme of the address at which the Engine
    answered, "" where nobody says.
    """

    version: Any
    info: Any
    containers: tuple[ContainerAnswers, ...] | Failure
    images: tuple[ImageAnswers, ...] | Failure
    networks: tuple[Any, ...] | Failure
    volumes: Any
    plugins: Any = NOT_ASKED
    services: Any = None
    secrets: Any = None
    files: Seen | Failure = NOT_READ
    reached: str = ""
