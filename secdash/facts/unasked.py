"""What a narrow reading leaves out, and the mark that it leaves in its place: a reason that names what was not asked.

The mark is how a narrow reading widens itself: whatever a check looks at and finds marked is asked for next
(`checks.watching`), so that nobody keeps a table of what each check needs.
"""

from __future__ import annotations

from enum import StrEnum

from secdash.facts.answers import Failure
from secdash.facts.message import Message, say
from secdash.facts.model import Unknown


class Part(StrEnum):
    """A part of a whole reading, by the words in which the Engine is asked for it."""

    PLUGINS = "/plugins"
    CONTAINERS = "/containers/json"
    EVERY_CONTAINER = "/containers/*/json"
    PROCESSES = "/containers/*/top"
    CHANGES = "/containers/*/changes"
    IMAGES = "/images/json"
    EVERY_IMAGE = "/images/*/json"
    IMAGE_FILES = "/images/*/get"
    NETWORKS = "/networks"
    EVERY_NETWORK = "/networks/*"
    VOLUMES = "/volumes"
    SERVICES = "/services"
    SECRETS = "/secrets"
    FILES = "files"
    EVERY_FILE = "files/*"
    WHOLE = "*"


def not_asked(part: Part) -> Failure:
    """In the place of an answer that nobody asked for this time."""
    return Failure(_why(part))


def unasked(part: Part) -> Unknown:
    """In the place of a fact that nobody asked for this time."""
    return Unknown(_why(part))


def part_of(unknown: Unknown) -> Part | None:
    """What would have to be asked; None for a fact that is unknown for any other reason."""
    return PARTS.get(unknown.why)


def _why(part: Part) -> Message:
    return say("This was not asked for when the check was asked again: %(part)s.", part=part.value)


PARTS = {_why(part): part for part in Part}
