"""What a sweep is measured with: hosts on simulated Engines, real workers on real parts, and what all of them used."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson

TICKS = os.sysconf("SC_CLK_TCK")


def prepare(database: str, queue: str, folder: str) -> None:
    """Django on these; before anything else of the product is imported. Children find the same in the environment."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings"})
    os.environ.update({"DATABASE_URL": database, "REDIS_URL": queue, "SECDASH_SECRET_KEY": secrets.token_urlsafe(48)})
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def register(hosts: int, folder: Path) -> None:
    """Hosts on the sockets of `bench.engines`, which nobody scans before they are asked for."""
    from django.utils import timezone

    from secdash.fleet.models import Connection, Host

    rows = Host.objects.bulk_create(
        Host(name=f"host-{n:05}", slug=f"host-{n:05}", file_reading="none", created_at=timezone.now(), interval=1440)
        for n in range(hosts)
    )
    Connection.objects.bulk_create(
        Connection(host=host, kind="unix", address=f"{folder}/{n}.sock") for n, host in enumerate(rows)
    )


class Engines:
    """`bench.engines` in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid
        self._hear()

    def sweep(self, number: int) -> int:
        """Move on to that sweep; how many containers changed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"sweep {number}\n".encode())
        self._process.stdin.flush()
        return int(self._hear())

    def _hear(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def engines(folder: Path, hosts: int, containers: int, *options: str) -> Iterator[Engines]:
    words = [str(folder), str(hosts), str(containers), *options]
    with child("-m", "bench.engines", *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Engines(process)


@contextmanager
def workers(count: int, log: Path) -> Iterator[int]:
    """The process id of a Celery worker with so many children."""
    words = (
        "-m",
        "celery",
        "-A",
        "secdash",
        "worker",
        "--concurrency",
        str(count),
        "-l",
        "warning",
        "--without-mingle",
    )
    with log.open("ab") as file, child(*words, stdout=file, stderr=file) as process:
        while len(children(process.pid)) < count:
            time.sleep(0.2)
        yield process.pid


@contextmanager
def child(*words: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, *words], **options)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(120)  # a worker ends what it is about


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory(pid: int) -> float:
    """MiB, as resident."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


class Used(NamedTuple):
    """Seconds of the processor's time, so far or in between."""

    workers: float
    database: float
    queue: float
    engines: float

    def since(self, before: Used) -> Used:
        return Used(*(now - then for now, then in zip(self, before, strict=True)))


class Meter:
    """Reads what each part used, the processes that it started included."""

    def __init__(self, worker: int, engines: int, queue_url: str) -> None:
        import redis
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._database = int(_stat(cursor.fetchone()[0])[1])
        self._queue = int(redis.Redis.from_url(queue_url).info("server")["process_id"])
        self.worker, self._engines = worker, engines

    def read(self) -> Used:
        return Used(*map(_tree, (self.worker, self._database, self._queue, self._engines)))


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _tree(pid: int) -> float:
    """Of a process, of its children that ended, and of those that live."""
    own = sum(map(int, _stat(pid)[11:15])) / TICKS
    return own + sum(sum(map(int, _stat(each)[11:13])) / TICKS for each in children(pid))


def rows_written() -> dict[str, int]:
    """By table: rows inserted, updated and deleted so far. What servers did is told some seconds later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables")
        return dict(cursor.fetchall())


class Unix(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def read_raw(path: str) -> int:
    """The floor: all that a scan asks for, on one kept connection, decoded and dropped; how many answers."""
    link, asked = Unix(path), 0

    def get(what: str) -> Any:
        nonlocal asked
        asked += 1
        link.request("GET", what)
        return orjson.loads(link.getresponse().read())

    for what in ("/version", "/info", "/plugins", "/volumes"):
        get(what)
    for each in get("/containers/json?all=1"):
        for part in ("json", "top", "changes"):
            get(f"/containers/{each['Id']}/{part}")
    for each in get("/images/json"):
        get(f"/images/{each['Id']}/json")
        get(f"/images/{each['Id']}/history")
    for each in get("/networks"):
        get(f"/networks/{each['Id']}")
    link.close()
    return asked
