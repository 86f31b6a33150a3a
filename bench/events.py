"""What watching costs: 1,000 simulated Engines, one `manage.py watch`, containers started across all of them.

Run as `python -m bench.events`; `python -m bench.events 50 10 20` is 50 hosts, 10 containers a second, 20 seconds, and
a fourth number has so many watchers share the hosts. For each container: from its event to its finding in the database,
and to the feed of an open overview, which asks as often as the page does. The budget is two seconds at the 95th
percentile.

Beside it stands the processor's time that one container took, of each process apart: the simulated Engines and the one
that asks share the machine with the watcher. The floor is what the same answers take to be asked for and parsed, and
nothing else: on a busy machine it grows as everything does.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import tell, verdict
from secdash.facts.doors import UnixDoor
from secdash.facts.trouble import AnswerError
from secdash.facts.wire import Connection, get
from tests.engine.services import running_postgres

HOSTS, A_SECOND, SECONDS = 1000, 50, 30
CONTAINERS, VARIANTS = 20, 8
BUDGET = 2.0
EVERY = 1.0  # seconds between the begins of two questions, as static/js/live.js has it
PARTS = ("json", "top", "changes")
CHECK = "no-pids-limit"
TICKS = os.sysconf("SC_CLK_TCK")


def populate(hosts: int, folder: Path) -> list[int]:
    """The fleet, behind sockets in that folder; the ids of its hosts."""
    from django.db import connection
    from django.utils import timezone

    from bench.fleet_rows import Size, write
    from bench.pages import scanned_host
    from secdash.findings.models import Finding
    from secdash.fleet.models import Host

    now = timezone.now()
    template = scanned_host("fleet-0000", 0, CONTAINERS, at=now)
    size = Size(hosts, Finding.objects.filter(host=template).count(), 1)
    write(size, template=template.pk, today=now.date())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fleet_connection SET address = %s || host_id || '.sock'", [f"{folder}/"])
        cursor.execute("UPDATE fleet_host SET file_reading = 'none', scan_due_at = NULL")
    return list(Host.objects.values_list("pk", flat=True))


def shared(hosts: list[int]) -> dict[str, Any]:
    """What every Engine answers, and the containers that are started."""
    from bench.pages import a_container
    from secdash.scans.sample.inspect import container, identifier

    there = [container("fleet-0000", a_container(number, 0)) for number in range(CONTAINERS)]
    listed = [each.listed for each in there]
    routes = {"/version": {"Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24"}}
    return {
        "hosts": hosts,
        "listed": listed,
        "listing": json.dumps(listed)[1:-1],
        "routes": routes,
        "network": _network(identifier("fleet-0000", "apps")),
        "variants": [_variant(there[number]) for number in range(VARIANTS)],
    }


def _network(id_: str) -> dict[str, Any]:
    """As `bench.pages` has it, so that the first container that comes does not find another."""
    settings = {
        "Driver": "bridge",
        "Scope": "local",
        "EnableIPv6": False,
        "Internal": False,
        "Options": {},
        "Labels": {},
    }
    return {"Name": "apps", "Id": id_, **settings}


def _variant(answers: Any) -> dict[str, Any]:
    text = json.dumps(
        {name: getattr(answers, name) for name in ("listed", "inspect", "top")} | {"changes": answers.changes or []}
    )
    name = answers.inspect["Name"].removeprefix("/")
    made: dict[str, Any] = json.loads(text.replace(answers.inspect["Id"], "@ID@").replace(f'"/{name}"', '"/@NAME@"'))
    for part in (made["listed"], made["inspect"]["Config"]):
        part["Labels"] = {}
    return made


@contextmanager
def process(*words: str, stdin: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, *words], stdin=stdin, stdout=subprocess.PIPE)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


def processor(pid: int) -> float:
    """Seconds of the processor's time that it took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Postgres:
    """The processor's time of all its processes, those that ended included."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._server = parent(cursor.fetchone()[0])

    def processor(self) -> float:
        ended = Path(f"/proc/{self._server}/stat").read_text().rpartition(")")[2].split()[13:15]
        living = [pid for pid in pids() if parent(pid) == self._server]
        return sum(map(int, ended)) / TICKS + sum(map(processor, living))


def pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


class Used(NamedTuple):
    """Seconds of the processor's time."""

    watcher: float
    database: float
    engines: float
    asking: float  # this process: who looks at the overview, and for findings

    def since(self, before: Used) -> Used:
        return Used(*(now - then for now, then in zip(self, before, strict=True)))


