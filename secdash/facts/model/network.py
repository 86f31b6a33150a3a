"""Networks and volumes."""

from __future__ import annotations

from secdash.facts.model.base import READ_SINCE, Fact, Record


class Subnet(Record, frozen=True):
    """An address range of a network; what was not asked for or not assigned is "". `spare` are auxiliary addresses."""

    subnet: str
    gateway: str = ""
    ip_range: str = ""
    spare: tuple[tuple[str, str], ...] = ()


class Network(Record, frozen=True):
    """A network. Names need not be unique: `key` is the name, with the start of the id where another has it too."""

    kind = "network"

    id: str
    name: str
    key: str
    driver: Fact[str]
    scope: Fact[str]
    internal: Fact[bool]
    ipv6: Fact[bool]
    options: Fact[tuple[tuple[str, str], ...]]
    containers: Fact[tuple[str, ...]]  # ids
    subnets: Fact[tuple[Subnet, ...]] = READ_SINCE
    labels: Fact[tuple[tuple[str, str], ...]] = READ_SINCE  # redacted
    attachable: Fact[bool] = READ_SINCE


class Volume(Record, frozen=True):
    """A volume; option values are redacted."""

    kind = "volume"

    name: str
    key: str
    driver: Fact[str]
    options: Fact[tuple[tuple[str, str], ...]]
    mountpoint: Fact[str]
