"""Ten thousand hosts that lie: every scan of them ends with facts or a reason, asks with GET alone, and stays small.

Two of a hundred lie with time and length, over real sockets, and are given a second or four. Between the lies an
honest host is read again and again, and always alike. Run as `python -m bench.lies`; `python -m bench.lies 1000` is a
tenth of it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.figures import verdict
from secdash.checks.engine import judge
from secdash.facts.connect import Unreachable
from secdash.facts.model import dump
from secdash.facts.parse import parse
from tests.engine.lying import LIES, MIXED, Liar, honest, lies, scanned, small_host
from tests.engine.lying_slowly import SLOW_LIES, SlowLiar, crowd, slow_lies

CASES = 10_000
FIRST = 1_000_000  # the seed of the first; the suite has others
EVERY_SLOW, EVERY_CROWD, EVERY_HONEST = 50, 2000, 500
SECONDS, LATE = 30.0, 5.0  # that a scan is given; that a quick lie may take, and a slow one beyond its time
SLOW_SECONDS, CROWD_SECONDS = 1.0, 4.0
MOST_MEGABYTES = 300
QUICK = (MIXED, *LIES)


class Case(NamedTuple):
    kind: str
    liar: Liar | SlowLiar
    seconds: float = SECONDS


class Ended(NamedTuple):
    facts: bool
    seconds: float
    late: bool


def load_what_a_worker_has() -> None:
    """So that the memory is that of a worker's process, and the liars' besides, which are in the same one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")
    import django
    from celery.signals import worker_process_init

    django.setup()
    from secdash.celery import app

    app.loader.import_default_modules()
    worker_process_init.send(sender=None)


def main(cases: int) -> int:
    load_what_a_worker_has()
    host, worked = small_host(), time.process_time()
    ended: dict[str, list[Ended]] = {}
    first = _read(Liar(honest(host)))
    for number in range(cases):
        case = _case(number, host)
        ended.setdefault(case.kind, []).append(_end(case))
        assert number % EVERY_HONEST or _read(Liar(honest(host))) == first, f"disturbed by case {number}"
    _print(ended)
    late, megabytes = sum(each.late for several in ended.values() for each in several), _most_memory()
    print(f"{cases} hosts, seeds from {FIRST}: {late} late, {megabytes} MB at most (of {MOST_MEGABYTES})")
    print(f"{time.process_time() - worked:.0f} s of the processor, liars included")
    return verdict(kept=megabytes <= MOST_MEGABYTES and late == 0, judged=cases >= CASES)


def _case(number: int, host: dict[str, bytes]) -> Case:
    chance = random.Random(FIRST + number)
    if number % EVERY_CROWD == 0:
        return Case("100,000 containers", SlowLiar(crowd(host)), CROWD_SECONDS)
    if number % EVERY_SLOW == 0:
        name = tuple(SLOW_LIES)[number // EVERY_SLOW % len(SLOW_LIES)]
        return Case(name, SlowLiar(slow_lies(host, name, chance)), SLOW_SECONDS)
    name = QUICK[number % len(QUICK)]
    return Case(name, Liar(lies(host, chance, name)))


def _end(case: Case) -> Ended:
    began, reason = time.monotonic(), None
    try:
        list(judge(parse(scanned(case.liar, case.seconds))))
    except Unreachable as error:
        reason = str(error)
    took = time.monotonic() - began
    assert reason != "", case.kind
    assert case.liar.methods <= {"GET"}, case.kind
    return Ended(reason is None, took, took > (LATE if case.seconds == SECONDS else case.seconds + LATE))


def _read(liar: Liar) -> bytes:
    return dump(parse(scanned(liar)))


def _print(ended: dict[str, list[Ended]]) -> None:
    print(f"{'lie':<22}{'hosts':>7}{'facts':>7}{'reason':>8}{'slowest, s':>12}")
    for kind, cases in ended.items():
        facts = Counter(each.facts for each in cases)
        print(f"{kind:<22}{len(cases):>7}{facts[True]:>7}{facts[False]:>8}{max(each.seconds for each in cases):>12.2f}")


def _most_memory() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
