"""CIS Docker Benchmark, section 1: the host; and the versions of what runs the containers on it."""

from __future__ import annotations

from secdash.checks import builds, releases
from secdash.checks.builds import NOT_OF_DOCKER
from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.releases.tables import Line
from secdash.checks.releases.versions import has_suffix, parse
from secdash.checks.remedy import command
from secdash.facts.message import say
from secdash.facts.model import Engine, known

UPGRADE = builds.outside_desktop(
    command(
        say("Upgrade the Engine to a maintained release line; containers stop while it restarts."),
        "docker version --format '{{.Server.Version}}'",
        "sudo apt-get update",
        "sudo apt-get install --only-upgrade docker-ce docker-ce-cli containerd.io",
    )
)
UPGRADE_PARTS = builds.outside_desktop(
    command(
        say("Upgrade containerd and runc, which are one package; a container is protected once it is started again."),
        "docker version --format '{{range .Server.Components}}{{println .Name .Version}}{{end}}'",
        "sudo apt-get update",
        "sudo apt-get install --only-upgrade containerd.io",
        "sudo systemctl restart docker",
    )
)
NO_CONTAINERD = say("Podman starts containers without containerd.")


@check(
    Engine,
    severity=HIGH,
    cis={"1.6": "1.2.2"},
    risks=("sys-uid0-escape", "daemon-takeover"),
    fix=UPGRADE,
)
def engine_end_of_life(engine: Engine) -> Outcome:
    """Engine past its end of life"""
    if engine.podman:
        return unknown(say("Podman has release lines of its own; its distribution says which are maintained."))
    return _of_line("engine", engine, "version.Version", known(engine.version))


@check(
    Engine,
    severity=MEDIUM,
    risks=("sys-uid0-escape", "daemon-takeover"),
    fix=UPGRADE_PARTS,
)
def containerd_end_of_life(engine: Engine) -> Outcome:
    """Maintenance of containerd has ended"""
    if engine.podman:
        return not_applicable(NO_CONTAINERD)
    version = builds.part(engine, "containerd")
    if version is None:
        return unknown(say("The Engine does not list containerd among its parts; ask containerd --version."))
    return _of_line("containerd", engine, "version.Components.containerd", version)


@check(Engine, severity=MEDIUM, risks=("app-kernel-code", "kernel-control"))
def kernel_end_of_life(engine: Engine) -> Outcome:
    """Maintenance of the kernel has ended"""
    if known(engine.os_type) != "linux":
        return not_applicable(say("These containers do not run on a Linux kernel."))
    version = known(engine.kernel)
    line = _line("kernel", version)
    if line is None:
        return unknown(say("No release line is known for version %(version)s.", version=version))
    seen = _seen("info.KernelVersion", version, line)
    if line.has_ended and has_suffix(version):
        return unknown(say("A distribution may keep so old a kernel repaired; ask until when this one is."), seen)
    reason = say("Kernels as old as %(version)s have had no fixes since %(ends)s.", version=version, ends=line.ends)
    return fails_if(line.has_ended, reason, seen)


def _of_line(component: str, engine: Engine, path: str, version: str) -> Outcome:
    """Whether the line of this version has ended, as far as its number tells."""
    line = _line(component, version)
    if line is None:
        return unknown(say("No release line is known for version %(version)s.", version=version))
    seen = _seen(path, version, line)
    if line.has_ended and not builds.is_of_docker(engine, version):
        return unknown(NOT_OF_DOCKER, seen)
    reason = say("Version %(version)s has had no fixes since %(ends)s.", version=version, ends=line.ends)
    return fails_if(line.has_ended, reason, seen)


def _line(component: str, written: str) -> Line | None:
    version = parse(written)
    return releases.current().line(component, version) if version else None


def _seen(path: str, version: str, line: Line) -> dict[str, object]:
    return {path: version, "line": line.name, "supported until": line.ends, "read on": line.read_on}
