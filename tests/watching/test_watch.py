"""`manage.py watch` in processes of its own, beside a real Engine: what happens there is known without a scan."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard

from secdash.environment import BASE
from secdash.facts.model import load
from tests.engine import parts
from tests.engine.dockerd import running_dockerd
from tests.engine.recording_proxy import recording
from tests.fixes import on_engine
from tests.flows import made_once
from tests.flows import product as products
from tests.flows.product import eventually, rows

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("watch")]

NAME = "fresh"
TOLD = "select state, has_gap, reconnects, error, scan_due_at from watching_watch w join fleet_host h on h.id = host_id"
HOSTS = ("web-01", "web-02", "web-03", "web-04")


def world(data, *words):
    seen = products.environment(data)
    done = subprocess.run(
        [sys.executable, "-m", "tests.watching.world", *words], cwd=BASE, env=seen, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def watching(data, number=1, lookers=0):
    log = data.with_name("watch.log")
    seen = products.environment(data, SECDASH_WATCH_LEASE="4", SECDASH_WATCH_PROCESSES=str(lookers))
    processes = [products.start(seen, log, "manage.py", "watch") for _ in range(number)]
    try:
        yield processes
    finally:
        for process in processes:
            parts.stop(process, within=10)


def lookers(process):
    """The processes that look for this one."""
    below = products.family(process.pid)
    return [pid for pid in below if "secdash.watching.looker" in products.command_of(pid)]


def states(data):
    return [state for (state,) in rows(data, "select state from watching_watch order by id")]


def attempts(data):
    """How often each was found broken, at least: more than once, and it is no proxy that cut it."""
    return rows(data, "select min(reconnects) from watching_watch")[0][0]


def owners(data):
    held = rows(data, "select owner, count(*) from watching_watch where owner != '' group by owner")
    return sorted(number for _owner, number in held)


def finding(data, check="no-memory-limit", key=NAME):
    found = rows(data, "select check_name, subject_key, state from findings_finding")
    return [state for *which, state in found if which == [check, key]]


def due(data):
    query = "select count(*) from fleet_host where scan_due_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 second')"
    return rows(data, query)[0][0]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A database with four hosts, all of them behind one link, which leads nowhere yet."""
    place = tmp_path_factory.mktemp("watch")
    (place / "prepared").mkdir()
    made_once.prepare(place / "prepared", made_once.MIGRATE)
    world(place / "prepared", "register", str(place / "docker.sock"), *HOSTS)
    return place


@pytest.fixture
def data(prepared, tmp_path):
    return Path(shutil.copytree(prepared / "prepared", tmp_path / "data"))


@pytest.fixture
def link(prepared):
    yield prepared / "docker.sock"
    (prepared / "docker.sock").unlink(missing_ok=True)


def test_what_happens_on_an_engine_is_known_at_once_and_a_restart_leaves_no_gap(data, link, dockerd):
    with running_dockerd() as first:
        first.import_image()
        link.symlink_to(first.socket)
        with watching(data, lookers=2) as (watch,):
            assert eventually(lambda: states(data) == ["watching"] * 4), states(data)
            assert eventually(lambda: due(data) == 4)
            world(data, "scan-due")

            first.docker("run", "--detach", "--name", NAME, "bb:1", "sleep", "600")
            assert eventually(lambda: finding(data) == ["open"] * 4)
            assert rows(data, "select containers from scans_scan order by id desc limit 1") == [(1,)]

            [dies, _lives] = lookers(watch)
            os.kill(dies, signal.SIGKILL)
            first.docker("update", "--memory", "64m", "--memory-swap", "64m", NAME)
            assert eventually(lambda: finding(data) == ["resolved"] * 4)
            assert finding(data, "writable-root-filesystem") == ["open"] * 4
            assert eventually(lambda: len(lookers(watch)) == 2)

            first.docker("rm", "--force", NAME)
            assert eventually(lambda: finding(data, "writable-root-filesystem") == ["resolved"] * 4)
            assert rows(data, "select count(*) from scans_scan where trigger != 'live'") == [(8,)]

            first.kill()
            assert eventually(lambda: attempts(data) > 1), rows(data, TOLD)
            assert states(data) == ["broken"] * 4
            on_engine.create(dockerd, NAME, ["bb:1"])
            try:
                link.unlink()
                link.symlink_to(dockerd.socket)
                assert eventually(lambda: states(data) == ["watching"] * 4), states(data)
                assert eventually(lambda: due(data) == 4), rows(data, TOLD)
                world(data, "scan-due")
            finally:
                on_engine.remove(dockerd, NAME)

    assert finding(data) == ["open"] * 4
    assert states(data) == ["waiting"] * 4
    assert rows(data, "select count(*) from watching_watcher") == [(0,)]


def test_two_share_the_hosts_and_the_other_takes_over_from_one_that_is_killed(data, link, dockerd):
    link.symlink_to(dockerd.socket)
    with watching(data, 2, lookers=1) as (one, _other):
        assert eventually(lambda: owners(data) == [2, 2]), owners(data)

        [looker] = lookers(one)
        os.kill(one.pid, signal.SIGKILL)
        one.wait(10)

        assert eventually(lambda: owners(data) == [4]), owners(data)
        assert eventually(lambda: not products.command_of(looker)), "it looks on for nobody"
        assert eventually(lambda: states(data) == ["watching"] * 4)


def attached(data, network):
    """How many containers are on it, by each host's newest scan that has such a network."""
    kept = (
        "select content from scans_snapshot s join scans_scan c on c.snapshot_id = s.id "
        "where c.id in (select max(id) from scans_scan group by host_id)"
    )
    seen = (load(zstandard.decompress(content)) for (content,) in rows(data, kept))
    return [len(each.containers) for facts in seen for each in facts.networks if each.name == network]


def test_what_joins_and_leaves_networks_is_followed_and_the_watch_sends_nothing_but_questions(data, link, dockerd):
    with recording(dockerd.socket) as recorded:
        link.symlink_to(recorded.path)
        try:
            with watching(data):
                assert eventually(lambda: states(data) == ["watching"] * 4), states(data)
                assert eventually(lambda: due(data) == 4)
                world(data, "scan-due")
                dockerd.docker("run", "--detach", "--name", NAME, "bb:1", "sleep", "600")
                assert eventually(lambda: finding(data) == ["open"] * 4)
                assert attached(data, "bridge") == [1] * 4

                dockerd.docker("network", "create", "--subnet", "10.98.0.0/24", "joined")
                dockerd.docker("network", "connect", "joined", NAME)
                assert eventually(lambda: attached(data, "joined") == [1] * 4), attached(data, "joined")
                dockerd.docker("network", "disconnect", "joined", NAME)
                assert eventually(lambda: attached(data, "joined") == [0] * 4), attached(data, "joined")

                dockerd.docker("rm", "--force", NAME)
                dockerd.docker("network", "rm", "joined")
                assert eventually(lambda: finding(data) == ["resolved"] * 4)
                assert eventually(lambda: attached(data, "joined") == []), attached(data, "joined")
                assert attached(data, "bridge") == [0] * 4
        finally:
            on_engine.remove(dockerd, NAME)

    assert {method for method, _path in recorded.requests} <= {"GET", "HEAD"}
    assert len(recorded.requests) == sum(sent.count(b"HTTP/1.1\r\n") for sent in recorded.sent)
    asked = {path.partition("?")[0].rpartition("/")[2] for _method, path in recorded.requests}
    assert {"events", "json", "top"} <= asked