def memory(pids: list[int]) -> float:
    """MiB, as resident, of all together."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


class Seen:
    """When an open overview showed another feed."""

    def __init__(self, feed: str) -> None:
        self.shown: list[tuple[float, float]] = []  # a question's begin, its end: where the answer was new
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(feed,))

    def __enter__(self) -> Seen:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self, feed: str) -> None:
        from django.test import Client

        from secdash.accounts.services import first_administrator

        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(first_administrator())
        mark, asks_at = "", time.time()
        while not self._over.wait(max(asks_at - time.time(), 0)):
            began = time.time()
            asks_at = max(asks_at + EVERY, began)
            answer = client.get(feed, {"mark": mark})
            if answer.status_code == 200:
                mark = answer["X-Mark"]
                self.shown.append((began, time.time()))


def committed() -> dict[str, float]:
    """When each container's finding could be read by others, as PostgreSQL noted it: asking for them as they come would
    cost the machine as much as a fifth of what is measured.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.subject_key, extract(epoch FROM pg_xact_commit_timestamp(t.xmin)) FROM findings_transition t"
            " JOIN findings_finding f ON f.id = t.finding_id WHERE f.check_name = %s AND f.subject_key LIKE 'new-%%'",
            [CHECK],
        )
        return {name: float(at) for name, at in cursor.fetchall()}


def wait_for_streams(hosts: int) -> float:
    from secdash.watching.models import Watch

    began = time.time()
    while (up := Watch.objects.filter(state=Watch.State.WATCHING).count()) < hosts:
        if time.time() - began > 120:
            raise SystemExit(f"only {up} of {hosts} hosts are watched")
        time.sleep(0.2)
    return time.time() - began


def start_containers(
    engines: subprocess.Popen[bytes], hosts: list[int], a_second: int, seconds: int
) -> dict[str, float]:
    assert engines.stdin is not None
    told: dict[str, float] = {}
    begin = time.time()
    for number in range(a_second * seconds):
        time.sleep(max(begin + number / a_second - time.time(), 0))
        name, now = f"new-{number}", time.time()
        told[name] = now
        engines.stdin.write(f"{random.choice(hosts)} {name} {number % VARIANTS} {int(now * 10**9)}\n".encode())
        engines.stdin.flush()
    return told


def floor(folder: Path, hosts: list[int], rounds: int = 200) -> float:
    """Seconds of the processor's time for what is asked about one container, parsed and dropped."""
    shared = pickle.loads((folder / "shared").read_bytes())  # noqa: S301 - written by us
    first, network = shared["listed"][0]["Id"], shared["network"]["Id"]
    asked = [f"/networks/{network}", *(f"/containers/{path}" for path in ("json", *(f"{first}/{x}" for x in PARTS)))]
    began = time.process_time()
    for _ in range(rounds):
        door = UnixDoor(str(folder / f"{random.choice(hosts)}.sock"), 5)
        connection = Connection(door)
        for path in asked:
            with suppress(AnswerError):  # none of the first ones is running
                get(connection, path, 5).json()
        connection.close()
        door.close()
    return (time.process_time() - began) / rounds


def line(name: str, seconds: list[float]) -> str:
    taken = sorted(seconds)
    if not taken:
        return f"{name:<34}{'nothing':>9}"
    return f"{name:<34}{statistics.median(taken):>8.2f}s{taken[int(0.95 * len(taken))]:>8.2f}s{taken[-1]:>8.2f}s"


