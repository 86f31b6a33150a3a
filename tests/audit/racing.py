"""Six who record at the same moment, in a process of its own: `python -m tests.audit.racing`, with a DATABASE_URL."""

from __future__ import annotations

from tests.knowledge.racing import race  # first: it sets Django up

# isort: split
from secdash.audit.recording import record


def ten(who: int) -> None:
    for number in range(10):
        record("host.changed", name=f"{who}: {number}")


if __name__ == "__main__":
    race(ten)
