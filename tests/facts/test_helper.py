"""The one thing that secdash makes on a host: it never runs, nobody can hide behind it, and it is always removed."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from secdash.environment import BASE
from secdash.facts import helper
from secdash.facts.collect import collect
from secdash.facts.connect import AnswerError, NoAnswer, ReadOnly, Unreachable, open_engine
from secdash.facts.doors import UnixDoor
from secdash.facts.helper import LABEL, STALE, Helper, HelperConnection, helper_on, is_helper, left_behind
from secdash.facts.parse import parse
from tests.engine.replaying_server import Bytes, HangUp, InTurn, recorded_routes, refusal, replaying

OWNER = "4d1f0c"
ID = "a" * 64
CREATED = Bytes(b'{"Id": "%s"}' % ID.encode(), status=201)
REMOVED = Bytes(b"", status=204)
CREATE, REMOVE = ("POST", "/containers/create"), ("DELETE", f"/containers/{ID}")


def helpers(engine):
    return engine.docker("ps", "-aq", "--no-trunc", "--filter", f"label={LABEL}").split()


def made_by_hand(engine, owner):
    return engine.docker("create", "--label", f"{LABEL}={owner}", "bb:1", "sh")


def come_and_go(engine, owner=OWNER, image="bb:1"):
    with open_engine(engine.url) as client, helper_on(client, image, owner):
        pass


def assert_shut(inspect, owner):
    """That the container could do nothing even if somebody started it."""
    made, config = inspect["HostConfig"], inspect["Config"]
    assert inspect["State"]["Status"] == "created"
    assert inspect["Name"].startswith("/secdash-helper-")
    assert config["Labels"] == {LABEL: owner}
    assert config["NetworkDisabled"] is True
    assert (config["Entrypoint"], config["Cmd"]) == (["secdash-reads-through-this-and-never-starts-it"], [])
    assert (made["NetworkMode"], made["CapDrop"], made["SecurityOpt"]) == ("none", ["ALL"], ["no-new-privileges"])
    assert (made["ReadonlyRootfs"], made["Privileged"]) == (True, False)


@pytest.mark.engine
def test_it_is_shut_and_no_container_of_the_host(dockerd):
    with open_engine(dockerd.url) as client, helper_on(client, "bb:1", OWNER) as made:
        inspect = dockerd.get(f"/containers/{made.id}/json")
        answers = collect(dockerd.url)

    assert_shut(inspect, OWNER)
    assert inspect["Mounts"] == []
    assert answers.containers == ()
    assert helpers(dockerd) == []


@pytest.mark.engine
def test_no_reader_can_loosen_it(dockerd):
    loose = {"NetworkMode": "host", "CapDrop": [], "ReadonlyRootfs": False, "SecurityOpt": ["seccomp=unconfined"]}
    with open_engine(dockerd.url) as client, helper_on(client, "bb:1", OWNER, loose) as made:
        assert_shut(dockerd.get(f"/containers/{made.id}/json"), OWNER)


@pytest.mark.engine
def test_reads_through_it_and_goes_on_after_an_answer_that_was_dropped(dockerd):
    with open_engine(dockerd.url) as client, helper_on(client, "bb:1", OWNER) as made:
        head = made.archive("HEAD", "/bin/busybox", 5)
        assert (head.status, head.read()) == (200, b"")
        assert made.archive("GET", "/bin/busybox", 5).read(1) == b"b"
        made.drop()
        missing = made.archive("HEAD", "/a&b #c", 5)
        assert (missing.status, missing.read()) == (404, b"")

    assert helpers(dockerd) == []


@pytest.mark.engine
def test_nothing_that_was_ever_started_hides_behind_the_label(dockerd, monkeypatch):
    monkeypatch.setattr(helper, "STALE", -5)
    liar = dockerd.docker(
        "run", "-d", "--name", "liar", "--label", f"{LABEL}={OWNER}", "--network", "none", "bb:1", "true"
    )
    try:
        assert [container.name for container in parse(collect(dockerd.url)).containers] == ["liar"]
        come_and_go(dockerd)
        assert helpers(dockerd) == [liar]
    finally:
        dockerd.docker("rm", "-f", liar)


@pytest.mark.engine
def test_a_failure_in_the_middle_removes_it(dockerd):
    with pytest.raises(ZeroDivisionError), open_engine(dockerd.url) as client, helper_on(client, "bb:1", OWNER):
        raise ZeroDivisionError

    assert helpers(dockerd) == []


@pytest.mark.engine
def test_an_image_that_declares_a_volume_leaves_no_volume(dockerd):
    dockerd.import_image("vol:1", changes=("VOLUME /data",))
    try:
        with open_engine(dockerd.url) as client, helper_on(client, "vol:1", OWNER):
            assert len(dockerd.get("/volumes")["Volumes"]) == 1
        assert not dockerd.get("/volumes")["Volumes"]
    finally:
        dockerd.docker("rmi", "vol:1")


@pytest.mark.engine
def test_an_image_that_is_gone_is_a_refusal(dockerd):
    with pytest.raises(AnswerError, match="refused with status 404: No such image"):
        come_and_go(dockerd, image="sha256:" + "0" * 64)


# --- what dead workers left ---------------------------------------------------------------------------------------

DIES = """
import os, sys
from secdash.facts.connect import open_engine
from secdash.facts.helper import helper_on
url, owner = sys.argv[1:]
with open_engine(url) as engine, helper_on(engine, "bb:1", owner):
    os.kill(os.getpid(), 9)
