"""How far a trial of a connection came."""

from __future__ import annotations

from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message
from secdash.facts.trying import try_connection


def failed_step(endpoint: Endpoint | str) -> tuple[str, Message | None]:
    """The name of the step that failed and its message, after all before it passed and none after it was reached."""
    trial = try_connection(endpoint)
    names = [step.name for step in trial.steps]
    at = next(number for number, step in enumerate(trial.steps) if step.state != "passed")
    assert not trial.passed
    assert [step.state for step in trial.steps] == ["passed"] * at + ["failed"] + ["not_reached"] * (
        len(names) - at - 1
    )
    return names[at], trial.steps[at].message
