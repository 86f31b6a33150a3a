"""What becomes of a container's output: kept within bounds, kept without end, or thrown away."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.outcome import MEDIUM, Outcome, fails_if, unknown
from secdash.checks.remedy import ComposeFix, Put, compose
from secdash.facts.message import say
from secdash.facts.model import Container, Snapshot, known

NEVER_ROTATES = "json-file"  # by itself; `local` does, and the others hand the lines on
KEEPS_NOTHING = "none"
BOUNDS = {"max-size": "10m", "max-file": "3"}
NO_BOUND = ("", "-1")
PODMAN_ALWAYS_THE_SAME = say("Podman names the same log driver for every container; podman inspect on the host tells.")


def _rotate(container: Container) -> ComposeFix:
    options = dict(known(container.log_options)) | BOUNDS
    summary = say("Keep three files of 10 MB; the option holds from the next creation of the container on.")
    return ComposeFix(summary, (Put("logging", {"driver": NEVER_ROTATES, "options": options}),))


@check(
    Container,
    severity=MEDIUM,
    risks=("denial-of-service",),
    fix=_rotate,
)
def log_rotation_missing(container: Container, snapshot: Snapshot) -> Outcome:
    """Log grows without limit"""
    if snapshot.engine.podman:
        return unknown(PODMAN_ALWAYS_THE_SAME)
    driver, size = known(container.log_driver), dict(known(container.log_options)).get("max-size", "")
    reason = say("Whoever makes it write, with requests or errors, fills the host's disk.")
    seen = {"HostConfig.LogConfig.Type": driver, "HostConfig.LogConfig.Config.max-size": size}
    return fails_if(driver == NEVER_ROTATES and size in NO_BOUND, reason, seen)


@check(
    Container,
    severity=MEDIUM,
    risks=("app-arbitrary-code",),
    fix=compose(say("Keep its output in files that rotate by themselves."), Put("logging", {"driver": "local"})),
)
def logs_discarded(container: Container, snapshot: Snapshot) -> Outcome:
    """Output is thrown away"""
    if snapshot.engine.podman:
        return unknown(PODMAN_ALWAYS_THE_SAME)
    driver = known(container.log_driver)
    reason = say("Nothing that it writes is kept, so an attack on it leaves no trace.")
    return fails_if(driver == KEEPS_NOTHING, reason, {"HostConfig.LogConfig.Type": driver})
