"""How a container was told of others: links of old, and a name for the host itself."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.networks import DEFAULT_BRIDGES
from secdash.checks.outcome import INFO, LOW, Outcome, fails_if
from secdash.checks.remedy import ComposeFix, Drop, Exclude, compose
from secdash.facts.message import say
from secdash.facts.model import Container, known

THE_HOST = "host-gateway"


@check(
    Container,
    severity=LOW,
    risks=("app-container-leak", "secret-disclosure"),
    fix=compose(
        say("Put both containers on a network of their own, where each finds the other by its name."),
        Drop("external_links"),
        Drop("network_mode"),
    ),
)
def legacy_link(container: Container) -> Outcome:
    """Linked the old way"""
    links, mode = list(known(container.links)), known(container.network_mode)
    reason = say("A link on the default bridge, before Engine 29, hands it the other's variables, passwords too.")
    # On a network of one's own it is a second name and nothing else.
    bad = bool(links) and mode in DEFAULT_BRIDGES
    return fails_if(bad, reason, {"HostConfig.Links": links, "HostConfig.NetworkMode": mode})


def _without_the_host(container: Container) -> ComposeFix:
    summary = say("Take the name of the host away; what it needs there belongs into a container beside it.")
    return ComposeFix(summary, (Exclude("extra_hosts", tuple(_names_of_the_host(container))),))


@check(
    Container,
    severity=INFO,
    risks=("network-exposure",),
    fix=_without_the_host,
)
def host_gateway_mapped(container: Container) -> Outcome:
    """Given a name for the host"""
    names = _names_of_the_host(container)
    reason = say("It is meant to reach services of the host itself, which must then listen beyond loopback.")
    return fails_if(bool(names), reason, {"HostConfig.ExtraHosts": names})


def _names_of_the_host(container: Container) -> list[str]:
    return [entry for entry in known(container.extra_hosts) if entry.endswith((f":{THE_HOST}", f"={THE_HOST}"))]
