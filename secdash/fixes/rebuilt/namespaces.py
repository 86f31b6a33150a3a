"""Which namespaces the container shares, and the cgroup it is put below."""

from __future__ import annotations

from secdash.facts.model import Attachment, Container, Fact
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

DEFAULT_BRIDGE = ("default", "bridge")
OWN = "private"
BUILT_IN = ("host", "none")
PODMANS_BRIDGE = "podman"
CGROUP_V1 = "1"


def keys(about: About) -> Keys:
    container = about.container
    return _networks(about) | filled(
        pid=_shared(container.pid_mode),
        ipc=_shared(container.ipc_mode),
        uts=_shared(container.uts_mode),
        userns_mode=seen(container.userns_mode, ""),
        cgroup=_cgroup_namespace(about),
        cgroup_parent=seen(container.cgroup_parent, ""),
    )


def _shared(mode: Fact[str]) -> str:
    return seen(mode, "").removeprefix(OWN)


def _networks(about: About) -> Keys:
    """In a Compose file, saying nothing means a network of the project's own; so the default bridge is named."""
    container, mode = about.container, seen(about.container.network_mode, "")
    if mode in DEFAULT_BRIDGE and about.on_podman:
        return _podmans_networks(container)
    if mode in DEFAULT_BRIDGE:
        others = [end for end in seen(container.attachments, ()) if end.network not in DEFAULT_BRIDGE]
        return {"network_mode": "bridge"} if not others else {"networks": {"bridge": {}} | _ends(others)}
    if mode in ("", *BUILT_IN) or mode.startswith("container:"):
        return filled(network_mode=mode)
    return {"networks": _ends(_own_first(container, mode)) or {mode: {}}}


def _podmans_networks(container: Container) -> Keys:
    """Podman says bridge whatever the network, and lists its default one beside a bridge that does not exist."""
    ends = [end for end in seen(container.attachments, ()) if end.network not in (*DEFAULT_BRIDGE, PODMANS_BRIDGE)]
    return {"networks": _ends(ends)} if ends else {"network_mode": "bridge"}


def _own_first(container: Container, mode: str) -> list[Attachment]:
    """The network it was created on comes first: the others were connected later. `mode` is its name or id."""
    ends = list(seen(container.attachments, ()))
    return sorted(ends, key=lambda end: mode not in (end.network, end.network_id))


def _ends(ends: list[Attachment]) -> Keys:
    return {
        end.network: filled(
            aliases=list(end.aliases),
            ipv4_address="" if ":" in end.address else end.address,
            ipv6_address=end.address if ":" in end.address else "",
        )
        for end in ends
    }


def _cgroup_namespace(about: About) -> str:
    """The default depends on the cgroup version; where that is unknown, private is taken for it."""
    mode = seen(about.container.cgroupns_mode, "")
    usual = "host" if about.of_engine("cgroup_version") == CGROUP_V1 else "private"
    return "" if mode == usual else mode
