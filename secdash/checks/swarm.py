"""CIS Docker Benchmark, section 7 and item 5.1: swarm mode."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.outcome import LOW, Outcome, fails_if, not_applicable
from secdash.checks.remedy import command
from secdash.facts.message import say
from secdash.facts.model import Engine, known


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "5.1"},
    risks=("daemon-takeover",),
    fix=command(
        say("Leave the swarm if no service needs it; its services on this node end."),
        "docker service ls",
        "docker swarm leave --force",
    ),
)
def swarm_mode_on(engine: Engine) -> Outcome:
    """Swarm mode on"""
    if engine.podman:
        return not_applicable(say("Podman has no swarm mode."))
    state = known(engine.swarm).state
    reason = say("The Engine listens to other machines on further ports; it need not if you run no services.")
    return fails_if(state != "inactive", reason, {"info.Swarm.LocalNodeState": state})
