"""Parts of a container and of an image."""

from __future__ import annotations

from secdash.facts.model.base import Record


class EnvName(Record, frozen=True):
    """One environment variable without its value. `secret` says why it looks like a secret ("" if it does not).

    `switch` is "on" or "off" for the few names that `redact.SWITCHES` lists, and "" for every other name and value.
    """

    name: str
    secret: str = ""
    empty: bool = False
    switch: str = ""


class Mount(Record, frozen=True):
    """One entry of `Mounts`: what the Engine resolved, whichever option asked. `type`: bind, volume, tmpfs, npipe."""

    type: str
    source: str
    destination: str
    read_only: bool
    name: str = ""
    driver: str = ""
    propagation: str = ""
    mode: str = ""


class Port(Record, frozen=True):
    """A published port, from `NetworkSettings.Ports` and `HostConfig.PortBindings` together.

    `address` is "" where none was chosen, which means every address, IPv4 and IPv6. `host_port` is "" where the
    Engine is to choose one.
    """

    container_port: int
    protocol: str
    address: str
    host_port: str


class Device(Record, frozen=True):
    """A device given with `--device`."""

    host: str
    container: str
    permissions: str


class Ulimit(Record, frozen=True):
    """A resource limit; the name is lower case, without podman's RLIMIT_."""

    name: str
    soft: int
    hard: int


class Attachment(Record, frozen=True):
    """A container's end of a network, by the name under which the container knows it.

    `aliases` are the ones that were asked for, and so is `address`: "" where the Engine chose.
    """

    network: str
    network_id: str = ""
    aliases: tuple[str, ...] = ()
    address: str = ""


class Healthcheck(Record, frozen=True):
    """What the container or image declares; `test` empty means inherited, ("NONE",) means switched off."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


class Process(Record, frozen=True):
    """A line of `top`: the host's view of the user, and the command's first word without its path."""

    user: str
    command: str


class Exec(Record, frozen=True):
    """A running `docker exec` session."""

    privileged: bool
    user: str
    command: str
