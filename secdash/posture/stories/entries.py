"""Where a story begins: what of a container can be reached from outside the host."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from secdash.facts.message import Message, say
from secdash.facts.model import Container
from secdash.posture.stories.scene import Answer, Scene


class Entry(msgspec.Struct, frozen=True):
    """A check that fails of what is open to the outside, of the container or of a network that it is on."""

    check: str
    of_network: bool
    short: Message
    says: Message


ENTRIES = (
    Entry(
        "published-on-all-interfaces",
        False,
        say("published on every address"),
        say("Every network of the host reaches a port of it."),
    ),
    Entry(
        "host-network",
        False,
        say("on the host’s network"),
        say("What it listens on is open on every address of the host, without being published."),
    ),
    Entry(
        "unpublished-ports-open",
        True,
        say("every port open from outside"),
        say("Who has a route to its network reaches every port of it, published or not."),
    ),
    Entry(
        "network-on-the-lan",
        True,
        say("directly on the LAN"),
        say("No firewall of the host stands before it: it has an address of its own on the local network."),
    ),
)


def entries(scene: Scene, container: Container) -> Iterator[Answer]:
    """Each way in; those that are not there are left out."""
    for entry in ENTRIES:
        subjects = scene.networks_of(container) if entry.of_network else [container]
        for subject in subjects:
            answer = scene.ask(entry.check, subject, entry.short, entry.says)
            if not answer.no:
                yield answer
