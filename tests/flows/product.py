"""The product in processes of its own, started as people start it, for tests of whole flows."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec
import requests

from secdash.environment import BASE
from tests.engine import parts

NO_ENGINE = "unix:///nonexistent/docker.sock"
MINUTE = 60.0
PATIENCE = 3 * MINUTE  # with what a machine may have to do besides
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
LINK = re.compile(r"http://\S+/accounts/welcome/\S+")
PASSWORD = "a long enough phrase"


class Product(msgspec.Struct, frozen=True):
    """Processes that run together; the first is the one that people talk to. `log` takes what all of them say."""

    url: str
    processes: tuple[subprocess.Popen[bytes], ...]
    log: Path
    environment: Mapping[str, str]

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return self.processes[0]

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def link(self) -> str:
        """The newest one-time link that was printed."""
        return LINK.findall(self.said)[-1]

    def wait_for(self, text: str, *, within: float = PATIENCE) -> None:
        assert parts.wait_until(lambda: text in self.said, self.process, within=within), self.said

    def manage(self, *words: str) -> str:
        """What a command of manage.py printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=BASE, env=dict(self.environment), capture_output=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def ask(self, path: str) -> requests.Response:
        return requests.get(self.url + path, timeout=30, allow_redirects=False)

    def stop(self, number: int = signal.SIGINT, *, within: float = 20) -> float:
        """Ask the first process to end; the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(within)
        return time.monotonic() - began


def environment(data: Path, *, engine: str = NO_ENGINE, **more: str) -> dict[str, str]:
    """What the product sees: nothing of the tests' own environment but what every program needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ours = {"SECDASH_DATA": str(data), "PORT": str(parts.free_port()), "DOCKER_HOST": engine, "PYTHONUNBUFFERED": "1"}
    ours["SECDASH_WATCH"] = "0"  # nothing happens but what a test asks for, unless it says otherwise
    return {**kept, **ours, **more}


def start(seen: Mapping[str, str], log: Path, *words: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return parts.start(
            [sys.executable, *words], cwd=BASE, env=dict(seen), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )


@contextmanager
def up(data: Path, *options: str, engine: str = NO_ENGINE, **more: str) -> Iterator[Product]:
    """`manage.py up`, from its first moment on."""
    parts.require_programs("setpriv")
    seen = environment(data, engine=engine, **more)
    log = data.with_name(f"{data.name}.{seen['PORT']}.log")
    process = start(seen, log, "manage.py", "up", *options)
    try:
        yield Product(f"http://127.0.0.1:{seen['PORT']}", (process,), log, seen)
    finally:
        parts.stop(process, within=25)


@contextmanager
def services(folder: Path, commands: Sequence[Sequence[str]], **more: str) -> Iterator[Product]:
    """Web first, then what else runs beside it, each in a process of its own as docker-compose.yml has them."""
    parts.require_programs("setpriv")
    seen = environment(folder, **more)
    log = folder / "services.log"
    with ExitStack() as running:
        processes = []
        for command in (("gunicorn", "secdash.wsgi", "--bind", f"127.0.0.1:{seen['PORT']}", *WEB), *commands):
            processes.append(start(seen, log, "-m", *command))
            running.callback(parts.stop, processes[-1])
        product = Product(f"http://127.0.0.1:{seen['PORT']}", tuple(processes), log, seen)
        assert parts.wait_until(lambda: _healthy(product), processes[0], within=PATIENCE), product.said
        yield product


WEB = ("--workers", "1", "--threads", "8", "--log-level", "warning", "--graceful-timeout", "2")


def _healthy(product: Product) -> bool:
    try:
        return product.ask("/healthz").ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def run(seen: Mapping[str, str], commands: Sequence[Sequence[str]]) -> None:
    for words in commands:
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=BASE, env=dict(seen), capture_output=True)
        assert done.returncode == 0, done.stderr.decode()


def choose_password(link: str) -> requests.Session:
    """Follow a one-time link and choose a password: signed in afterwards, as in a browser."""
    session = requests.Session()
    form = session.get(link, timeout=30)
    answer = press(session, form.url, new_password1=PASSWORD, new_password2=PASSWORD)
    assert answer.ok
    assert "sessionid" in session.cookies, answer.text
    return session


def press(session: requests.Session, url: str, **fields: str) -> requests.Response:
    """Send a form as the page of this person would."""
    sent = {"csrfmiddlewaretoken": session.cookies["csrftoken"], **fields}
    return session.post(url, data=sent, timeout=60)


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    """What the embedded database holds at this moment."""
    with closing(sqlite3.connect(data / "secdash.sqlite3", timeout=20)) as database:
        return database.execute(query).fetchall()


def family(pid: int) -> dict[int, str]:
    """The living descendants of a process and their command lines."""
    found: dict[int, str] = {}
    for child in _children(pid):
        if command := command_of(child):
            found[child] = command
        found |= family(child)
    return found


def alive(pids: Mapping[int, str]) -> dict[int, str]:
    """Those that still run the same program."""
    now = {pid: command_of(pid) for pid in pids}
    return {pid: command for pid, command in now.items() if command and command == pids[pid]}


def eventually(true: Callable[[], bool], *, within: float = MINUTE) -> bool:
    deadline = time.monotonic() + within
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def command_of(pid: int) -> str:
    """What the process was started with; nothing for one that has ended."""
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(word) for task in tasks.glob("*/children") for word in _read(task).split()]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
