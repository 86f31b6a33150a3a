"""What a sweep of a fleet costs: every host scanned once by real Celery workers, on real PostgreSQL and Redis.

Run as `python -m bench.sweep`; `python -m bench.sweep 100 20 --workers 1,2 --changed 0,0.1 --latency 0,20` says which
hosts × containers, and what varies. For each case the hosts are scanned once, and then `--sweeps` times again, of which
the median counts. The floor is what the same answers take to be read on one kept connection and decoded, in this run;
beside it stands what an empty task costs. CPU is of all cores, in milliseconds a host: on a busy machine it is what
can be compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.figures import tell, verdict
from bench.sweep_parts import Engines, Meter, Used, children, engines, memory, prepare, read_raw, register, rows_written
from bench.sweep_parts import workers as running_workers
from tests.engine.services import running_postgres, running_redis

T = TypeVar("T")
EMPTY_TASKS = 500
STATISTICS_ARE_LATE = 11.0  # seconds until PostgreSQL tells what an idle server did
TICK = 10.0  # seconds, as in service
PATIENCE = 300  # seconds, and one for each host: also where a lease must run out before a scan is taken up again


class Case(NamedTuple):
    workers: int
    changed: float
    latency: float


LEAST = {0.0: 100, 0.1: 40}  # hosts a second that two workers are to sweep, by the share of containers that changed
MOST_MIB, MOST_ROWS, HOSTS = 250, 6, 1000


class Swept(NamedTuple):
    """One sweep: seconds by the clock, until all were asked for, and of the processor; containers that had changed; MiB
    of the largest worker afterwards.
    """

    seconds: float
    asked: float
    used: Used
    changed: int
    held: float


def sweep() -> tuple[float, float]:
    """Make every host due, let the tick ask for them, and wait until all are over; seconds in all and until asked."""
    from django.utils import timezone

    from secdash.fleet.models import Host
    from secdash.scans.models import Scan
    from secdash.scans.tasks import tick

    before = Scan.objects.count()
    hosts = Host.objects.update(scan_due_at=timezone.now())
    began, asked, ticks = time.monotonic(), 0.0, 0
    while True:
        if time.monotonic() - began >= TICK * ticks:
            tick.delay()
            ticks += 1
        time.sleep(0.05)
        if not asked and Scan.objects.count() == before + hosts:
            asked = time.monotonic() - began
        if asked and not Scan.objects.active().exists():
            return time.monotonic() - began, asked
        if time.monotonic() - began > PATIENCE + hosts:
            raise SystemExit("the sweep does not end")


def swept(fleet: Engines, meter: Meter, number: int) -> Swept:
    changed, before = fleet.sweep(number), meter.read()
    seconds, asked = sweep()
    return Swept(seconds, asked, meter.read().since(before), changed, max(map(memory, children(meter.worker))))


def empty_tasks(meter: Meter) -> float:
    """Milliseconds of the workers' processor for a task that does nothing."""
    from secdash.celery import app
    from secdash.handing_over import waiting

    before = meter.read()
    for _ in range(EMPTY_TASKS):
        app.send_task("celery.accumulate", queue="secdash", ignore_result=True)
    while waiting("secdash"):
        time.sleep(0.05)
    time.sleep(0.5)
    return 1000 * meter.read().since(before).workers / EMPTY_TASKS


def floor(folder: Path, hosts: int) -> tuple[float, float, float]:
    """Milliseconds a host of the processor and of the clock to read what a scan reads, and answers a host."""
    some = range(min(hosts, 50))
    clock, worked = time.perf_counter(), time.process_time()
    asked = [read_raw(str(folder / f"{number}.sock")) for number in some]
    worked, clock = time.process_time() - worked, time.perf_counter() - clock
    return 1000 * worked / len(some), 1000 * clock / len(some), sum(asked) / len(some)


def failed() -> int:
    from secdash.scans.models import Scan

    return Scan.objects.filter(state=Scan.State.FAILED).count()


def rows_a_host(fleet: Engines, meter: Meter, number: int, hosts: int) -> dict[str, float]:
    """Rows that one more sweep writes, by table; but for the one of each host with which it is made due here."""
    time.sleep(STATISTICS_ARE_LATE)
    before = rows_written()
    swept(fleet, meter, number)
    time.sleep(STATISTICS_ARE_LATE)
    after = rows_written()
    found = {table: (count - before.get(table, 0)) / hosts for table, count in after.items()}
    found["fleet_host"] -= 1
    return {table: rows for table, rows in found.items() if rows >= 0.01}


def told_rows(written: dict[str, float], case: Case) -> str:
    parts = ", ".join(f"{table} {rows:.2f}" for table, rows in sorted(written.items()))
    whose = "a host" if case.changed else "an unchanged host (at most 6)"
    return f"    rows written of {whose}: {sum(written.values()):.2f} ({parts})"


