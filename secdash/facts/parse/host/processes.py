"""The daemon's process, from the files of its folder in /proc."""

from __future__ import annotations

from secdash.facts.files.seen import Process


def process(cmdline: str, status: str) -> Process | None:
    """Its words and its effective user; None where it tells none."""
    fields = next((line.split() for line in status.splitlines() if line.startswith("Uid:")), [])
    if not cmdline.rstrip("\0") or len(fields) < 3 or not fields[2].isdecimal():
        return None
    return Process(tuple(cmdline.rstrip("\0").split("\0")), int(fields[2]))