"""


@pytest.mark.engine
def test_what_a_dead_worker_left_is_removed_by_the_next_run(dockerd):
    def die(owner):
        command = [sys.executable, "-c", DIES, dockerd.url, owner]
        assert subprocess.run(command, cwd=BASE, check=False).returncode == -9

    die(OWNER)
    die("somebody-else")
    assert len(helpers(dockerd)) == 2
    assert parse(collect(dockerd.url)).containers == ()

    come_and_go(dockerd)

    (left,) = helpers(dockerd)
    try:
        assert dockerd.get(f"/containers/{left}/json")["Config"]["Labels"] == {LABEL: "somebody-else"}
    finally:
        dockerd.docker("rm", left)


@pytest.mark.engine
def test_an_old_one_is_removed_whoever_left_it(dockerd, monkeypatch):
    made_by_hand(dockerd, "somebody-else")
    monkeypatch.setattr(helper, "STALE", -5)

    come_and_go(dockerd)

    assert helpers(dockerd) == []


@pytest.mark.engine
def test_without_a_name_only_age_tells(dockerd, monkeypatch):
    left = made_by_hand(dockerd, "")
    try:
        come_and_go(dockerd, owner="")
        assert helpers(dockerd) == [left]

        monkeypatch.setattr(helper, "STALE", -5)
        come_and_go(dockerd, owner="")
        assert helpers(dockerd) == []
    finally:
        for id_ in helpers(dockerd):
            dockerd.docker("rm", id_)


OURS = {"Id": ID, "Labels": {LABEL: OWNER}, "State": "created", "Created": 1}


@pytest.mark.parametrize(
    "listed",
    [
        {"not": "a list"},
        [5, {}, {**OURS, "Labels": 3}, {**OURS, "Labels": None}, {**OURS, "Labels": {"secdash.helper": OWNER}}],
        [{**OURS, "Id": id_} for id_ in ("../x", "A" * 64, "a" * 63, "a" * 65, "web", 5, None)],
        [{**OURS, "State": state} for state in ("exited", "running", "Created", 5, None)],
        [{**OURS, "Labels": {LABEL: "other"}, "Created": created} for created in ("long ago", None)],
    ],
)
def test_nothing_is_removed_that_is_not_surely_ours(listed):
    with (
        replaying({**recorded_routes(), "/containers/json": listed}) as server,
        open_engine(server.url) as client,
    ):
        assert left_behind(client, OWNER) == []


@pytest.mark.parametrize(("labels", "age", "left"), [
    ({LABEL: OWNER}, 0, True),
    ({LABEL: "other"}, STALE - 30, False),
    ({LABEL: "other"}, STALE + 30, True),
])  # fmt: skip
def test_ours_are_left_at_once_and_others_once_they_are_old(labels, age, left):
    entry = {**OURS, "Labels": labels, "Created": int(time.time()) - age}
    with (
        replaying({**recorded_routes(), "/containers/json": [entry]}) as server,
        open_engine(server.url) as client,
    ):
        assert left_behind(client, OWNER) == ([ID] if left else [])


def test_a_helper_is_known_by_its_label_and_by_never_having_run():
    assert is_helper(OURS)
    assert not is_helper({**OURS, "State": "exited"})
    assert not is_helper({**OURS, "Labels": {"other": "x"}})
    assert not is_helper({"Labels": {LABEL: OWNER}})  # as images and networks are listed
    assert not is_helper("text")


# --- an Engine that answers badly ---------------------------------------------------------------------------------


def asked(routes, *, meanwhile=lambda: None):
    """What was written by a helper that came and went, in order."""
    nobody = {"/containers/json": [], CREATE[1]: CREATED, REMOVE[1]: REMOVED}
    with replaying({**recorded_routes(), **nobody, **routes}) as server:
        try:
            with open_engine(server.url) as client, helper_on(client, "bb:1", OWNER):
                meanwhile()
        finally:
            written = [request for request in server.requests if request[0] != "GET"]
    return written


def test_one_request_creates_it_and_one_removes_it():
    assert asked({}) == [CREATE, REMOVE]


def test_leftovers_are_removed_before_the_next_is_made():
    assert asked({"/containers/json": [OURS]}) == [REMOVE, CREATE, REMOVE]


def test_a_removal_that_finds_the_connection_closed_is_tried_again():
    assert asked({REMOVE[1]: InTurn((HangUp(), REMOVED))}) == [CREATE, REMOVE, REMOVE]


def test_one_that_is_gone_already_is_removed(caplog):
    assert asked({REMOVE[1]: refusal(404)}) == [CREATE, REMOVE]
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("answer", "times", "words"), [(refusal(403, "denied"), 1, "status 403: denied"), (HangUp(), 2, "broke off")]
)
def test_one_that_cannot_be_removed_is_told_and_spoils_nothing(answer, times, words, caplog):
    assert asked({REMOVE[1]: answer}) == [CREATE, *[REMOVE] * times]
    assert f"helper container {ID[:12]} stays" in caplog.text
    assert words in caplog.text


def test_what_failed_in_the_middle_is_what_is_raised():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked({REMOVE[1]: refusal(403)}, meanwhile=fail)


def test_where_none_can_be_removed_no_second_is_made():
    with (
        replaying({**recorded_routes(), "/containers/json": [OURS], REMOVE[1]: refusal(403, "denied")}) as server,
        open_engine(server.url) as client,
        pytest.raises(AnswerError, match="denied"),
        helper_on(client, "bb:1", OWNER),
    ):
        pass
    assert REMOVE in server.requests
    assert CREATE not in server.requests


@pytest.mark.parametrize("body", [b'{"Id": "../../images/x"}', b'{"Id": 5}', b"{}", b"[]", b"no json"])
def test_an_engine_that_gives_no_id_has_created_nothing(body):
    with pytest.raises(AnswerError, match=r"did not tell the id|was not JSON"):
        asked({CREATE[1]: Bytes(body, status=201)})


def test_a_creation_is_not_tried_again():
    with (
        replaying({**recorded_routes(), "/containers/json": [], CREATE[1]: HangUp()}) as server,
        open_engine(server.url) as client,
        pytest.raises(NoAnswer),
        helper_on(client, "bb:1", OWNER),
    ):
        pass
    assert server.requests.count(CREATE) == 1


def test_an_engine_that_is_gone_is_unreachable():
    with replaying(recorded_routes()) as server, open_engine(server.url) as client:
        connection = client.another_connection(HelperConnection)
        connection.door = UnixDoor("/nowhere/docker.sock", 5)
        with pytest.raises(Unreachable):
            connection.ask(f"/v1.41/containers/{ID}/archive?path=/", 5)


# --- its connection -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/v1.41/containers/{ID}/start"),
        ("POST", "/v1.41/containers/create"),
        ("POST", "/v1.41/containers/create?name=mine"),
        ("POST", "/v1.41/containers/create?name=secdash-helper-0123456789ab&platform=x"),
        ("POST", "/v1.41/containers/create?name=secdash-helper-0123456789abc"),
        ("POST", "/v1.41/images/create"),
        ("POST", f"/v1.41/containers/{ID}/archive?path=/"),
        ("PUT", "/v1.41/containers/create?name=secdash-helper-0123456789ab"),
        ("PUT", f"/v1.41/containers/{ID}/archive?path=/"),
        ("DELETE", f"/v1.41/containers/{ID}"),
        ("DELETE", f"/v1.41/containers/{ID}?force=1"),
        ("DELETE", f"/v1.41/containers/{ID}?v=1&force=1"),
        ("DELETE", "/v1.41/containers/precious?v=1"),
        ("DELETE", f"/v1.41/containers/{ID[:12]}?v=1"),
        ("DELETE", f"/v1.41/images/{ID}?v=1"),
        ("DELETE", "/v1.41/images/bb:1"),
        ("GET", f"/v1.41/containers/{ID}/json"),
        ("GET", f"/v1.41/containers/{ID}/archive?path=/&x=1"),
        ("GET", "/v1.41/containers/precious/archive?path=/"),
        ("HEAD", "/_ping"),
        ("PATCH", "/"),
    ],
)
def test_its_connection_does_nothing_else(method, path):
    with replaying(recorded_routes()) as server, open_engine(server.url) as client:
        seen = list(server.requests)
        connection = client.another_connection(HelperConnection)
        try:
            with pytest.raises(ReadOnly):
                connection.ask(path, 5, method=method)
        finally:
            connection.close()
        assert server.requests == seen


def test_it_cannot_be_made_to_remove_something_else():
    with replaying(recorded_routes()) as server, open_engine(server.url) as client:
        hostile = Helper(client)
        for name in ("precious", f"{ID}?force=1&x=", "../images/bb:1"):
            with pytest.raises(ReadOnly):
                hostile.remove(name)
        hostile.drop()
        assert not [method for method, _ in server.requests if method == "DELETE"]
