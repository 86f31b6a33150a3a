"""A PostgreSQL, a Redis and processes of the product beside them, all of which may be killed."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests

from secdash.environment import BASE
from secdash.scans import tasks
from tests import queueing
from tests.engine import parts, services
from tests.faults.clocks import Clock
from tests.faults.engines import HoldingEngine
from tests.faults.kept import Kept, soon
from tests.flows import made_once, product

# Servers that are killed here: what was committed is written down, as it is in service. Whole machines are not killed,
# so that the system keeps what was written.
DURABLE = ("fsync=off", "synchronous_commit=on", "full_page_writes=on", "listen_addresses=127.0.0.1")
HOSTS = 32
SECONDS_BETWEEN_TICKS = 3.0  # beat's are ten; nothing counts them
KEY = "the same long random text in every process of these tests"
FILLED = {
    "trigger": "manual", "state": "queued", "stage": "queued", "progress_done": 0, "progress_total": 0, "attempts": 0,
    "timings": "{}", "statuses": "{}", "tally": "{}", "engine_version": "", "catalogue_version": "", "error": "{}",
}  # fmt: skip
WAITING = """select client_port from pg_stat_activity
    where wait_event_type = 'Lock' and state = 'active' and backend_type = 'client backend' and datname = %s"""


class House:
    """The servers, one database for all tests of a module, and what is started beside them."""

    def __init__(self, folder: Path, engine: HoldingEngine) -> None:
        self.folder, self.engine = folder, engine
        self.ending = ExitStack()
        self.postgres_port, self.redis_port = parts.free_port(), parts.free_port()
        self.spare_port = parts.free_port()
        self.postgres = self._postgres()
        self.ending.callback(self.postgres.end, politely=True)
        self.redis = self._redis()
        self.ending.callback(self.redis.end)
        self.database = "prepared"
        self.unused: Iterator[int] = iter(())
        self.cookies: dict[str, str] = {}

    # --- servers ----------------------------------------------------------------------------------------------------

    def _postgres(self) -> Kept:
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        initdb = services.postgres_program("initdb")
        place = self.folder / "pg"
        place.mkdir()
        shutil.chown(place, self.user)
        self.data = place / "data"
        services._as(
            self.user,
            initdb,
            "--auth=trust",
            "--username=secdash",
            "--no-sync",
            "--encoding=UTF8",
            "-D",
            str(self.data),
        )
        return self.postgres_at(self.data, self.postgres_port)

    def postgres_at(self, data: Path, port: int, *options: str) -> Kept:
        words = [word for option in (*DURABLE, *options) for word in ("-c", option)]
        command = [services.postgres_program("postgres"), "-D", str(data), "-p", str(port), "-k", str(data.parent)]
        who = services._identity(self.user)
        return Kept(
            [*command, *words], data.parent / "sign", lambda: services._postgres_answers(port), cwd=data.parent, **who
        )

    def _redis(self) -> Kept:
        place = self.folder / "redis"
        place.mkdir()
        port = self.redis_port
        options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(place))
        socket = ("--unixsocket", str(self.redis_socket))
        return Kept(["redis-server", *options, *socket], place / "sign", lambda: services._redis_answers(port))

    @property
    def redis_socket(self) -> Path:
        return self.folder / "redis" / "socket"

    @property
    def postgres_socket(self) -> Path:
        return self.data.parent / f".s.PGSQL.{self.postgres_port}"

    # --- the product ------------------------------------------------------------------------------------------------

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

    @property
    def database_url(self) -> str:
        return f"postgres://secdash@127.0.0.1:{self.postgres_port}/{self.database}"

    def seen(self, **more: str) -> dict[str, str]:
        ours = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECDASH_SECRET_KEY": KEY,
            "SECDASH_SCAN_SECONDS": "120",
        }
        return product.environment(self.folder / "data", **{**ours, **more})

    def prepare(self, run: Path) -> None:
        """A database that all others are copies of; its tables are those of this run of the suite."""
        (self.folder / "data").mkdir()
        self.on("postgres", f"create database {self.database}")
        made_once.fill(self.database_url, run, (made_once.MIGRATE,))
        self.cookies = self.world("begin", self.engine.url.removeprefix("unix://"), str(HOSTS))

    def world(self, *words: str) -> Any:
        """What the product's own code says on this database."""
        command = [sys.executable, "-m", "tests.faults.world", *words]
        done = subprocess.run(command, cwd=BASE, env=self.seen(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    @contextmanager
    def copy(self, name: str, options: str = "") -> Iterator[House]:
        """What was prepared, as nobody has changed it yet; queue and cache empty."""
        self.on("postgres", f"create database {name} template prepared {options}")
        redis.Redis(port=self.redis_port).flushall()
        before, self.database = self.database, name
        self.unused = (pk for (pk,) in self.sql("select id from fleet_host order by id"))
        try:
            yield self
        finally:
            self.database = before
            soon(lambda: self.on("postgres", f"drop database {name} with (force)") == [])

    @contextmanager
    def running(self, name: str, *command: str, answers: Any = None, wrapped: Sequence[str] = (), **more: str):
        """A process of the product; ready once `answers`."""
        sign = self.folder / f"{name}.sign"
        seen = self.seen(**more)
        kept = Kept([*wrapped, sys.executable, "-m", *command], sign, answers or (lambda: True), cwd=BASE, env=seen)
        try:
            yield kept
        finally:
            kept.end()

    @contextmanager
    def worker(self, *options: str, number: int = 2, clock: Clock | None = None, **more: Any):
        words = ("celery", "-A", "secdash", "worker", "--concurrency", str(number), "--loglevel", "INFO")
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        with self._of_celery("worker", " ready.", clock, *words, *quiet, *options, **more) as kept:
            yield kept

    @contextmanager
    def beat(self, name: str = "beat", *, clock: Clock | None = None):
        """What it is about to do it keeps in a file of its own, beyond its end."""
        words = ("celery", "-A", "secdash", "beat", "--schedule", str(self.folder / f"{name}-schedule"))
        with self._of_celery(name, "beat: Starting", clock, *words, "--loglevel", "INFO") as kept:
            yield kept

    @contextmanager
    def _of_celery(self, name: str, says: str, clock: Clock | None, *words: str, **more: Any):
        """Ready once it says so, and once more after each new start."""
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        begun = [0]

        def is_ready() -> bool:
            ready = log.read_text(errors="replace").count(says)
            if ready > begun[0]:
                begun[0] = ready
                return True
            return False

        if clock:
            words, more = (*clock.module, *words), {**more, "wrapped": clock.before}
        with self.running(name, *words, answers=is_ready, **more) as kept:
            yield kept

    @contextmanager
    def web(self, **more: str):
        port = parts.free_port()
        url = f"http://127.0.0.1:{port}"
        words = ("gunicorn", "secdash.wsgi", "--bind", f"127.0.0.1:{port}", *product.WEB)
        log = self.folder / "web.log"
        log.unlink(missing_ok=True)

        def answers() -> bool:
            try:
                return requests.get(f"{url}/accounts/login/", timeout=10).ok
            except requests.RequestException:
                return False

        with self.running("web", *words, answers=answers, SECDASH_URL=url, **more) as kept:
            session = requests.Session()
            session.cookies.update(self.cookies)
            kept.url, kept.session = url, session
            yield kept

    # --- what tests do and ask ----------------------------------------------------------------------------------------

    def connected(self, database: str = "") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.postgres_port, user="secdash", dbname=database or self.database, autocommit=True
        )

    def on(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connected(database) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self.on(self.database, statement, *values)

    @contextmanager
    def locked(self, statement: str, *values: object) -> Iterator[None]:
        """Hold what this statement locks."""
        with psycopg.connect(
            host="127.0.0.1", port=self.postgres_port, user="secdash", dbname=self.database
        ) as connection:
            connection.execute(statement, values or None)
            yield
            connection.rollback()

    def caught_up(self) -> bool:
        """Whether the standby has all that was committed here."""
        return self.on("postgres", "select replay_lsn >= pg_current_wal_lsn() from pg_stat_replication") == [(True,)]

    def who_waits(self) -> set[int]:
        """The ports of the product's connections that wait for a lock of ours."""
        return {port for (port,) in self.on("postgres", WAITING, self.database)}

    def a_host(self) -> int:
        """One that no test has scanned yet: a scan of another has nothing to write. Tests come in any order."""
        return next(self.unused)

    def ask_for_scan(self, host: int, *, at: datetime | None = None, sends: bool = True) -> int:
        """As a person asks for it."""
        row = {**FILLED, "host_id": host}
        columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        when = "now()" if at is None else f"'{at.isoformat()}'"
        [(scan,)] = self.sql(
            f"insert into scans_scan ({columns}, created_at) values ({marks}, {when}) returning id",  # noqa: S608
            *row.values(),
        )
        if sends:
            self.send(scan)
        return int(scan)

    def send(self, scan: int) -> None:
        with queueing.broker(self.redis_url):
            tasks.run_scan.delay(scan)

    def send_together(self, scans: Sequence[int]) -> None:
        with queueing.broker(self.redis_url):
            tasks.run_scans.delay(list(scans))

    def tick(self, times: int = 1) -> None:
        """As beat asks for it."""
        with queueing.broker(self.redis_url):
            for _ in range(times):
                tasks.tick.delay()

    def comes_to(self, true: Callable[[], object]) -> bool:
        """Whether it comes true, while beat asks again and again as it does."""
        last = -SECONDS_BETWEEN_TICKS

        def after_a_tick() -> object:
            nonlocal last
            if time.monotonic() - last >= SECONDS_BETWEEN_TICKS:
                self.tick()
                last = time.monotonic()
            return true()

        return soon(after_a_tick)

    def state(self, scan: int) -> str:
        return str(self.sql("select state from scans_scan where id = %s", scan)[0][0])

    def time_passes(self, minutes: int = 5) -> None:
        """Scans, and the snapshots that were brought, are so much older."""
        past = f"interval '{minutes} minutes'"
        self.sql(f"update scans_upload set received_at = received_at - {past}")  # noqa: S608
        self.sql(f"update scans_scan set lease_until = lease_until - {past}, created_at = created_at - {past}")  # noqa: S608

    def findings(self, scan: int) -> list[tuple[Any, ...]]:
        """What stands on the scan's host, with how often it was said to have been seen."""
        return self.sql(
            "select f.check_name, f.subject_kind, f.subject_key, f.state, count(t.id) from findings_finding f "
            "left join findings_transition t on t.finding_id = f.id "
            "where f.host_id = (select host_id from scans_scan where id = %s) group by 1, 2, 3, 4 order by 1, 2, 3, 4",
            scan,
        )
