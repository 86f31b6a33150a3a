"""A network made again under its own name, with other options: Docker cannot change those of one that is there."""

from __future__ import annotations

import shlex

from secdash.checks.remedy import NetworkFix, Put
from secdash.facts.message import Message, say
from secdash.facts.model import Attachment, Container, Network, Snapshot, Subnet, Unknown, known
from secdash.facts.redact import MASK

COMPOSE_NETWORK = "com.docker.compose.network"
COMPOSE_PROJECT = "com.docker.compose.project"
Words = list[str]


def commands(fix: NetworkFix, network: Network, snapshot: Snapshot) -> tuple[str, ...]:
    """Take its containers off, remove it, make it again, put them back; () where what it was cannot be told."""
    ends = _ends(network, snapshot)
    if ends is None or not _is_known(network):
        return ()
    away = (["docker", "network", "disconnect", network.name, container.name] for container, _ in ends)
    back = (["docker", "network", "connect", *_end(end), network.name, container.name] for container, end in ends)
    remove = ["docker", "network", "rm", network.name]
    return (*map(shlex.join, [*away, remove]), _create(fix, network), *map(shlex.join, back))


def notes(network: Network) -> tuple[Message, ...]:
    labels = {} if isinstance(network.labels, Unknown) else dict(network.labels)
    project = labels.get(COMPOSE_PROJECT)
    interrupted = say("Its containers are off this network for the moment between; stopped ones find it by its name.")
    if not project:
        return (interrupted,)
    file = say(
        "Compose made it for %(project)s: change driver_opts of %(network)s in its file first, or the fault returns.",
        project=project,
        network=labels.get(COMPOSE_NETWORK, network.name),
    )
    return file, interrupted


def _is_known(network: Network) -> bool:
    switches = (network.internal, network.ipv6, network.attachable)
    facts = (network.driver, network.options, network.subnets, network.labels, *switches)
    return not any(isinstance(fact, Unknown) for fact in facts)


def _create(fix: NetworkFix, network: Network) -> str:
    """One option a line; a label whose value was masked cannot be written again."""
    switches = {"--internal": network.internal, "--attachable": network.attachable, "--ipv6": network.ipv6}
    words: list[Words] = [["docker", "network", "create"], ["--driver", known(network.driver)]]
    words += [[flag] for flag, on in switches.items() if on]
    words += [option for subnet in known(network.subnets) for option in _subnet(subnet)]
    words += [["--opt", f"{name}={value}"] for name, value in _options(fix, network).items()]
    words += [["--label", f"{name}={value}"] for name, value in known(network.labels) if MASK not in value]
    return " \\\n  ".join(map(shlex.join, [*words, [network.name]]))


def _subnet(subnet: Subnet) -> list[Words]:
    options = {"--subnet": subnet.subnet, "--gateway": subnet.gateway, "--ip-range": subnet.ip_range}
    spare = [["--aux-address", f"{name}={address}"] for name, address in subnet.spare]
    return [[option, value] for option, value in options.items() if value] + spare


def _options(fix: NetworkFix, network: Network) -> dict[str, str]:
    """Its options as they should be."""
    options = dict(known(network.options))
    for change in fix.changes:
        if isinstance(change, Put):
            options[change.key] = change.value
        else:
            options.pop(change.key, None)
    return options


def _ends(network: Network, snapshot: Snapshot) -> list[tuple[Container, Attachment]] | None:
    """The containers on it now, and how each is known there; None where that was not seen."""
    if isinstance(network.containers, Unknown) or isinstance(snapshot.containers, Unknown):
        return None
    attached = [container for container in snapshot.containers if container.id in network.containers]
    if any(isinstance(container.attachments, Unknown) for container in attached):
        return None
    return [(container, _its_end(container, network)) for container in attached]


def _its_end(container: Container, network: Network) -> Attachment:
    ends = () if isinstance(container.attachments, Unknown) else container.attachments
    return next((end for end in ends if end.network == network.name), Attachment(network.name))


def _end(end: Attachment) -> Words:
    address = ["--ip6" if ":" in end.address else "--ip", end.address] if end.address else []
    return [word for alias in end.aliases for word in ("--alias", alias)] + address