def draw(way: str, seconds: list[float]) -> None:
    """What never came to be seen cannot be drawn."""
    taken = sorted(seconds)
    middle = {"median": statistics.median(taken), "95 %": taken[int(0.95 * len(taken))]} if taken else {}
    for name, value in middle.items():
        if math.isfinite(value):
            tell("event-delay", name, way, value)


def main(count: int, a_second: int, seconds: int, watchers: int = 1) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as place,
        running_postgres("track_commit_timestamp=on") as url,
    ):
        folder = Path(place)
        from bench.fleet import prepare

        os.environ["SECDASH_SECRET_KEY"] = secrets.token_urlsafe(48)  # the same in all processes
        prepare(url, place)
        hosts = populate(count, folder)
        (folder / "shared").write_bytes(pickle.dumps(shared(hosts)))
        with process("-m", "bench.events_server", place, stdin=subprocess.PIPE) as engines:
            assert engines.stdout is not None
            engines.stdout.readline()
            with ExitStack() as running, Seen("/changes/") as seen:
                watching = [running.enter_context(process("manage.py", "watch")).pid for _ in range(watchers)]
                until = wait_for_streams(count)
                print(f"{count} hosts watched by {watchers} after {until:.1f} s, {memory(watching):.0f} MiB")
                time.sleep(8)  # so that what noticing the streams wrote is written
                database = Postgres()
                watching += [pid for pid in pids() if parent(pid) in watching]  # those that look

                def used() -> Used:
                    spent = (sum(map(processor, watching)), database.processor(), processor(engines.pid))
                    return Used(*spent, time.process_time())

                before, idle = used(), time.time()
                time.sleep(5)
                resting = used().since(before).watcher / (time.time() - idle)
                before, begun = used(), time.time()
                told = start_containers(engines, hosts, a_second, seconds)
                taken = time.time() - begun
                time.sleep(5)
                worked, resident = used().since(before), memory(watching)
            least = floor(folder, hosts)
        return report(count, told, (committed(), seen.shown), worked, Figures(taken, resting, resident, least))


class Figures(NamedTuple):
    """Seconds that containers were started, the watcher's share of a processor at rest, its MiB, and the floor."""

    taken: float
    resting: float
    resident: float
    floor: float


def report(
    hosts: int,
    told: dict[str, float],
    seen: tuple[dict[str, float], list[tuple[float, float]]],
    worked: Used,
    figures: Figures,
) -> int:
    found, answers = seen
    stored = [found[name] - at for name, at in told.items() if name in found]
    shown = []
    for name, at in told.items():
        later = [end for begin, end in answers if name in found and begin >= found[name]]
        shown.append(later[0] - at if later else float("inf"))
    rate = len(told) / figures.taken
    print(
        f"{hosts} hosts, {rate:.1f} containers a second for {figures.taken:.0f} s: {len(stored)} of {len(told)} judged"
    )
    print(f"{'from the event':<34}{'median':>9}{'95 %':>9}{'longest':>9}")
    print(line("to its finding", stored))
    print(line("to an open overview", shown))
    print(f"{'processor a container':<34}{'ms':>9}{'share':>9}")
    names = ("watcher", "database", "simulated Engines", "who asks and looks")
    for name, seconds in zip(names, worked, strict=True):
        share = 100 * seconds / (figures.taken + 5)
        print(f"{name:<34}{1000 * seconds / len(told):>9.1f}{share:>7.0f} %")
        tell("event-cost", "a container", name, 1000 * seconds / len(told))
    tell("event-cost", "a container", "floor: asked and parsed", 1000 * figures.floor)
    for way, delays in (("to its finding", stored), ("to an open overview", shown)):
        draw(way, delays)
    print(f"{'floor: asked and parsed, no more':<34}{1000 * figures.floor:>9.1f}")
    print(f"watcher at rest {100 * figures.resting:.1f} %, {figures.resident:.0f} MiB")
    slow = sorted(shown)[int(0.95 * len(shown))] if shown else float("inf")
    judged = hosts >= HOSTS and len(told) >= A_SECOND * SECONDS
    return verdict(kept=len(stored) == len(told) and slow < BUDGET, judged=judged)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(words or [HOSTS, A_SECOND, SECONDS])))
