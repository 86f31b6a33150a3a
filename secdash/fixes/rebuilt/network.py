"""How the container is reached and whom it knows: ports, links, hosts, name servers."""

from __future__ import annotations

from secdash.checks.service import PUBLISH_ALL, port_entry
from secdash.facts.model import Container, Port
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

FIRST_EPHEMERAL = 32768  # from here the Engine chooses host ports (net.ipv4.ip_local_port_range)


def keys(about: About) -> Keys:
    container = about.container
    ports = [port for port in seen(container.ports, ()) if not _chosen_by_engine(port, container)]
    return filled(
        ports=[port_entry(port) for port in ports],
        **{PUBLISH_ALL: seen(container.publish_all, False)},
        expose=_exposed(about, ports),
        external_links=[_link(link) for link in seen(container.links, ())],
        extra_hosts=list(seen(container.extra_hosts, ())),
        dns=list(seen(container.dns, ())),
        dns_search=list(seen(container.dns_search, ())),
        dns_opt=list(seen(container.dns_options, ())),
    )


def _chosen_by_engine(port: Port, container: Container) -> bool:
    return seen(container.publish_all, False) and port.host_port.isdecimal() and int(port.host_port) >= FIRST_EPHEMERAL


def _exposed(about: About, ports: list[Port]) -> list[str]:
    """Ports that neither the image exposes nor a publication does."""
    published = {f"{port.container_port}/{port.protocol}" for port in ports}
    by_image = set(about.of_image("exposed_ports") or ())
    exposed = seen(about.container.exposed_ports, ())
    return [port.removesuffix("/tcp") for port in exposed if port not in published | by_image]


def _link(link: str) -> str:
    """From "/database:/web/db": the other container, and the alias after this one's own name."""
    other, _, alias = link.partition(":")
    other, alias = other.removeprefix("/"), alias.rpartition("/")[2]
    return f"{other}:{alias}" if alias and alias != other else other
