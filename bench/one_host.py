"""One host from question to findings: beside reading the same answers raw, and beside a process for every question.

Run as `python -m bench.one_host [containers] [most]`, as root: so many running containers on a real Engine. A scan is
all of it: asking, judging, recording, on the embedded default. It may take 1.3 times as long as reading its answers
raw. docker-bench-security starts 68 + 39 n processes, most of them the docker command: what one `docker inspect` takes
here times that number is what it cannot do without; a scan is to be 50 times as fast.

Then simulated Engines of 1 to 2,000 containers, or to `most`: a scan grows with their number and no faster, and the
pages of the host do not: 150 ms, and in floors of this size at most half as much again as at a hundred containers.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import tell, verdict
from bench.one_host_pages import HEAD, pages
from bench.scan import fill
from bench.sweep_parts import engines, read_raw
from tests.engine.dockerd import Dockerd, running_dockerd

if TYPE_CHECKING:
    from secdash.fleet.models import Host

CONTAINERS, ROUNDS, PROCESSES = 100, 3, 20
SIZES = (1, 10, 100, 500, 2000)
TARGET, TIMES_FASTER = 1.3, 50.0
STEEPER = 1.5  # a container of the largest host may cost so much more than one of a hundred
ROW = "| {} | {} | {} | {} |"


def prepare(folder: str) -> None:
    """Django on SQLite in that folder; before anything else of the product is imported."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings"})
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)


def host_at(name: str, socket: str) -> Host:
    from django.utils import timezone

    from secdash.fleet import services

    return services.register(name, kind="unix", address=socket, at=timezone.now(), file_reading="none")


def scan(host: Host) -> None:
    from django.utils import timezone

    from secdash.scans import services
    from secdash.scans.models import Scan

    asked = Scan.objects.create(host=host, trigger="manual", created_at=timezone.now())
    services.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Scan.State.DONE, asked.error


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def on_a_real_engine(count: int) -> Iterator[tuple[str, bool]]:
    """Lines of a table, and whether each kept its target. Floor and scan take turns; each scan is of a host anew."""
    with running_dockerd() as engine:
        fill(engine, count)
        socket = str(engine.socket)
        raw, first, again = [], [], []
        for number in range(ROUNDS):
            host = host_at(f"real-{number}", socket)
            raw.append(seconds(partial(read_raw, socket)))
            first.append(seconds(partial(scan, host)))
            again.append(seconds(partial(scan, host)))
        one = statistics.median(seconds(partial(inspected, engine)) for _ in range(PROCESSES))
    floor = statistics.median(raw)
    yield ROW.format("reading the answers raw", f"{floor:.2f} s", "(floor)", ""), True
    for name, taken in (("scan, everything new", first), ("scan, everything as it was", again)):
        ratio = statistics.median(taken) / floor
        told = f"{ratio:.2f} × the floor"
        yield ROW.format(name, f"{statistics.median(taken):.2f} s", told, f"{TARGET} ×"), ratio <= TARGET
    processes = 68 + 39 * count
    model, ours = one * processes, statistics.median(first)
    told = f"{processes:,} processes of {1000 * one:.0f} ms; {model / ours:.0f} × as long as the scan"
    yield (
        ROW.format("docker-bench-security at least", f"{model:.0f} s", told, f"{TIMES_FASTER:.0f} ×"),
        model >= TIMES_FASTER * ours,
    )


def inspected(engine: Dockerd) -> None:
    engine.docker("inspect", "app-0")


def growth(most: int, hosts: dict[int, Host]) -> Iterator[tuple[str, bool]]:
    """A line for each size, and whether a container costs much the same as on the host of a hundred; adds the hosts."""
    beside = 0.0
    for count in (size for size in SIZES if size <= most):
        with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as place:
            folder = Path(place)
            with engines(folder, 1, count):
                socket = str(folder / "0.sock")
                host = hosts[count] = host_at(f"simulated-{count}", socket)
                raw = seconds(partial(read_raw, socket))
                first, again = seconds(partial(scan, host)), seconds(partial(scan, host))
        for name, taken in (("everything new", first), ("everything as it was", again), ("answers read raw", raw)):
            tell("growth", name, count, 1000 * taken)
        each = 1000 * first / count
        beside = each if count == CONTAINERS else beside
        told = f"{each:.1f} ms a container", f"again {1000 * again:.0f} ms, raw {1000 * raw:.0f} ms"
        yield (
            ROW.format(f"{count:,} containers", f"{1000 * first:.0f} ms", *told),
            not beside or each < STEEPER * beside,
        )


def main(count: int = CONTAINERS, most: int = SIZES[-1]) -> int:
    kept: list[bool] = []
    hosts: dict[int, Host] = {}
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        for head, lines in (
            (f"{count} running containers, real Engine | measured | beside it | target", on_a_real_engine(count)),
            ("simulated Engine | a first scan | which is | beside it", growth(most, hosts)),
            (HEAD, pages(hosts)),
        ):
            print(f"\n| {head} |\n|{'---|' * (1 + head.count('|'))}", flush=True)
            for line, is_kept in lines:
                print(line, flush=True)
                kept.append(is_kept)
    return verdict(kept=all(kept), judged=count >= CONTAINERS and most >= SIZES[-1])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
