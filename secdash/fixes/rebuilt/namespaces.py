"""Which namespaces the container shares, and the cgroup it is put below."""

from __future__ import annotations

from secdash.facts.model import Attachment, Container
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

DEFAULT_BRIDGE = ("default", "bridge")
BUILT_IN = ("host", "none")
CGROUP_V1 = "1"


def keys(about: About) -> Keys:
    container = about.container
    ipc = seen(container.ipc_mode, "")
    return _networks(container) | filled(
        pid=seen(container.pid_mode, ""),
        ipc="" if ipc == "private" else ipc,
        uts=seen(container.uts_mode, ""),
        userns_mode=seen(container.userns_mode, ""),
        cgroup=_cgroup_namespace(about),
        cgroup_parent=seen(container.cgroup_parent, ""),
    )


def _networks(container: Container) -> Keys:
    """In a Compose file, saying nothing means a network of the project's own; so the default bridge is named."""
    mode = seen(container.network_mode, "")
    if mode in DEFAULT_BRIDGE:
        others = [end for end in seen(container.attachments, ()) if end.network not in DEFAULT_BRIDGE]
        return {"network_mode": "bridge"} if not others else {"networks": {"bridge": {}} | _ends(others)}
    if mode in ("", *BUILT_IN) or mode.startswith("container:"):
        return filled(network_mode=mode)
    return {"networks": _ends(_own_first(container, mode)) or {mode: {}}}


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
