"""One look: collect, parse, judge and score, with what it took."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from secdash.checks.engine import Verdict, in_order, judge
from secdash.checks.outcome import Severity, Status
from secdash.facts.collect import Progress, collect
from secdash.facts.files import reading as host_files
from secdash.facts.images import reading as image_files
from secdash.facts.model import Snapshot
from secdash.facts.parse import parse
from secdash.findings.score import Score, score


class Look(msgspec.Struct, frozen=True):
    """`timings` are milliseconds; `verdicts` are worst first, then by check, then by subject."""

    endpoint: str
    at: datetime
    facts: Snapshot
    verdicts: list[Verdict]
    standing: Score
    timings: dict[str, int]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(verdict.status for verdict in self.verdicts)
        return {str(status): counted[status] for status in Status}

    def failures(self, at_least: Severity = Severity.INFO) -> list[Verdict]:
        return [v for v in self.verdicts if v.status is Status.FAIL and v.severity >= at_least]


def look_at(
    endpoint: str,
    *,
    only: Iterable[str],
    progress: Progress,
    deadline: float,
    files: host_files.Way,
    deep: image_files.Kind | None = None,
) -> Look:
    """Read and judge the Engine at this address and the host's files, with `deep` also what is in images.

    Raises facts.connect.Unreachable with a sentence for people.
    """
    at = datetime.now(UTC)
    begun = time.perf_counter()
    answers = collect(endpoint, progress=progress, deadline=deadline)
    facts = parse(host_files.with_files(answers, endpoint, files))
    if deep:
        way = image_files.Way(deep, owner=secrets.token_hex(8))  # of this look alone: others may be going on
        facts = image_files.with_files(facts, endpoint, way, image_files.Memory(), progress)
    read = time.perf_counter()
    verdicts = in_order(judge(facts, only))
    judged = time.perf_counter()
    standing = score((verdict.severity, verdict.status) for verdict in verdicts)
    timings = {"collect": round((read - begun) * 1000), "judge": round((judged - read) * 1000)}
    return Look(endpoint, at, facts, verdicts, standing, timings)
