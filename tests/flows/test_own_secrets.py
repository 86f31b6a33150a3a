"""Forty credentials of the product itself are planted: none stands in its database, log, processes, queue or errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
import redis
import requests

from secdash.environment import BASE
from tests.engine import parts
from tests.engine.services import postgres_program, running_redis
from tests.flows import product, unpacking

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("own secrets")]
MANY = {"tls key": 6, "ssh key": 6, "passphrase": 6, "channel": 10, "password": 5}
OPEN = {"SECDASH_OIDC_ISSUER": "http://127.0.0.1:9/realm", "SECDASH_OIDC_CLIENT_ID": "secdash"}
WORKER = ("celery", "-A", "secdash", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle")
FEWEST = 40


class Run(msgspec.Struct, frozen=True):
    """A product that used its credentials, and what could be read of it from outside."""

    planted: dict[str, str]
    database: bytes
    log: str
    processes: str
    queue: bytes
    error: requests.Response
    away: requests.Response

    def among(self, text: str | bytes) -> list[str]:
        """What each credential that stands there was planted as, also where it is packed."""
        said = list(unpacking.layers(text.encode() if isinstance(text, str) else text))
        return [
            where
            for marker, where in self.planted.items()
            if any(form in layer for form in unpacking.forms(marker) for layer in said)
        ]


class Planting:
    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def one(self, where: str) -> str:
        marker = f"oW{len(self.planted):02}Kx4vN8sR2tQ7zL5"
        self.planted[marker] = where
        return marker


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Run]:
    planting, folder = Planting(), tmp_path_factory.mktemp("own")
    database = OwnDatabase.made(postgres_url, planting.one("password of the database"))
    with running_redis() as url:
        queue_url = guarded(url, planting.one("password of the queue"))
        servers = files_of(settings_with_secrets(planting, queue_url, database.url), folder)
        given = {kind: [planting.one(f"{kind} {n}") for n in range(number)] for kind, number in MANY.items()}
        plant(given, product.environment(folder, **servers, **OPEN))
        queue = whole_queue(servers)
        with product.services(folder, (WORKER,), SECDASH_LOG_LEVEL="DEBUG", **servers, **OPEN) as running:
            error = used(running, given, planting)
            assert parts.wait_until(lambda: all_done(database), running.process, within=60), running.said
            dumped = database.dump()
            away = asked_without(database, running, given["password"][0])
            yield Run(
                planted=planting.planted,
                database=dumped,
                log=running.said,
                processes=tell_of_all(running),
                queue=queue + whole_queue(servers),
                error=error,
                away=away,
            )


class OwnDatabase(msgspec.Struct, frozen=True):
    """A database whose owner, unlike the other users of this server, is asked for a password."""

    server: str
    url: str

    @classmethod
    def made(cls, server: str, password: str) -> OwnDatabase:
        with psycopg.connect(server, autocommit=True) as connection:
            for words in (
                "DROP DATABASE IF EXISTS keeper",
                "DROP ROLE IF EXISTS keeper",
                f"CREATE ROLE keeper LOGIN PASSWORD '{password}'",
                "CREATE DATABASE keeper OWNER keeper",
            ):
                connection.execute(words)
            [[rules]] = connection.execute("SHOW hba_file").fetchall()
            before = Path(rules).read_text()
            Path(rules).write_text(f"host all keeper 127.0.0.1/32 scram-sha-256\n{before}")
            connection.execute("SELECT pg_reload_conf()")
        assert product.eventually(lambda: refuses_strangers(server))
        return cls(server, server.replace("secdash@", f"keeper:{password}@").replace("/postgres", "/keeper"))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def dump(self) -> bytes:
        """As an administrator makes it, and the files of the tables: what was written over stands there for a while."""
        dumped = subprocess.run(
            [postgres_program("pg_dump"), "--inserts", self.url], capture_output=True, check=True
        ).stdout
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            [[folder]] = connection.execute("SHOW data_directory").fetchall()
            [[oid]] = connection.execute("SELECT oid FROM pg_database WHERE datname = 'keeper'").fetchall()
        return dumped + b"".join(path.read_bytes() for path in (Path(folder) / "base" / str(oid)).iterdir())

    def close(self) -> None:
        """It answers nobody any more, and says so."""
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute("ALTER DATABASE keeper ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'keeper'")


def refuses_strangers(server: str) -> bool:
    try:
        psycopg.connect(server.replace("secdash@", "keeper:wrong@")).close()
    except psycopg.OperationalError:
        return True
    return False


def settings_with_secrets(planting: Planting, redis_url: str, database_url: str) -> dict[str, str]:
    long = "a-long-random-text-of-forty-characters-and-more"
    return {
        "SECDASH_SECRET_KEY": f"{long}-{planting.one('secret key')}",
        "SECDASH_SEALING_KEYS": f"{long}-{planting.one('first sealing key')},{planting.one('second sealing key')}",
        "SECDASH_MAIL_URL": f"smtp://me:{planting.one('mail password')}@127.0.0.1:9",
        "SECDASH_OIDC_CLIENT_SECRET": planting.one("secret of the provider's client"),
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
    }


def guarded(url: str, password: str) -> str:
    """The same server, which asks for a password from now on."""
    with redis.Redis.from_url(url) as server:
        server.config_set("requirepass", password)
    return url.replace("redis://", f"redis://:{password}@")


def files_of(settings: dict[str, str], folder: Path) -> dict[str, str]:
    """Each in a file, as container secrets are given."""
    for name, value in settings.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
    return {f"{name}_FILE": str(folder / name) for name in settings}


def plant(given: dict[str, list[str]], seen: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tests.flows.planting"]
    done = subprocess.run(command, cwd=BASE, env=seen, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def used(running: product.Product, given: dict[str, list[str]], planting: Planting) -> requests.Response:
    """Somebody signs in with a planted password, after typing another one into the wrong field; and an error."""
    session, login = requests.Session(), f"{running.url}/accounts/login/"
    session.get(login, timeout=60)
    wrong = {"username": planting.one("password in the field of the name"), "password": planting.one("wrong password")}
    product.press(session, login, **wrong)
    answer = product.press(session, login, username="member-0", password=given["password"][0])
    assert answer.ok
    planting.planted[session.cookies["sessionid"]] = "session"
    headers = {"Authorization": f"Bearer {planting.one('token of a program')}", "Host": "evil.example"}
    product.press(session, f"{running.url}/accounts/oidc/login/")  # of which nobody answers for the provider
    return session.get(f"{running.url}/?key={'x'}", headers=headers, timeout=60)


def asked_without(database: OwnDatabase, running: product.Product, password: str) -> requests.Response:
    """What who signs in is told while the database is away."""
    session, login = requests.Session(), f"{running.url}/accounts/login/"
    session.get(login, timeout=60)
    database.close()
    return product.press(session, login, username="member-0", password=password)


def all_done(database: OwnDatabase) -> bool:
    """Every scan and every message has failed: nobody listens where they go."""
    scans = database.rows("SELECT COUNT(*) FROM scans_scan WHERE state <> 'failed'")
    sent = database.rows("SELECT COUNT(*) FROM messaging_delivery WHERE attempts = 0")
    return (scans, sent) == ([(0,)], [(0,)])


def tell_of_all(running: product.Product) -> str:
    """What `ps` shows of each process, and what each was given: also children of children."""
    told = []
    for process in running.processes:
        for pid in descendants(process.pid):
            told += [(Path("/proc") / str(pid) / name).read_text(errors="replace") for name in ("cmdline", "environ")]
    assert len(told) > 6
    return "\n".join(told)


def descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += descendants(int(child))
    return found


def whole_queue(servers: dict[str, str]) -> bytes:
    with redis.Redis.from_url(Path(servers["REDIS_URL_FILE"]).read_text()) as server:
        return everything_in(server)


def everything_in(server: redis.Redis) -> bytes:
    """Every key with all that is under it."""
    return b"\n".join(key + b"\n" + plainly(server, key) for key in server.scan_iter())


def plainly(server: redis.Redis, key: bytes) -> bytes:
    read = {
        b"string": lambda: server.get(key),
        b"list": lambda: b"\n".join(server.lrange(key, 0, -1)),
        b"set": lambda: b"\n".join(server.smembers(key)),
        b"hash": lambda: b"\n".join(server.hvals(key)),
        b"zset": lambda: b"\n".join(server.zrange(key, 0, -1)),
    }
    return read[server.type(key)]() or b""


def test_forty_credentials_are_planted_and_used(run: Run) -> None:
    assert len(run.planted) >= FEWEST
    assert b"tls-5" in run.database
    assert b"run_scan" in run.queue
    assert "DEBUG" in run.log
    assert "celery" in run.processes


def test_a_dump_of_the_database_holds_no_credential(run: Run) -> None:
    """But for keys of sessions, which Django keeps as they are: docs/security.md says so."""
    assert [where for where in run.among(run.database) if where != "session"] == []


def test_no_command_line_and_no_environment_that_others_read_holds_one(run: Run) -> None:
    assert run.among(run.processes) == []


def test_the_queue_and_the_cache_hold_none(run: Run) -> None:
    assert run.among(run.queue) == []


def test_the_log_and_the_page_of_an_error_hold_none(run: Run) -> None:
    assert run.error.status_code == 400
    assert run.among(run.log) == []
    assert run.among(run.error.content) == []


def test_nor_does_what_is_said_while_the_database_is_away(run: Run) -> None:
    assert run.away.status_code == 503
    assert "not currently accepting connections" in run.log
    assert run.among(run.away.content) == []