class Found:
    """What targets speak of, as it was measured."""

    def __init__(self) -> None:
        self.kept: list[bool] = []

    def swept(self, case: Case, rate: float, held: Sequence[float]) -> None:
        name = f"{case.workers} workers, {case.changed:.0%} changed, {case.latency:.0f} ms"
        tell("sweep-rate", "scanned", name, rate)
        if case.workers != 2 or case.latency:
            return
        for number, each in enumerate(held, 1):
            tell("sweep-memory", f"{case.changed:.0%} changed", number, each)
        self.kept += [rate >= LEAST.get(case.changed, 0), max(held) < MOST_MIB]

    def wrote(self, case: Case, written: dict[str, float]) -> None:
        self.kept += [] if case.changed else [sum(written.values()) <= MOST_ROWS]


def measured(case: Case, asked: argparse.Namespace, url: str, folder: Path, found: Found) -> Iterator[str]:
    from secdash.celery import app

    options = ("--changed", str(case.changed), "--latency", str(case.latency), "--faults", str(asked.faults))
    with engines(folder, asked.hosts, asked.containers, *options) as fleet:
        with running_workers(case.workers, folder / "workers.log") as pid:
            app.control.purge()
            meter = Meter(pid, fleet.pid, url)
            first = swept(fleet, meter, 1)
            again = [swept(fleet, meter, number) for number in range(2, 2 + asked.sweeps)]
            yield row(case, asked.hosts, first, again)
            rate = asked.hosts / statistics.median(each.seconds for each in again)
            found.swept(case, rate, [each.held for each in (first, *again)])
            if asked.sweeps > 1:
                held = ", ".join(f"{each.held:.0f}" for each in (first, *again))
                yield f"    MiB of the largest worker after each sweep: {held}"
            if asked.rows:
                written = rows_a_host(fleet, meter, 2 + asked.sweeps, asked.hosts)
                found.wrote(case, written)
                yield told_rows(written, case)
            if asked.empty:
                yield f"    an empty task: {empty_tasks(meter):.2f} ms of the workers"
        cpu, wall, answers = floor(folder, asked.hosts)
        tell("sweep-rate", "answers read raw, one host after the other", f"{case.latency:.0f} ms", 1000 / wall)
        yield f"    floor: {cpu:.1f} ms of CPU, {wall:.1f} ms by the clock for {answers:.0f} answers a host"
    if lost := failed():
        yield f"    scans that failed so far: {lost}"


HEAD = (
    f"{'workers':>7}{'changed':>9}{'latency':>9}{'first/s':>9}{'hosts/s':>9}{'asked':>8}"
    f"{'workers':>10}{'database':>10}{'queue':>8}{'Engines':>9}{'MiB':>6}"
)


def row(case: Case, hosts: int, first: Swept, again: list[Swept]) -> str:
    seconds = statistics.median(each.seconds for each in again)
    asked = statistics.median(each.asked for each in again)
    used = [1000 * statistics.median(part) / hosts for part in zip(*(each.used for each in again), strict=True)]
    spent = f"{used[0]:>10.1f}{used[1]:>10.1f}{used[2]:>8.2f}{used[3]:>9.1f}"
    rates = f"{hosts / first.seconds:>9.1f}{hosts / seconds:>9.1f}{asked:>7.1f}s"
    return f"{case.workers:>7}{case.changed:>9.0%}{case.latency:>7.0f}ms{rates}{spent}{again[-1].held:>6.0f}"


def main(asked: argparse.Namespace) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as place,
        running_postgres() as url,
        running_redis() as q,
    ):
        prepare(url, q, place)
        folder = Path(place)
        register(asked.hosts, folder)
        print(f"{asked.hosts} hosts × {asked.containers} containers; ms of CPU a host by part\n{HEAD}", flush=True)
        found = Found()
        for case in (Case(w, c, ms) for ms in asked.latency for c in asked.changed for w in asked.workers):
            for line in measured(case, asked, q, folder, found):
                print(line, flush=True)
        from django.db import connection

        connection.close()
    return verdict(kept=all(found.kept), judged=asked.hosts >= HOSTS)


def _several(kind: Callable[[str], T]) -> Callable[[str], list[T]]:
    return lambda text: [kind(word) for word in text.split(",")]


def told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts", type=int, nargs="?", default=1000)
    parser.add_argument("containers", type=int, nargs="?", default=20)
    parser.add_argument("--sweeps", type=int, default=3)
    parser.add_argument("--workers", type=_several(int), default="2")
    parser.add_argument("--changed", type=_several(float), default="0,0.1", help="share of containers")
    parser.add_argument("--latency", type=_several(float), default="0", help="milliseconds")
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--rows", action="store_true", help="count the rows that a sweep writes (half a minute)")
    parser.add_argument("--empty", action="store_true", help="measure an empty task")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(told()))
