"""The commands of docker-compose.yml, run as they stand there: each service is healthy and does its own part."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest
import yaml
from kombu import Connection

from secdash.celery import app
from secdash.environment import BASE
from tests.engine import parts
from tests.flows import made_once, product
from tests.messaging.receivers import MailServer, a_mail_server

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("compose")]
KEY = "the same long random text in every process of this test"
OURS = ("worker", "watcher", "sender", "beat")
# A machine of its own name, as a container is: that is how workers are told from each other.
ALONE = ("unshare", "--uts", "sh", "-c", 'hostname "$HOSTNAME" && exec "$@"', "sh")
PING = "import redis, sys; print(redis.Redis.from_url(sys.argv[1]).ping())"
OWN_NETWORK = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
ADA_FORGOT_HER_PASSWORD = """
from secdash.accounts.models import User
from secdash.accounts.tasks import mail_reset
from secdash.fleet import services
from django.utils import timezone
User.objects.create_user("ada", "ada@example.org", "a long enough phrase")
services.register("nobody", kind="unix", address="/nonexistent/docker.sock", at=timezone.now())
mail_reset.delay("ada", "en")
"""


class Stack(msgspec.Struct, frozen=True):
    folder: Path
    seen: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]]
    post: MailServer

    def is_healthy(self, name: str) -> bool:
        """What Docker would find."""
        kind, *words = declared(name, self.folder)["healthcheck"]["test"]
        command = ["sh", "-c", words[0].replace("$$", "$")] if kind == "CMD-SHELL" else words
        return subprocess.run(command, cwd=BASE, env=of(name, self.seen), capture_output=True).returncode == 0


def declared(name: str, folder: Path) -> dict[str, object]:
    """The service, whose /tmp is a folder of the test."""
    text = (BASE / "docker-compose.yml").read_text().replace("/tmp/", f"{folder}/")
    return yaml.safe_load(text)["services"][name]


def of(name: str, seen: dict[str, str]) -> dict[str, str]:
    return {**seen, "HOSTNAME": name}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Stack]:
    parts.require_programs("unshare", "setpriv")
    parts.require(os.geteuid() == 0, "naming a machine needs root")
    folder = tmp_path_factory.mktemp("stack")
    data = folder / "data"
    data.mkdir()
    with a_mail_server() as post, ExitStack() as ending:
        mail = f"smtp://{post.settings['host']}:{post.settings['port']}"
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        servers = {"REDIS_URL": redis_url.replace("/0", "/9"), "SECDASH_MAIL_URL": mail, "PATH": path}
        seen = product.environment(data, SECDASH_SECRET_KEY=KEY, **servers)
        made_once.prepare(data, made_once.MIGRATE)
        running = {}
        for name in OURS:
            running[name] = start(name, folder, seen)
            ending.callback(lambda name=name: parts.stop(running[name]))
            assert parts.wait_until(partial(is_itself, running[name].pid), running[name])
        yield Stack(folder, seen, running, post)


def start(name: str, folder: Path, seen: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [*ALONE, *declared(name, folder)["command"]]
    with (folder / f"{name}.log").open("wb") as log:
        return parts.start(command, cwd=BASE, env=of(name, seen), stdin=subprocess.DEVNULL, stdout=log, stderr=log)


@contextmanager
def a_worker(stack: Stack) -> Iterator[None]:
    """The one of the stack; another one where the test that stops it came first."""
    if stack.running["worker"].poll() is None:
        yield
        return
    stack.running["worker"] = start("worker", stack.folder, stack.seen)
    try:
        yield
    finally:
        parts.stop(stack.running["worker"])


def is_itself(pid: int) -> bool:
    """Past the programs that prepare its place."""
    return product.command_of(pid).split(" ")[0] not in ("", "setpriv", "unshare", "sh")


def test_its_redis_is_healthy_and_lets_in_who_knows_the_password(tmp_path: Path) -> None:
    """As drawn by deploy/make-secrets, in a network of its own, where nobody else has the port."""
    parts.require_programs("unshare", "nsenter", "setpriv", "redis-server", "redis-cli", "ip")
    parts.require(os.geteuid() == 0, "a network of one's own needs root")
    shutil.copy(BASE / "deploy" / "make-secrets", tmp_path)
    subprocess.run(["sh", str(tmp_path / "make-secrets")], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    text = (BASE / "docker-compose.yml").read_text().replace("/run/secrets", f"{tmp_path}/secrets").replace("$$", "$")
    redis = yaml.safe_load(text)["services"]["redis"]
    url = (tmp_path / "secrets" / "redis_url").read_text().replace("@redis:", "@127.0.0.1:")
    with (tmp_path / "log").open("wb") as log:
        process = parts.start([*OWN_NETWORK, *redis["command"]], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=log)
    beside = ("nsenter", "--target", str(process.pid), "--net")

    def says(*command: str) -> str:
        done = subprocess.run([*beside, *command], capture_output=True, text=True, check=False)
        return f"{done.returncode} {done.stdout.strip()}"

    try:
        assert parts.wait_until(lambda: says(sys.executable, "-c", PING, url) == "0 True", process)
        assert says("sh", "-c", redis["healthcheck"]["test"][1]) == "0 "
        assert "NOAUTH" in says("redis-cli", "get", "x")
    finally:
        parts.stop(process)


class Malicious:
    """Who unpickles it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_a_worker_takes_no_pickled_message(stack: Stack) -> None:
    """Whoever can write to the queue runs no code in who reads it."""
    ran, log = stack.folder / "ran", stack.folder / "worker.log"
    with Connection(stack.seen["REDIS_URL"]) as there:
        app.send_task(
            "secdash.scans.tasks.run_scan", [Malicious(ran)], serializer="pickle", connection=there, queue="secdash"
        )

    with a_worker(stack):
        assert product.eventually(lambda: "ContentDisallowed" in log.read_text(), within=150), log.read_text()
        assert not ran.exists()
        assert product.eventually(partial(stack.is_healthy, "worker"), within=150)


def test_every_service_is_healthy_and_does_its_part_and_no_worker_stands_in_for_another(stack: Stack) -> None:
    """Beat asks, the worker scans, and the sender, which alone reaches out, mails."""
    product.run(stack.seen, (("shell", "--command", ADA_FORGOT_HER_PASSWORD),))

    assert product.eventually(lambda: stack.post.came, within=60)
    assert product.eventually(lambda: states(stack) == [("failed",)], within=60)
    for name in OURS:
        assert product.eventually(partial(stack.is_healthy, name), within=60), name
    assert "mail_reset" in (stack.folder / "sender.log").read_text()
    assert "run_scan" in (stack.folder / "worker.log").read_text()

    parts.stop(stack.running["worker"])
    assert not stack.is_healthy("worker")
    assert product.eventually(lambda: stack.is_healthy("sender"), within=60)


def states(stack: Stack) -> list[tuple[object, ...]]:
    return product.rows(stack.folder / "data", "SELECT state FROM scans_scan")
