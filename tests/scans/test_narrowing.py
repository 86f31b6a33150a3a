"""Looking again at one thing: what is asked, and that the answer is the one that a scan would give."""

from __future__ import annotations

import os

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import Check, judge
from secdash.checks.outcome import Severity, Status, fails_if
from secdash.facts.collect import collect
from secdash.facts.connect import Unreachable
from secdash.facts.files import machine
from secdash.facts.message import say
from secdash.facts.model import known
from secdash.facts.parse import parse
from secdash.facts.places import DAEMON_JSON, DOCKER_SOCKET
from secdash.facts.unasked import Part, part_of
from secdash.fleet.models import Connection, Host
from secdash.scans.narrowing import EVERYTHING, GONE, Asked, look_again
from tests.engine.recordings import answers_of, recorded
from tests.engine.replaying_server import InTurn, recorded_routes, refusal, replaying
from tests.flows import host_tree

LISTING = "/containers/json?all=1"


def a_host_at(url: str, **fields) -> Host:
    host = Host(name="web-01", **{"file_reading": Host.Files.NONE, **fields})
    host.connection = Connection(kind=Connection.Kind.UNIX, address=url.removeprefix("unix://"))
    return host


def ask(url: str, check: str, key: str, **fields):
    entry = CATALOGUE[check]
    return look_again(a_host_at(url, **fields), Asked(entry, entry.kind, key), whole_seconds=20, beat=lambda: None)


def the_scans_word(url: str, check: str, key: str):
    verdicts = judge(parse(collect(url)), (check,))
    return next(verdict for verdict in verdicts if verdict.subject.key == key)


@pytest.fixture
def engine():
    with replaying(recorded_routes()) as server:
        yield server


def a_subject(url: str, kind: str, check: str) -> str:
    """The key of the first subject on which the check fails or passes."""
    verdicts = (v for v in judge(parse(collect(url)), (check,)) if v.status in (Status.FAIL, Status.PASS))
    return next(verdict.subject.key for verdict in verdicts if verdict.subject.kind == kind)


def test_of_a_container_its_listing_is_asked_and_the_one_container(engine):
    key = a_subject(engine.url, "container", "no-memory-limit")
    engine.requests.clear()

    again = ask(engine.url, "no-memory-limit", key)

    (inspect,) = [path for path in again.asked if path.startswith("/containers/") and path != LISTING]
    assert set(again.asked) == {"/info", "/version", LISTING, inspect}
    assert len(engine.requests) == len(again.asked) + 1  # the version is asked once more to speak the same one
    assert again.verdict == the_scans_word(engine.url, "no-memory-limit", key)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("container", "outdated-image"),
        ("container", "shell-as-first-process"),
        ("container", "joins-powerful-container"),
        ("image", "image-old"),
        ("network", "unpublished-ports-open"),
        ("engine", "icc-enabled"),
        ("engine", "volume-sprawl"),
        ("engine", "unauthenticated-api"),
    ],
)
def test_the_answer_is_that_of_a_scan_for_fewer_questions(engine, kind, check):
    key = a_subject(engine.url, kind, check)
    engine.requests.clear()
    expected = the_scans_word(engine.url, check, key)
    of_a_scan = len(engine.requests)
    engine.requests.clear()

    again = ask(engine.url, check, key)

    assert again.verdict == expected
    assert len(engine.requests) < of_a_scan


def test_a_check_that_needs_only_the_images_tags_asks_for_no_image(engine):
    key = a_subject(engine.url, "container", "outdated-image")

    again = ask(engine.url, "outdated-image", key)

    assert "/images/json" in again.asked
    assert not [path for path in again.asked if path.startswith("/images/sha256")]


def test_a_container_that_is_listed_no_more_is_gone_once_all_were_looked_at(engine):
    again = ask(engine.url, "no-memory-limit", "shop/web/1")

    assert again.verdict is None
    assert (again.outcome.status, again.outcome.reason) == (Status.NOT_APPLICABLE, GONE)
    assert len([path for path in again.asked if path.startswith("/containers/")]) == 1 + len(
        answers_of("docker").containers
    )


