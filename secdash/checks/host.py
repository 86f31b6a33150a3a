"""CIS Docker Benchmark, section 1: the host and the version of its Engine."""

from __future__ import annotations

from secdash.checks import releases
from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, Outcome, fails_if, unknown
from secdash.checks.remedy import command
from secdash.facts.message import say
from secdash.facts.model import Engine, known

UPGRADE = command(
    say("Upgrade the Engine to a maintained release line; containers stop while it restarts."),
    "docker version --format '{{.Server.Version}}'",
    "sudo apt-get update",
    "sudo apt-get install --only-upgrade docker-ce docker-ce-cli containerd.io",
)


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
    version = known(engine.version)
    line = releases.engine_line(version)
    if line is None:
        return unknown(say("No release line is known for version %(version)s.", version=version))
    seen = {"version.Version": version, "line": line.name, "supported until": line.ends, "read on": line.read_on}
    if releases.has_ended(line) and not releases.is_upstream(version):
        return unknown(say("This is a distribution's own build; ask its security tracker whether it is fixed."), seen)
    reason = say("Version %(version)s has had no fixes since %(ends)s.", version=version, ends=line.ends)
    return fails_if(releases.has_ended(line), reason, seen)
