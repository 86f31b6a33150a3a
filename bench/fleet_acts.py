"""One act on 10,000 findings, through the bar as a person does it, while somebody else works on the same hosts."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from bench.fleet_table import Line

if TYPE_CHECKING:
    from django.test import Client

QUERY = "check=no-healthcheck&" + "&".join(f"group=group-{n}" for n in range(1, 6))
MANY = 10_000
NEARLY = 0.99  # groups of whole hosts do not make exactly so many; the time is held against the budget of as many
BUDGET, WAIT = 10.0, 2.0  # seconds: of the act, and of an act of somebody else meanwhile


class Acted(NamedTuple):
    """Seconds: of both POSTs, of the worker's steps, of taking all back.

    `waited` and `usual` are the longest and the median of what another person's acts took meanwhile.
    """

    findings: int
    post: float
    steps: float
    undo: float
    waited: float
    usual: float
    others: int

    @property
    def seconds(self) -> float:
        return self.post + self.steps


def accepting(client: Client) -> Iterator[Line]:
    done = accept(client)
    judged = done.findings >= MANY * NEARLY
    yield Line(
        what=f"accept {done.findings:,} findings",
        measured=f"{done.seconds:.1f} s",
        beside=f"asked in {done.post:.1f} s, done in {done.steps:.1f} s, taken back in {done.undo:.1f} s",
        target=f"{MANY:,} in under {BUDGET:.0f} s",
        kept=done.seconds * MANY / done.findings < BUDGET if judged else None,
    )
    yield Line(
        what="longest that another person's act on the same hosts took meanwhile",
        measured=f"{done.waited:.2f} s",
        beside=f"{done.others} acts, median {done.usual:.2f} s",
        target=f"under {WAIT:.0f} s",
        kept=done.waited < WAIT if judged and done.others else None,
    )


def accept(client: Client) -> Acted:
    """Accept them and take the acceptance back."""
    from django.utils import timezone

    from secdash.findings import bulk
    from secdash.findings.models import BulkAct
    from tests import queueing

    queueing.use(queueing.IN_MEMORY)  # type: ignore[no-untyped-call]  # tests have no types; the steps are taken here
    until = timezone.now().date() + timedelta(days=10)
    chosen = {"act": "accept", "query": QUERY, "matching": "1"}
    with Other() as other:
        begun = time.perf_counter()
        client.post("/findings/act/", chosen)  # asks for the reason
        answer = client.post("/findings/act/", {**chosen, "sure": "1", "reason": "Measured.", "until": str(until)})
        posted = time.perf_counter()
        act = BulkAct.objects.get(pk=parse_qs(urlsplit(answer["Location"]).query)["act"][0])
        bulk.run(act.pk)
        done = time.perf_counter()
    act.refresh_from_db()
    assert act.state == act.State.DONE, act.failure
    undone = time.perf_counter()
    client.post(f"/findings/acts/{act.pk}/undo/")
    bulk.run(act.pk)
    undo = time.perf_counter() - undone
    waits = other.waits or [0.0]
    return Acted(
        findings=act.total,
        post=posted - begun,
        steps=done - posted,
        undo=undo,
        waited=max(waits),
        usual=statistics.median(waits),
        others=len(other.waits),
    )


class Other:
    """Somebody else, who works on findings of the same hosts meanwhile (`bench.fleet_other`)."""

    def __enter__(self) -> Other:
        self.waits: list[float] = []
        command = [sys.executable, "-m", "bench.fleet_other"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        said, _error = self._process.communicate(timeout=60)
        self.waits = json.loads(said or b"[]")