def test_after_a_redeploy_the_new_container_is_looked_at(engine):
    old = next(line for line in engine.routes["/containers/json"] if not line["Labels"])
    key = old["Names"][0].removeprefix("/")
    new = {**old, "Id": "f" * 64}
    inspect = {**engine.routes[f"/containers/{old['Id']}/json"], "Id": new["Id"]}
    inspect["HostConfig"] = {**inspect["HostConfig"], "Memory": 1 << 29}
    others = [line for line in engine.routes["/containers/json"] if line is not old]
    # It is replaced between the listing and the look at it.
    engine.routes["/containers/json"] = InTurn(([*others, old], [*others, new]))
    engine.routes[f"/containers/{new['Id']}/json"] = inspect
    engine.routes[f"/containers/{old['Id']}/json"] = refusal(404, "No such container")

    again = ask(engine.url, "no-memory-limit", key)

    assert again.outcome.status is Status.PASS
    assert dict(again.outcome.evidence) == {"HostConfig.Memory": 1 << 29}


def test_a_listing_that_is_refused_makes_nothing_gone(engine):
    engine.routes["/containers/json"] = refusal(500, "the disk is broken")

    again = ask(engine.url, "no-memory-limit", "web")

    assert again.verdict is None
    assert again.outcome.status is Status.UNKNOWN
    assert "the disk is broken" in str(again.outcome.reason)


def test_a_service_is_not_gone_where_the_engine_does_not_say_that_it_manages_a_swarm(engine):
    engine.routes |= {"/services": recorded("swarm_services.json"), "/info": recorded("info_swarm.json")}
    key = a_subject(engine.url, "service", "service-no-memory-limit")
    engine.routes["/info"] = refusal(500, "the disk is broken")

    again = ask(engine.url, "service-no-memory-limit", key)

    assert again.outcome.status is Status.UNKNOWN
    assert "the disk is broken" in str(again.outcome.reason)


def test_a_check_that_needs_what_is_not_had_narrowly_gets_a_whole_reading(engine, monkeypatch):
    def lonely(_engine, snapshot):
        """Nothing runs beside"""
        return fails_if(all(known(each.processes) for each in known(snapshot.containers)), say("Something runs."), {})

    check = Check("lonely", "Nothing runs beside", "engine", Severity.LOW, {}, (), lonely, None)
    monkeypatch.setitem(CATALOGUE, "lonely", check)

    again = ask(engine.url, "lonely", "engine")

    assert again.asked[-1] == EVERYTHING
    assert again.verdict == the_scans_word(engine.url, "lonely", "engine")


def test_a_host_that_is_away_is_said_to_be(tmp_path):
    with pytest.raises(Unreachable, match="none\\.sock"):
        ask(f"unix://{tmp_path}/none.sock", "no-memory-limit", "web")


@pytest.fixture
def root(tmp_path, settings):
    """A host with files of its own, mounted for the worker."""
    host = tmp_path / "host"
    host_tree.processes(host, "/var/lib/docker")
    for path in ("/etc/passwd", "/etc/group", "/etc/docker/daemon.json", "/usr/lib/systemd/system/docker.service"):
        host_tree.put(host, path, "{}" if path.endswith(".json") else "root:x:0:\n")
    settings.HOST_ROOT = str(host)
    return host


def test_of_a_file_the_file_is_looked_at_and_what_says_where_it_is(engine, root):
    info = {**engine.routes["/info"], "KernelVersion": os.uname().release, "MemTotal": machine._memory()}
    engine.routes["/info"] = info
    path = "/etc/docker/daemon.json"
    (root / path.lstrip("/")).chmod(0o666)

    worse = ask(engine.url, "daemon-json-loose-mode", path, file_reading=Host.Files.LOCAL)
    (root / path.lstrip("/")).chmod(0o644)
    mended = ask(engine.url, "daemon-json-loose-mode", path, file_reading=Host.Files.LOCAL)

    assert (worse.outcome.status, mended.outcome.status) == (Status.FAIL, Status.PASS)
    assert set(mended.asked) == {"/info", "/version"}
    left_out = {role for role, why in mended.facts.host.unread if part_of(why) is Part.EVERY_FILE}
    assert DOCKER_SOCKET in left_out
    assert DAEMON_JSON not in left_out


def test_a_file_that_was_taken_away_is_gone_only_after_all_were_looked_at(engine, root):
    info = {**engine.routes["/info"], "KernelVersion": os.uname().release, "MemTotal": machine._memory()}
    engine.routes["/info"] = info
    path = "/etc/docker/daemon.json"
    (root / path.lstrip("/")).unlink()

    again = ask(engine.url, "daemon-json-loose-mode", path, file_reading=Host.Files.LOCAL)

    assert (again.outcome.status, again.outcome.reason) == (Status.NOT_APPLICABLE, GONE)
