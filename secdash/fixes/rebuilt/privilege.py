"""What the container may do beyond an ordinary process: capabilities, security options, devices, kernel settings."""

from __future__ import annotations

from typing import Any

from secdash.checks.service import SECCOMP_FILE, device_entry, is_seccomp_profile, security_entry
from secdash.facts.model import Container
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

ADDED_BY_THE_ENGINE = "label=disable"  # whenever a container is privileged or shares the host's processes or IPC
UNMASKED = "systempaths=unconfined"
USUAL_RUNTIMES = ("", "runc", "io.containerd.runc.v2", "io.containerd.runtime.v1.linux", "oci", "crun")


def keys(about: About) -> Keys:
    container = about.container
    runtime = seen(container.runtime, "")
    return filled(
        privileged=seen(container.privileged, False),
        cap_add=list(seen(container.cap_add, ())),
        cap_drop=list(seen(container.cap_drop, ())),
        security_opt=_security_options(container),
        group_add=list(seen(container.group_add, ())),
        devices=[device_entry(device) for device in seen(container.devices, ())],
        device_cgroup_rules=list(seen(container.device_cgroup_rules, ())),
        sysctls=dict(seen(container.sysctls, ())),
        runtime="" if runtime in USUAL_RUNTIMES or runtime == about.of_engine("default_runtime") else runtime,
        deploy=_reservations(container),
    )


def has_inline_seccomp(container: Container) -> bool:
    """Whether the Engine holds a profile of the container's own: it keeps the text, not the file it came from."""
    return any(is_seccomp_profile(security_entry(option)) for option in seen(container.security_opt, ()))


def _security_options(container: Container) -> list[str]:
    written = [security_entry(option) for option in seen(container.security_opt, ())]
    options = [f"seccomp={SECCOMP_FILE}" if is_seccomp_profile(option) else option for option in written]
    if _engine_disables_labels(container):
        options = [option for option in options if option != ADDED_BY_THE_ENGINE]
    return options + ([UNMASKED] if _is_unmasked(container) else [])


def _engine_disables_labels(container: Container) -> bool:
    return seen(container.privileged, False) or "host" in (seen(container.pid_mode, ""), seen(container.ipc_mode, ""))


def _is_unmasked(container: Container) -> bool:
    """An empty list was asked for; null is the Engine's own doing for a privileged container."""
    return () in (seen(container.masked_paths, None), seen(container.readonly_paths, None))


def _reservations(container: Container) -> Keys:
    devices = [_reservation(request) for request in seen(container.device_requests, ())]
    return {"resources": {"reservations": {"devices": devices}}} if devices else {}


def _reservation(request: str) -> dict[str, Any]:
    """From "nvidia count=-1 capabilities=gpu utility", as the facts put it."""
    wanted, _, capabilities = request.partition("capabilities=")
    words = wanted.split()
    values = dict(word.split("=", 1) for word in words if "=" in word)
    count = values.get("count", "")
    return filled(
        driver=next((word for word in words if "=" not in word), ""),
        count="all" if count == "-1" else int(count or 0),
        device_ids=[part for part in values.get("ids", "").split(",") if part],
        capabilities=capabilities.partition("|")[0].split() or ["gpu"],
    )
