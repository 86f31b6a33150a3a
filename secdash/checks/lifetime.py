"""How a container fares: restarting again and again, unwell, or running unchanged for too long."""

from __future__ import annotations

from datetime import date

from secdash.checks.engine import check
from secdash.checks.isolation import NOT_RUNNING, is_stopped
from secdash.checks.outcome import LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.facts.message import say
from secdash.facts.model import Container, FactMissing, Snapshot, Unknown, known

# Thresholds are ours. Five restarts is what `unlimited-restarts` grants a container; monthly updates, one of them
# missed or two, still fit into ninety days.
MOST_RESTARTS_A_DAY = 5
MOST_DAYS = 90


@check(
    Container,
    severity=MEDIUM,
    risks=("denial-of-service", "app-arbitrary-code"),
)
def restart_loop(container: Container, snapshot: Snapshot) -> Outcome:
    """Restarts again and again"""
    state, count = known(container.state), known(container.restart_count)
    looping = state == "restarting" or (
        count > MOST_RESTARTS_A_DAY and count > MOST_RESTARTS_A_DAY * _days(known(container.created), snapshot)
    )
    reason = say("It ends and is started again: it fails at its work, or somebody makes it crash to try again.")
    return fails_if(looping, reason, {"State.Status": state, "RestartCount": count})


@check(
    Container,
    severity=LOW,
    risks=("supply-chain", "app-arbitrary-code"),
)
def long_running_container(container: Container, snapshot: Snapshot) -> Outcome:
    """Runs unchanged for too long"""
    if is_stopped(container):
        return not_applicable(NOT_RUNNING)
    started = known(container.started)
    if not started:
        return unknown(say("The Engine calls it running, but tells no start."))
    reason = say(
        "It runs the programs of %(day)s; what was mended since then reaches it with a new start only.", day=started
    )
    return fails_if(_days(started, snapshot) > MOST_DAYS, reason, {"State.StartedAt": started})


@check(
    Container,
    severity=LOW,
    risks=("denial-of-service",),
)
def unhealthy_container(container: Container) -> Outcome:
    """Fails its health check"""
    # Between two starts Docker calls it unhealthy; `restart-loop` says what ails it.
    if is_stopped(container) or known(container.state) == "restarting":
        return not_applicable(NOT_RUNNING)
    health = known(container.health)
    if health in ("", "none"):
        return not_applicable(say("It has no health check; a check of its own reports that."))
    if health == "starting":
        return unknown(say("Its health check has not yet come to a result."))
    reason = say("It runs, but does not answer as it should, and Docker by itself does nothing about it.")
    return fails_if(health == "unhealthy", reason, {"State.Health.Status": health})


def _days(since: str, snapshot: Snapshot) -> int:
    """Days from then to the look, by the host's own clock; the day itself counts as the first."""
    return (_day(known(snapshot.engine.day)) - _day(since)).days + 1


def _day(moment: str) -> date:
    """Raises FactMissing for what is no date: the Engine's text stands in `created` as it wrote it."""
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        raise FactMissing(Unknown(say("The Engine wrote no date where one belongs."))) from None
