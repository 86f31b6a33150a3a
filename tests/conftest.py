"""What every test gets: no network but loopback, no process left behind, and the real parts it asks for."""

from __future__ import annotations

import ctypes
import gc
import ipaddress
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import settings as examples
from whitenoise.middleware import WhiteNoiseMiddleware

from secdash.audit import append_only
from secdash.web.drawing_once import drawn
from tests import queueing
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.engine.ports import TlsEngine, running_tls_dockerd
from tests.engine.services import SshServer, running_postgres, running_redis, running_sshd
from tests.flows import made_once

# --- order --------------------------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one worker must do alone comes first, so that no worker is left with minutes of it when the others end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish() -> None:
    """Twelve thousand tests and what they import stay until the end: the collector need not walk them in each."""
    gc.collect()
    gc.freeze()


LONGEST_NAME = 80  # characters of a parameter in a test's name


def pytest_make_parametrize_id(val: object) -> str | None:
    """A parameter of ten million characters is no name: xdist sends each test's to and fro six times."""
    long = isinstance(val, str | bytes) and len(val) > LONGEST_NAME
    return f"{val[:LONGEST_NAME]!r}..." if long else None


# A busy machine is no fault of the code: no example fails for the time that it takes.
examples.register_profile("secdash", deadline=None)
examples.load_profile("secdash")


# --- real parts ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def dockerd() -> Iterator[Dockerd]:
    """One Engine for all tests of this process, with the image bb:1. Remove what you create in it."""
    with running_dockerd() as engine:
        engine.import_image()
        yield engine


@pytest.fixture(scope="session")
def tls_engine() -> Iterator[TlsEngine]:
    """One Engine behind mutual TLS for all tests of this process."""
    with running_tls_dockerd() as engine:
        yield engine


@pytest.fixture(scope="session")
def engine_socket(dockerd: Dockerd) -> Path:
    return dockerd.socket


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def sshd() -> Iterator[SshServer]:
    with running_sshd() as server:
        yield server


# --- what is the same for every test is made once -------------------------------------------------------------------


def _of_this_run(factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp()
    return made_once.run_folder(base / "any") or base


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The tables are there already: each worker would make them anew, a quarter of a minute each."""
    asked = connection.creation
    if connection.vendor != "sqlite" or not asked.is_in_memory_db(asked._get_test_db_name()):
        yield
        return
    with closing(made_once.in_memory(_of_this_run(tmp_path_factory), asked._get_test_db_name())):
        yield


@pytest.fixture
def shipped_guide(db: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The guide that comes with secdash, for what is not about loading it: rendering it takes ten seconds."""
    made_once.copy_guide(_of_this_run(tmp_path_factory), connection)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Every test client makes the middleware anew, and WhiteNoise looks at each file: 35 ms, thousands of times."""
    listed: dict[tuple[Any, ...], dict[str, Any]] = {}
    look = WhiteNoiseMiddleware.add_files

    def add_files(self: WhiteNoiseMiddleware, *where: Any, **named: Any) -> None:
        key = (*where, *named.values())
        if key not in listed:
            look(self, *where, **named)
            listed[key] = dict(self.files)
        self.files.update(listed[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files", add_files)
        yield


# --- an audit log that the tests may empty -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit empty all tables behind them, which the log's triggers refuse; its own tests put them back."""
    with django_db_blocker.unblock():
        append_only.unguard(connection)


# --- nothing kept from another test -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Keys of rows begin anew with every test, and what is kept under them must not outlive them.

    Nor must the language of the last request: the test client answers in this thread.
    """
    cache.clear()
    drawn.forget()
    translation.deactivate()


# --- passwords that cost nothing ------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Argon2 takes a third of a second and 100 MB on purpose; most tests have people, and none guesses passwords."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.PASSWORD_HASHERS = hashers
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


# --- a queue without a server -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _queues_in_memory() -> Iterator[None]:
    with queueing.broker(queueing.IN_MEMORY):
        yield
        queueing.forget()


# --- no network but loopback --------------------------------------------------------------------------------------

INTERNET = (socket.AF_INET, socket.AF_INET6)


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    # A failure that `except Exception` lets through: no code under test can swallow it.
    pytest.fail(f"this test tried to reach {host!r}; tests may only use loopback")


def _guarded(name: str) -> Any:
    original = getattr(socket.socket, name)

    def guard(self: socket.socket, *args: Any) -> Any:
        address = args[-1] if args else None
        if self.family in INTERNET and isinstance(address, tuple) and not _is_loopback(str(address[0])):
            _refuse(address[0])
        return original(self, *args)

    return guard


def _resolving_only_here(original: Any) -> Any:
    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.endswith(".invalid"):  # reserved for names that never resolve (RFC 6761)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name is not None and not _is_loopback(name) and not _is_address(name):
            _refuse(name)
        return original(host, *args, **options)

    return getaddrinfo


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(name))
        patch.setattr(socket, "getaddrinfo", _resolving_only_here(socket.getaddrinfo))
        yield


# --- no process left behind ---------------------------------------------------------------------------------------

PR_SET_CHILD_SUBREAPER = 36
GRACE = 10.0  # seconds a process may take to be gone after its test
PYTHONS_OWN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
# A browser’s helper comes loose from it and lands at us a moment later, in whatever test that is; it ends with it.
BROWSERS_OWN = ("chrome_crashpad_handler",)


def running_children() -> dict[int, str]:
    """Command lines of this process's living children, and of those that their parents left to it."""
    found: dict[int, str] = {}
    for task in Path("/proc/self/task").iterdir():
        for word in _read(task / "children").split():
            command = _read(Path(f"/proc/{word}/cmdline")).replace("\0", " ").strip()
            if command and not any(
                own in command for own in (*PYTHONS_OWN, *BROWSERS_OWN)
            ):  # a zombie has no command line
                found[int(word)] = command
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _left_over(before: dict[int, str]) -> dict[int, str]:
    deadline = time.monotonic() + GRACE
    while (left := {pid: text for pid, text in running_children().items() if pid not in before}) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.02)
    return left


@pytest.fixture(scope="session", autouse=True)
def _adopts_orphans() -> None:
    """Processes whose parent dies come to us and not to init, so that a detached one is seen too."""
    if Path("/proc/self/task").is_dir():
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.fixture(autouse=True)
def _leaves_no_process(_adopts_orphans: None) -> Iterator[None]:
    """A test's own processes end with it; those of wider fixtures were there before it and stay."""
    before = running_children()
    yield
    left = _left_over(before)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    if left:
        pytest.fail(f"left running: {'; '.join(left.values())}", pytrace=False)
