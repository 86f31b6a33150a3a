"""What judging costs: the whole catalogue over the recorded containers, taken until there are enough.

Run as `python -m bench.judge [containers]`. The budget is 150 ms of processor time for 100 containers.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import msgspec

from bench.figures import compare, verdict
from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.facts.model import Snapshot, known
from secdash.facts.parse import parse
from tests.engine.recordings import answers_of

BUDGET_MS_PER_100 = 150
ROUNDS = 20
CONTAINERS = 100


def grown(snapshot: Snapshot, size: int) -> Snapshot:
    """The same host with `size` containers: those recorded, again and again, under names of their own."""
    recorded = known(snapshot.containers)
    several = (recorded[number % len(recorded)] for number in range(size))
    containers = tuple(
        msgspec.structs.replace(container, name=f"{container.name}-{number}", key=f"{container.key}-{number}")
        for number, container in enumerate(several)
    )
    return msgspec.structs.replace(snapshot, containers=containers)


def main(size: int) -> int:
    snapshot = grown(parse(answers_of("docker-28")), size)
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        verdicts = list(judge(snapshot))
        taken.append((time.process_time() - begun) * 1000)
    by_status = Counter(verdict.status.value for verdict in verdicts)
    per_100 = min(taken) * 100 / size
    print(f"{len(CATALOGUE)} checks, {size} containers, {len(verdicts)} verdicts: {dict(by_status)}")
    print(f"CPU: best {min(taken):.1f} ms, median {sorted(taken)[ROUNDS // 2]:.1f} ms, first {taken[0]:.1f} ms")
    print(f"per 100 containers: {per_100:.1f} ms of {BUDGET_MS_PER_100} ms")
    compare("judging 100 containers, ms (beside the yardstick)", per_100)
    return verdict(kept=per_100 < BUDGET_MS_PER_100, judged=size >= CONTAINERS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CONTAINERS))
