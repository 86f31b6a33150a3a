"""Where a host's answers come from: its Engine, or the simulated Engine of a sample host."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from secdash.facts.answers import Answers
from secdash.facts.collect import collect
from secdash.fleet.models import Connection, Host
from secdash.scans.sample import engine as sample


def answers_of(host: Host, *, progress: Callable[[str, int, int], None], deadline: float) -> Answers:
    """Everything one look at the host brings. Raises facts.connect.Unreachable with the sentence for the operator."""
    if host.connection.kind == Connection.Kind.SAMPLE:
        return sample.answers(host.connection.address, day=timezone.now().date())
    return collect(host.connection.url, progress=progress, deadline=deadline)
