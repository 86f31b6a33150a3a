"""Ten thousand hosts that lie: every scan of them ends with facts or a reason, asks with GET alone, and stays small."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

from secdash.checks.engine import judge
from secdash.facts.connect import Unreachable
from secdash.facts.parse import parse
from tests.engine.lying import Liar, lies, scanned, small_host

CASES = 10_000
FIRST = 1_000_000  # the suite has others
MOST_MEGABYTES = 300
MOST_SECONDS = 5.0  # for one scan


def main() -> int:
    host, ended, slowest = small_host(), Counter[str](), 0.0
    for case in range(FIRST, FIRST + CASES):
        liar, began = Liar(lies(host, random.Random(case))), time.monotonic()
        ended[_end(liar)] += 1
        slowest = max(slowest, time.monotonic() - began)
        assert liar.methods == {"GET"}, case
    megabytes = _most_memory()
    print(f"{CASES} hosts: {dict(ended)}; slowest scan {slowest:.2f} s, {megabytes} MB at most")
    return int(megabytes > MOST_MEGABYTES or slowest > MOST_SECONDS)


def _end(liar: Liar) -> str:
    try:
        list(judge(parse(scanned(liar))))
    except Unreachable as error:
        return f"no facts, a reason: {bool(str(error))}"
    return "facts"


def _most_memory() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    sys.exit(main())
