"""The services of a swarm."""

from __future__ import annotations

from secdash.facts.model.base import Fact, Record
from secdash.facts.model.container import Container
from secdash.facts.model.parts import Port


class Service(Record, frozen=True):
    """A service of a swarm, as its managers know it. `template` is the container that each of its tasks is made of.

    `ports` are published on every node, whatever their address; what only the image tells is Unknown in the template.
    """

    kind = "service"

    id: str
    name: str
    key: str
    template: Container
    ports: Fact[tuple[Port, ...]]
