"""Versions with published flaws: of the Engine, runc, containerd, Docker Desktop and the NVIDIA Container Toolkit.

One check a part and weight. Which flaws are known, and where they are repaired, stands in the table of `releases`; a
version in no affected range passes, and one that Docker did not build is unknown, since its number does not tell.
"""

from __future__ import annotations

from secdash.checks import builds, releases
from secdash.checks.builds import NOT_OF_DOCKER
from secdash.checks.engine import check
from secdash.checks.host import NO_CONTAINERD, UPGRADE, UPGRADE_PARTS
from secdash.checks.outcome import CRITICAL, HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.releases.tables import Advisory, repaired_by
from secdash.checks.releases.versions import parse
from secdash.facts.message import say
from secdash.facts.model import Engine, Snapshot, known

NO_DOCKER_ENGINE = say("Podman is no Docker Engine and has none of its flaws; its distribution lists its own.")
NO_DESKTOP = say("This is not Docker Desktop.")
# The runtime that Enhanced Container Isolation starts containers with.
ISOLATING_RUNTIME = "sysbox-runc"
NVIDIA = "nvidia"
ANY_GPU = "capabilities=gpu"  # docker run --gpus, which names no driver


@check(Engine, severity=HIGH, risks=("sys-uid0-escape", "daemon-takeover"), fix=UPGRADE)
def engine_known_vulnerability(engine: Engine) -> Outcome:
    """Known flaws of the Engine reach the host"""
    if engine.podman:
        return not_applicable(NO_DOCKER_ENGINE)
    return _by_table("engine-known-vulnerability", engine, "version.Version", known(engine.version))


@check(Engine, severity=MEDIUM, risks=("supply-chain", "network-exposure", "denial-of-service"), fix=UPGRADE)
def engine_known_weakness(engine: Engine) -> Outcome:
    """Known weaknesses of the Engine"""
    if engine.podman:
        return not_applicable(NO_DOCKER_ENGINE)
    return _by_table("engine-known-weakness", engine, "version.Version", known(engine.version))


@check(Engine, severity=HIGH, risks=("daemon-takeover",), fix=UPGRADE)
def authorization_bypass(engine: Engine) -> Outcome:
    """Authorization plugin can be bypassed"""
    if engine.podman:
        return not_applicable(NO_DOCKER_ENGINE)
    if not known(engine.authorization_plugins):
        return not_applicable(say("No authorization plugin is in use, so there is none to bypass."))
    return _by_table("authorization-bypass", engine, "version.Version", known(engine.version))


@check(Engine, severity=CRITICAL, risks=("sys-uid0-escape", "sys-proc-sys"), fix=UPGRADE_PARTS)
def runc_known_escape(engine: Engine) -> Outcome:
    """Known ways out through runc"""
    return _of_runc("runc-known-escape", engine)


@check(Engine, severity=LOW, risks=("sys-uid0-escape", "sys-proc-sys"), fix=UPGRADE_PARTS)
def runc_known_weakness(engine: Engine) -> Outcome:
    """Known weaknesses of runc"""
    return _of_runc("runc-known-weakness", engine)


@check(Engine, severity=HIGH, risks=("sys-uid0-escape", "supply-chain"), fix=UPGRADE_PARTS)
def containerd_known_vulnerability(engine: Engine) -> Outcome:
    """Known flaws of containerd reach the host"""
    return _of_containerd("containerd-known-vulnerability", engine)


@check(Engine, severity=MEDIUM, risks=("denial-of-service",), fix=UPGRADE_PARTS)
def containerd_known_weakness(engine: Engine) -> Outcome:
    """Known weaknesses of containerd"""
    return _of_containerd("containerd-known-weakness", engine)


@check(Engine, severity=CRITICAL, risks=("daemon-takeover", "sys-uid0-escape"))
def desktop_known_escape(engine: Engine) -> Outcome:
    """Known ways out of Docker Desktop"""
    version = builds.desktop(engine)
    if version is None:
        return not_applicable(NO_DESKTOP)
    return _by_table("desktop-known-escape", engine, "version.Platform.Name", version)


@check(Engine, severity=HIGH, risks=("daemon-takeover",))
def desktop_isolation_bypass(engine: Engine) -> Outcome:
    """Enhanced Container Isolation can be bypassed"""
    version = builds.desktop(engine)
    if version is None:
        return not_applicable(NO_DESKTOP)
    if ISOLATING_RUNTIME not in known(engine.runtimes):
        return not_applicable(say("Enhanced Container Isolation is not in use, so there is none to bypass."))
    return _by_table("desktop-isolation-bypass", engine, "version.Platform.Name", version)


@check(Engine, severity=HIGH, risks=("sys-uid0-escape", "sys-dev"), far=("containers",))
def nvidia_toolkit_escape(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Unproven version of the NVIDIA toolkit"""
    if not (_has_nvidia_runtime(engine) or _asks_for_a_gpu(snapshot)):
        return not_applicable(say("No container is given a GPU through the NVIDIA Container Toolkit."))
    flaws = releases.current().of("nvidia-toolkit-escape")
    reason = say(
        "The Engine does not tell the toolkit's version; nvidia-ctk --version does. See where each is repaired."
    )
    return unknown(reason, _seen("info.Runtimes", list(known(engine.runtimes)), flaws))


def _of_runc(name: str, engine: Engine) -> Outcome:
    version = builds.runc(engine)
    if version is None and engine.podman:
        return not_applicable(say("This Podman starts containers with another runtime than runc."))
    if version is None:
        return unknown(say("The Engine does not list runc among its parts; ask runc --version."))
    return _by_table(name, engine, "version.Components.runc", version)


def _of_containerd(name: str, engine: Engine) -> Outcome:
    if engine.podman:
        return not_applicable(NO_CONTAINERD)
    version = builds.part(engine, "containerd")
    if version is None:
        return unknown(say("The Engine does not list containerd among its parts; ask containerd --version."))
    return _by_table(name, engine, "version.Components.containerd", version)


def _by_table(name: str, engine: Engine, path: str, written: str) -> Outcome:
    """What the table in use says of a version for this check."""
    version = parse(written)
    if version is None:
        return unknown(say("Version %(version)s is written in a way that secdash cannot compare.", version=written))
    flaws = releases.current().flaws(name, version)
    seen = _seen(path, written, flaws)
    if flaws and not builds.is_of_docker(engine, written):
        return unknown(NOT_OF_DOCKER, seen)
    sure = [flaw for flaw in flaws if flaw.is_sure(version)]
    if flaws and not sure:
        return unknown(say("Its line is kept by others, who may have repaired this; ask whoever released it."), seen)
    reason = say(
        "Known in version %(version)s: %(cves)s. Repaired in %(fixed)s.",
        version=written,
        cves=", ".join(flaw.cve for flaw in sure),
        fixed=repaired_by(sure, version),
    )
    return fails_if(bool(sure), reason, seen)


def _seen(path: str, value: object, flaws: list[Advisory]) -> dict[str, object]:
    repaired = {f"{flaw.cve} fixed in": ", ".join(flaw.fixed_in) for flaw in flaws}
    sources = {"sources": ", ".join(flaw.source for flaw in flaws)} if flaws else {}
    return {path: value, **repaired, **sources, "read on": releases.current().read_on}


def _has_nvidia_runtime(engine: Engine) -> bool:
    return NVIDIA in known(engine.runtimes)


def _asks_for_a_gpu(snapshot: Snapshot) -> bool:
    asked = [line for container in known(snapshot.containers) for line in known(container.device_requests)]
    return any(NVIDIA in line.lower() or line.endswith(ANY_GPU) for line in asked)
