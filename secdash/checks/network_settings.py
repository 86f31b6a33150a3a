"""What a network opens by the way it was made: to the outside, or between applications."""

from __future__ import annotations

from secdash.checks.daemon import NOT_PODMAN
from secdash.checks.daemon_settings import setting
from secdash.checks.engine import check
from secdash.checks.isolation import unless_apart
from secdash.checks.outcome import HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, passes, unknown
from secdash.checks.releases.versions import parse
from secdash.checks.remedy import Drop, NetworkFix, Put, daemon
from secdash.facts.message import say
from secdash.facts.model import Network, Snapshot, known

BRIDGE_OPTION = "com.docker.network.bridge."
GATEWAY_MODES = (f"{BRIDGE_OPTION}gateway_mode_ipv4", f"{BRIDGE_OPTION}gateway_mode_ipv6")
TRUSTED_INTERFACES = f"{BRIDGE_OPTION}trusted_host_interfaces"
ENABLE_ICC = f"{BRIDGE_OPTION}enable_icc"
UNPROTECTED = "nat-unprotected"
ON_THE_LAN = frozenset({"macvlan", "ipvlan"})
SHARED_BY_NOBODY = frozenset({"host", "null"})
FILTERS_IPV6 = (27, 0)
# Two applications that talk to each other need a network between them; with a third it is everybody's.
MOST_PROJECTS = 2
COMPOSE_PROJECT = "com.docker.compose.project"
NO_BRIDGE = say("Only bridge networks have this setting.")


def _without_unprotected(network: Network) -> NetworkFix:
    changes = tuple(Drop(option) for option in _unprotected(network))
    return NetworkFix(say("Make the network again with the gateway mode nat, which is the default."), changes)


@check(
    Network,
    severity=HIGH,
    risks=("network-exposure",),
    fix=_without_unprotected,
)
def unpublished_ports_open(network: Network, snapshot: Snapshot) -> Outcome:
    """Network leaves unpublished ports open"""
    if known(network.driver) != "bridge":
        return not_applicable(NO_BRIDGE)
    found = _unprotected(network)
    reason = say("Who has a route to its containers reaches every port of them, published or not.")
    outcome = fails_if(bool(found), reason, _options(network, found or GATEWAY_MODES))
    return unless_apart(snapshot.engine, outcome)


def _without_trust(_network: Network) -> NetworkFix:
    return NetworkFix(say("Make the network again without trusted interfaces."), (Drop(TRUSTED_INTERFACES),))


@check(
    Network,
    severity=MEDIUM,
    risks=("network-exposure",),
    fix=_without_trust,
)
def trusted_host_interfaces(network: Network, snapshot: Snapshot) -> Outcome:
    """Network trusts interfaces of the host"""
    if known(network.driver) != "bridge":
        return not_applicable(NO_BRIDGE)
    interfaces = dict(known(network.options)).get(TRUSTED_INTERFACES, "")
    reason = say("Who comes in by %(interfaces)s reaches container addresses directly.", interfaces=interfaces)
    outcome = fails_if(interfaces != "", reason, _options(network, (TRUSTED_INTERFACES,)))
    return unless_apart(snapshot.engine, outcome)


@check(
    Network,
    severity=MEDIUM,
    risks=("network-exposure",),
)
def network_on_the_lan(network: Network, snapshot: Snapshot) -> Outcome:
    """Containers stand directly on the LAN"""
    driver = known(network.driver)
    if driver not in ON_THE_LAN or known(network.internal):
        return passes({f"networks.{network.name}.Driver": driver})
    # Docker shuts a network without a parent in; Podman takes the interface of the default route.
    parent = dict(known(network.options)).get("parent", "")
    reason = say("No firewall of the host stands before its containers: every port of them is on the local network.")
    seen = {f"networks.{network.name}.Driver": driver, f"networks.{network.name}.Options.parent": parent}
    return unless_apart(snapshot.engine, fails_if(bool(parent) or snapshot.engine.podman, reason, seen))


@check(
    Network,
    severity=MEDIUM,
    risks=("network-exposure",),
    fix=daemon(
        say("Let Docker write the rules for IPv6 too; before Engine 27.0 this also takes experimental."),
        Put("ip6tables", True),
    ),
)
def ipv6_unfiltered(network: Network, snapshot: Snapshot) -> Outcome:
    """IPv6 of the network is not filtered"""
    if snapshot.engine.podman:
        return not_applicable(NOT_PODMAN)
    if known(network.driver) != "bridge" or not known(network.ipv6):
        return not_applicable(say("This network gives its containers no IPv6 address behind a bridge."))
    version = parse(known(snapshot.engine.version))
    if version is None:
        return unknown(say("Whether this Engine filters IPv6 by itself depends on its version, which is unreadable."))
    chosen = known(setting(snapshot, "ip6tables"))
    filtered = version.line >= FILTERS_IPV6 if chosen is None else chosen
    reason = say("Every port of its containers answers at their IPv6 addresses, published or not.")
    seen = {f"networks.{network.name}.EnableIPv6": True, "daemon.json, ip6tables": chosen}
    return unless_apart(snapshot.engine, fails_if(not filtered, reason, seen))


@check(
    Network,
    severity=LOW,
    risks=("app-container-leak",),
    far=("containers",),
)
def projects_share_network(network: Network, snapshot: Snapshot) -> Outcome:
    """Many applications share one network"""
    if known(network.driver) in SHARED_BY_NOBODY or network.name == "bridge":
        return not_applicable(say("Nobody shares this network by choice; checks of containers speak of it."))
    if dict(known(network.options)).get(ENABLE_ICC) == "false":
        return passes(_options(network, (ENABLE_ICC,)))
    projects = sorted(_projects(network, snapshot))
    reason = say("Each of these reaches every port of the others: %(projects)s.", projects=", ".join(projects))
    return fails_if(len(projects) > MOST_PROJECTS, reason, {f"networks.{network.name}.Containers": projects})


def _projects(network: Network, snapshot: Snapshot) -> set[str]:
    """The Compose projects of the containers on it."""
    attached = set(known(network.containers))
    labels = [dict(known(each.labels)) for each in known(snapshot.containers) if each.id in attached]
    return {each[COMPOSE_PROJECT] for each in labels if COMPOSE_PROJECT in each}


def _unprotected(network: Network) -> tuple[str, ...]:
    """The options that leave it open; that for IPv6 says nothing where the network has none."""
    chosen = dict(known(network.options))
    told = GATEWAY_MODES if known(network.ipv6) else GATEWAY_MODES[:1]
    return tuple(option for option in told if chosen.get(option) == UNPROTECTED)


def _options(network: Network, names: tuple[str, ...]) -> dict[str, object]:
    chosen = dict(known(network.options))
    return {f"networks.{network.name}.Options.{name}": chosen.get(name, "") for name in names}
