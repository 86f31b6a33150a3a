"""What the services of a swarm would make of their containers: the checks of containers, on each service's template.

A task's container is judged where it runs. Its service is judged here, where it can be mended, and also before a task
runs and when all of them run on other nodes.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable

import msgspec

from secdash.checks import confinement, images, limits, mounts, networks, paths, privileges
from secdash.checks.capabilities import DANGEROUS
from secdash.checks.engine import CATALOGUE, Check, check, enter
from secdash.checks.outcome import MEDIUM, Outcome, fails_if
from secdash.checks.remedy import CommandFix, DaemonFix, Fix, Put
from secdash.checks.service import port_entry
from secdash.facts.message import Message, say
from secdash.facts.model import Mount, Service, Snapshot, known

OF_CONTAINERS = (
    confinement,
    images,
    limits,
    mounts,
    networks,
    privileges,
)  # imported, so that they are in the catalogue

# Where a container's answer says it, and where the service's specification does
SPECIFIED = {
    "HostConfig.CapAdd": "ContainerSpec.CapabilityAdd",
    "HostConfig.ReadonlyRootfs": "ContainerSpec.ReadOnly",
    "HostConfig.SecurityOpt": "ContainerSpec.Privileges",
    "HostConfig.Memory": "Resources.Limits.MemoryBytes",
    "HostConfig.NanoCpus": "Resources.Limits.NanoCPUs",
    "HostConfig.PidsLimit": "Resources.Limits.Pids",
    "Config.User": "ContainerSpec.User",
    "Config.Env": "ContainerSpec.Env",
    "Mounts": "ContainerSpec.Mounts",
}
NOT_OF_SERVICES = ("HostConfig.", "top,")


def _update(summary: Message, *options: str) -> Callable[[Service], Fix | None]:
    """The same options of `docker service update`, whichever service fails."""
    return lambda service: _updated(service, summary, options)


def _updated(service: Service, summary: Message, options: Iterable[str]) -> Fix | None:
    written = " ".join(map(shlex.quote, options))
    return CommandFix(summary, (f"docker service update {written} {shlex.quote(service.name)}",)) if written else None


def _without_mounts(wanted: Callable[[Mount], bool]) -> Callable[[Service], Fix | None]:
    summary = say("Take the mounts away; the tasks are replaced one after the other.")

    def fix(service: Service) -> Fix | None:
        found = [mount.destination for mount in known(service.template.mounts) if wanted(mount)]
        return _updated(service, summary, (word for target in found for word in ("--mount-rm", target)))

    return fix


def _without_capabilities(service: Service) -> Fix | None:
    """A capability that is added is taken back by dropping it: the command line has no other word for it."""
    found = [name for name in known(service.template.cap_add) if name in DANGEROUS]
    summary = say("Take the capabilities away; the tasks are replaced one after the other.")
    return _updated(service, summary, (word for name in found for word in ("--cap-drop", name)))


def _without_secrets(service: Service) -> Fix | None:
    """Commands for the first of them; each goes the same way."""
    found = [entry.name for entry in known(service.template.env) if entry.secret and not entry.empty]
    if not found:
        return None
    secret = f"{service.name}_{found[0]}".lower()
    removed = " ".join(f"--env-rm {shlex.quote(name)}" for name in found)
    return CommandFix(
        say("Hand it over as a secret: a file in memory, which the application often reads by a name ending in _FILE."),
        (
            f"printf '%s' \"$VALUE\" | docker secret create {shlex.quote(secret)} -",
            f"docker service update --secret-add {shlex.quote(secret)} {removed} {shlex.quote(service.name)}",
        ),
    )


def _is_socket(mount: Mount) -> bool:
    return mount.type == "bind" and paths.shows_docker_socket(paths.normalise(mount.source))


def _is_runtime_socket(mount: Mount) -> bool:
    return mount.type == "bind" and paths.shows_runtime_socket(paths.normalise(mount.source))


def _is_root(mount: Mount) -> bool:
    return mount.type == "bind" and paths.normalise(mount.source) == paths.ROOT


def _is_sensitive(mount: Mount) -> bool:
    return mount.type == "bind" and paths.is_sensitive(paths.normalise(mount.source), mount.read_only, "")


class Row(msgspec.Struct, frozen=True):
    """A check of services: its name, the check of containers that it takes over, its title, its fix."""

    name: str
    of: str
    title: str
    fix: Callable[[Service], Fix | None] | None


ROWS = (
    Row(
        "service-docker-socket",
        "docker-socket-mounted",
        "Swarm service mounts the Docker socket",
        _without_mounts(_is_socket),
    ),
    Row(
        "service-runtime-socket",
        "runtime-socket-mounted",
        "Swarm service mounts a runtime socket",
        _without_mounts(_is_runtime_socket),
    ),
    Row(
        "service-host-root",
        "host-root-mounted",
        "Swarm service mounts the host's root",
        _without_mounts(_is_root),
    ),
    Row(
        "service-host-path",
        "sensitive-host-path",
        "Swarm service mounts a sensitive path",
        _without_mounts(_is_sensitive),
    ),
    Row(
        "service-dangerous-capability",
        "dangerous-capability",
        "Swarm service adds a dangerous capability",
        _without_capabilities,
    ),
    Row(
        "service-secret-in-environment",
        "secret-in-environment",
        "Secret in a swarm service's environment",
        _without_secrets,
    ),
    Row(
        "service-runs-as-root",
        "runs-as-root",
        "Swarm service runs as root",
        _update(say("Run its tasks as an ordinary user; the image must allow it."), "--user", "1000:1000"),
    ),
    Row(
        "service-writable-root",
        "writable-root-filesystem",
        "Swarm service with a writable root",
        _update(
            say("Make its files read-only, with scratch space in memory; add volumes for what it must keep."),
            "--read-only",
            "--mount-add",
            "type=tmpfs,target=/tmp,tmpfs-size=67108864",
        ),
    ),
    Row(
        "service-no-memory-limit",
        "no-memory-limit",
        "Swarm service without memory limit",
        _update(say("Limit the memory; 512M is a place to start."), "--limit-memory", "512M"),
    ),
    Row(
        "service-no-cpu-limit",
        "no-cpu-limit",
        "Swarm service without CPU limit",
        _update(say("Limit the processor time; one processor is a place to start."), "--limit-cpu", "1"),
    ),
    Row(
        "service-no-pids-limit",
        "no-pids-limit",
        "Swarm service without process limit",
        _update(say("Limit the processes; 200 is a place to start."), "--limit-pids", "200"),
    ),
    Row("service-seccomp-disabled", "seccomp-disabled", "Swarm service without seccomp", None),
    Row(
        "service-no-new-privileges-off",
        "no-new-privileges-off",
        "Swarm service may gain new privileges",
        lambda _service: DaemonFix(
            say("The command line of services has no word for it: set it for all containers, on every node."),
            (Put("no-new-privileges", True),),
        ),
    ),
)


def _entry(row: Row) -> Check:
    """The check of containers, on the template."""
    model = CATALOGUE[row.of]

    def judged(service: Service, snapshot: Snapshot) -> Outcome:
        outcome = model.predicate(service.template, snapshot)
        return Outcome(outcome.status, outcome.reason, tuple(_as_specified(outcome.evidence)))

    return Check(row.name, row.title, Service.kind, model.severity, {}, model.risks, judged, row.fix)


def _as_specified(evidence: Iterable[tuple[str, object]]) -> Iterable[tuple[str, object]]:
    """What a service does not have is no evidence of it."""
    for path, seen in evidence:
        if path in SPECIFIED:
            yield f"Spec.TaskTemplate.{SPECIFIED[path]}", seen
        elif not path.startswith(NOT_OF_SERVICES):
            yield path, seen


for _row in ROWS:
    enter(_entry(_row))


@check(Service, severity=MEDIUM, risks=("network-exposure",))
def service_published_everywhere(service: Service) -> Outcome:
    """Swarm service published on every node"""
    found = [port_entry(port) for port in known(service.ports)]
    reason = say(
        "Every node answers for it on all of its addresses, also those without a task: %(ports)s.",
        ports=", ".join(found),
    )
    return fails_if(bool(found), reason, {"Spec.EndpointSpec.Ports": found})
