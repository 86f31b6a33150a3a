"""What open overviews cost: 1,000 of them ask gunicorn once a second what changed, with PostgreSQL and Redis behind it.

Run as `python -m bench.open_pages`; `python -m bench.open_pages 200 10 500` is 200 pages, 10 seconds of each part, 500
hosts. At first nothing moves, then something each second, so that every page is sent new lines. They ask as
static/js/live.js does: with their ticket, and less often where an answer takes long. The budget is an answer within a
second at the 95th percentile while nothing moves. The floor beside it is the page that says only that the process
lives, which goes through everything that stands before a page.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from bench.events import Postgres, parent, pids, populate, processor
from bench.figures import verdict
from tests.engine.parts import free_port
from tests.engine.services import running_postgres, running_redis

PAGES, SECONDS, HOSTS = 1000, 20, 1000
PEOPLE = 100
OPENS, SETTLES = 10.0, 5.0  # seconds
EVERY, PATIENCE = 1.0, 3  # as static/js/live.js has them
BUDGET = 1.0  # seconds
SERVER = (
    "gunicorn",
    "secdash.wsgi:application",
    "--workers",
    "2",
    "--threads",
    "4",
)


class Page(NamedTuple):
    """Which address it asks, and as whom."""

    path: str
    cookie: str


class Answer(NamedTuple):
    status: int
    began: float
    seconds: float


@contextmanager
def serving(port: int, redis: str) -> Iterator[subprocess.Popen[bytes]]:
    """As the Dockerfile starts it, but for where its heartbeat is kept."""
    words = [sys.executable, "-m", *SERVER, "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    running = subprocess.Popen(words, env={**os.environ, "REDIS_URL": redis})
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lines: Iterable[str]) -> dict[str, str]:
    """The headers of the answer, in small letters; its status under "status". The body is read and dropped."""
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
    await reader.readexactly(int(told.get("content-length", 0)))
    return {**told, "status": first.split(" ")[1]}


class Asking:
    """One open page."""

    def __init__(self, port: int, page: Page) -> None:
        self._port = port
        self._page = page
        self._mark = self._ticket = ""
        self.answers: list[Answer] = []

    async def until(self, ends: float, first: float) -> None:
        await asyncio.sleep(first)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while (began := time.time()) < ends:
            try:
                told = await ask(reader, writer, self._question())
            except (asyncio.IncompleteReadError, ConnectionError):  # gunicorn ends connections that rest for long
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                continue
            taken = time.time() - began
            self._keep(told)
            self.answers.append(Answer(int(told["status"]), began, taken))
            await asyncio.sleep(max(EVERY - taken, PATIENCE * taken))
        writer.close()

    def _question(self) -> Iterator[str]:
        yield f"GET {self._page.path}{f'?mark={self._mark}' if self._mark else ''} HTTP/1.1"
        yield "Host: 127.0.0.1"
        yield f"Cookie: {self._page.cookie}"
        yield "HX-Request: true"
        if self._ticket:
            yield f"X-Ticket: {self._ticket}"

    def _keep(self, told: dict[str, str]) -> None:
        if told["status"] == "200":
            self._mark = told.get("x-mark", "")
        self._ticket = told.get("x-ticket", self._ticket)


def signed_in(people: int) -> list[str]:
    """The cookies of people who see every host."""
    from django.conf import settings
    from django.test import Client

    from secdash.accounts.models import User

    cookies = []
    for number in range(people):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.create(username=f"reader-{number}"))
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


async def move(hosts: Sequence[int], ends: float) -> None:
    """A critical finding a second opens again, which an overview shows first."""
    while time.time() < ends:
        await asyncio.to_thread(step, secrets.choice(hosts))
        await asyncio.sleep(1)


def step(host: int) -> None:
    from django.utils import timezone

    from secdash.checks.outcome import Severity
    from secdash.findings.models import Finding, State, Transition, Why

    finding, now = Finding.objects.filter(host=host, state=State.OPEN, severity=Severity.CRITICAL)[0], timezone.now()
    Finding.objects.filter(pk=finding.pk).update(opened_at=now)
    Transition.objects.create(finding=finding, at=now, was=State.RESOLVED, now=State.OPEN, why=Why.REOPENED)


class Used(NamedTuple):
    """Seconds of the processor's time."""

    web: float
    database: float
    redis: float
    asking: float


class Load:
    """All pages, and what they make everybody work."""

    def __init__(self, port: int, server: int, redis: int, cookies: Sequence[str]) -> None:
        self._port, self._server, self._redis = port, server, redis
        self._cookies = cookies
        self._database = Postgres()

    def used(self) -> Used:
        web = [self._server, *(pid for pid in pids() if parent(pid) == self._server)]
        return Used(sum(map(processor, web)), self._database.processor(), processor(self._redis), time.process_time())

    def run(self, name: str, pages: int, seconds: int, hosts: Sequence[int] = (), path: str = "/changes/") -> float:
        """What pages at this address are answered, written down; the 95th percentile of an answer's seconds."""
        asking = [Asking(self._port, Page(path, self._cookies[n % len(self._cookies)])) for n in range(pages)]
        begun, worked = asyncio.run(self._all(asking, seconds, hosts))
        answers = [answer for each in asking for answer in each.answers if answer.began >= begun]
        return report(name, answers, seconds, worked)

    async def _all(self, asking: Sequence[Asking], seconds: int, hosts: Sequence[int]) -> tuple[float, Used]:
        """They open one after another, and are measured once all are open and have their lines."""
        ends = time.time() + OPENS + SETTLES + seconds
        looks = [each.until(ends, number * OPENS / len(asking)) for number, each in enumerate(asking)]
        looks += [move(hosts, ends)] if hosts else []
        measuring = asyncio.create_task(self._measured(seconds))
        await asyncio.gather(*looks)
        return await measuring

    async def _measured(self, seconds: int) -> tuple[float, Used]:
        await asyncio.sleep(OPENS + SETTLES)
        before, begun = self.used(), time.time()
        await asyncio.sleep(seconds)
        return begun, Used(*(now - then for now, then in zip(self.used(), before, strict=True)))


def report(name: str, answers: Sequence[Answer], taken: float, worked: Used) -> float:
    """Written down; the 95th percentile of an answer's seconds."""
    seconds = sorted(answer.seconds for answer in answers)
    new = sum(answer.status == 200 for answer in answers)
    other = sum(answer.status not in (200, 204) for answer in answers)
    slow = seconds[int(0.95 * len(seconds))]
    cores = (worked.web + worked.database + worked.redis) / taken
    each = [1000 * part / len(answers) for part in worked]
    print(
        f"{name:<34}{len(answers) / taken:>7.0f}{new / taken:>8.0f}{slow:>8.2f}s"
        f"{each[0]:>8.2f}{each[1]:>7.2f}{each[2]:>7.2f}{each[3]:>7.2f}{cores:>8.2f}"
    )
    if other:
        raise SystemExit(f"{other} answers were neither new lines nor that there are none")
    return slow


def main(pages: int, seconds: int, count: int) -> int:
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as place, ExitStack() as parts:
        from bench.fleet import prepare

        os.environ["SECDASH_SECRET_KEY"] = secrets.token_urlsafe(48)
        prepare(parts.enter_context(running_postgres()), place)
        redis, port = parts.enter_context(running_redis()), free_port()
        hosts, cookies = populate(count, Path(place)), signed_in(PEOPLE)
        server = parts.enter_context(serving(port, redis))
        wait_for(port)
        load = Load(port, server.pid, listening("redis-server"), cookies)
        print(f"{pages} open pages, {count} hosts, {PEOPLE} people; processor in ms an answer")
        print(f"{'':<34}{'a s':>7}{'new':>8}{'95 %':>9}{'web':>8}{'Pg':>7}{'Redis':>7}{'asking':>7}{'cores':>8}")
        load.run("floor: that the process lives", pages, seconds, path="/health/live")
        slow = load.run("nothing moves", pages, seconds)
        load.run("something moves each second", pages, seconds, hosts)
    return verdict(kept=slow <= BUDGET, judged=pages >= PAGES)


def wait_for(port: int) -> None:
    from http.client import HTTPConnection

    for _ in range(100):
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("gunicorn does not answer")


def listening(name: str) -> int:
    """Our child of that name."""
    for pid in pids():
        with suppress(OSError):
            if parent(pid) == os.getpid() and Path(f"/proc/{pid}/comm").read_text().strip() == name:
                return pid
    raise SystemExit(f"{name} is not there")


if __name__ == "__main__":
    sys.exit(main(*([int(word) for word in sys.argv[1:]] or [PAGES, SECONDS, HOSTS])))
