from __future__ import annotations

import time

import pytest

from secdash.facts.answers import Failure
from secdash.facts.collect import collect
from secdash.facts.connect import Unreachable
from secdash.facts.model import Unknown, dump
from secdash.facts.parse import parse
from tests.engine.recordings import ENGINES, answers_of, recorded
from tests.engine.replaying_server import Bytes, Drip, HangUp, InTurn, Silence, recorded_routes, refusal, replaying

HTML = Bytes(b"<html></html>")
LISTED = recorded("docker/containers_list.json")
ID = LISTED[3]["Id"]


def snapshot_of(routes, **kwargs):
    with replaying(routes) as engine:
        return parse(collect(engine.url, **kwargs))


@pytest.mark.parametrize("engine", ENGINES)
def test_collecting_from_a_replayed_engine_gives_what_was_recorded(engine):
    collected, recorded_ = snapshot_of(recorded_routes(engine)), parse(answers_of(engine))

    assert [found.key for found in collected.containers] == [found.key for found in recorded_.containers]
    assert (collected.engine, collected.images) == (recorded_.engine, recorded_.images)
    assert (collected.networks, collected.volumes) == (recorded_.networks, recorded_.volumes)
    by_id = {found.id: found for found in recorded_.containers}
    assert all(found.privileged == by_id[found.id].privileged for found in collected.containers)


def test_two_looks_at_an_unchanged_host_are_equal_to_the_byte():
    with replaying(recorded_routes()) as engine:
        assert dump(parse(collect(engine.url))) == dump(parse(collect(engine.url)))


def test_only_reads():
    with replaying(recorded_routes()) as engine:
        collect(engine.url)

    assert {method for method, _path in engine.requests} == {"GET"}
    assert not any("swarm" in path for _method, path in engine.requests)


def test_tells_how_far_it_is():
    seen = []
    snapshot_of(recorded_routes(), progress=lambda *step: seen.append(step))

    assert seen[0] == ("connecting", 0, 0)
    assert seen[1:] == [("reading", done, 28) for done in range(1, 29)]


def test_gives_a_sign_of_life_at_each_question_that_is_not_answered(monkeypatch):
    """Or who watches takes it for dead: these silences are not three in a row, and last as long as there are images."""
    monkeypatch.setattr("secdash.facts.collect.ANSWER_TIME", 0.1)
    silent = {f"/images/{image['Id']}/json": Silence() for image in recorded_routes()["/images/json"]}
    seen = []
    snapshot_of(recorded_routes() | silent, progress=lambda *step: seen.append(step))

    assert seen[29:] == [("reading", 28, 28)] * len(silent)
    assert len(silent) == 3


@pytest.mark.parametrize("answer", [refusal(403), refusal(404), refusal(500), HTML, Bytes(b"[{"), {"a": 1}, "text"])
@pytest.mark.parametrize("path", ["/containers/json", "/images/json", "/networks", "/volumes"])
def test_a_listing_that_is_refused_or_garbage_is_unknown_and_the_rest_is_read(path, answer):
    snapshot = snapshot_of(recorded_routes() | {path: answer})
    listings = {
        "/containers/json": snapshot.containers,
        "/images/json": snapshot.images,
        "/networks": snapshot.networks,
        "/volumes": snapshot.volumes,
    }
    broken = listings.pop(path)

    assert isinstance(broken, Unknown) or (path == "/volumes" and answer == {"a": 1})
    assert all(isinstance(listing, tuple) and listing for listing in listings.values())


@pytest.mark.parametrize("path", ["/version", "/info"])
def test_what_the_engine_does_not_tell_of_itself_is_unknown(path):
    routes = recorded_routes() | {"/_ping": Bytes(b"OK", headers=(("Api-Version", "1.41"),)), path: refusal(403)}
    engine = snapshot_of(routes).engine

    assert isinstance({"/version": engine.version, "/info": engine.live_restore}[path], Unknown)
    assert not isinstance({"/info": engine.version, "/version": engine.live_restore}[path], Unknown)


SWARM = {
    "/info": recorded("info_swarm.json"),
    "/services": recorded("swarm_services.json"),
    "/secrets": recorded("swarm_secrets.json"),
}


@pytest.mark.parametrize(
    "info", [refusal(403), refusal(500), HTML, [], {"Swarm": "?"}, {"Swarm": {"ControlAvailable": 1}}]
)
def test_where_the_engine_does_not_say_whether_it_manages_a_swarm_its_services_are_not_taken_for_gone(info):
    assert snapshot_of(recorded_routes() | SWARM).services
    assert snapshot_of(recorded_routes() | SWARM | {"/info": {"Swarm": None}}).services == ()

    assert isinstance(snapshot_of(recorded_routes() | SWARM | {"/info": info}).services, Unknown)


@pytest.mark.parametrize("answer", [refusal(403), refusal(404), refusal(500), HTML, Bytes(b""), [], None])
def test_one_container_that_cannot_be_inspected_is_unknown_and_still_there(answer):
    snapshot = snapshot_of(recorded_routes() | {f"/containers/{ID}/json": answer})
    (found,) = (container for container in snapshot.containers if container.id == ID)

    assert isinstance(found.privileged, Unknown)
    assert found.image == "bb:1"
    assert len(snapshot.containers) == 28


def test_a_container_that_vanishes_between_list_and_inspect_is_left_out():
    fewer = [entry for entry in LISTED if entry["Id"] != ID]
    routes = recorded_routes() | {"/containers/json": InTurn((LISTED, fewer)), f"/containers/{ID}/json": refusal(404)}
    snapshot = snapshot_of(routes)

    assert ID not in {container.id for container in snapshot.containers}
    assert len(snapshot.containers) == 27


def test_a_vanished_container_is_kept_where_the_second_look_is_refused():
    routes = recorded_routes() | {
        "/containers/json": InTurn((LISTED, refusal(500))),
        f"/containers/{ID}/json": refusal(404),
    }

    assert len(snapshot_of(routes).containers) == 28


def test_reads_processes_and_exec_sessions():
    inspect = recorded("docker/inspect_c01_default.json")
    id_ = inspect["Id"]
    process = {"entrypoint": "sh", "privileged": True, "user": "root"}
    routes = recorded_routes() | {
        f"/containers/{id_}/json": inspect | {"ExecIDs": ["live", "over", "gone"]},
        f"/containers/{id_}/top": recorded("docker/top_c01_default.json"),
        "/exec/live/json": {"Running": True, "ProcessConfig": process},
        "/exec/over/json": {"Running": False, "ProcessConfig": process},
    }
    (found,) = (container for container in snapshot_of(routes).containers if container.id == id_)

    assert [(session.privileged, session.command) for session in found.execs] == [(True, "sh")]
    assert [(line.user, line.command) for line in found.processes] == [("root", "sleep")]


def test_a_host_without_ps_leaves_only_the_processes_unknown():
    id_ = recorded("docker/inspect_c01_default.json")["Id"]
    routes = recorded_routes() | {f"/containers/{id_}/top": refusal(500, "ps: not found")}
    (found,) = (container for container in snapshot_of(routes).containers if container.id == id_)

    assert "ps: not found" in str(found.processes.why)
    assert found.privileged is False


def test_slow_processes_do_not_hold_up_the_scan(monkeypatch):
    monkeypatch.setattr("secdash.facts.collect.TOP_TIME", 0.1)
    monkeypatch.setattr("secdash.facts.collect.ALL_TOPS_TIME", 0.3)
    routes = recorded_routes()
    routes |= {path: Silence() for path in routes if path.endswith("/top")}
    began = time.monotonic()
    snapshot = snapshot_of(routes)

    running = [container for container in snapshot.containers if container.state == "running"]
    assert time.monotonic() - began < 4
    assert all(isinstance(container.processes, Unknown) for container in running)
    assert any("took too long" in str(container.processes.why) for container in running)


def test_an_unreadable_network_keeps_its_line_but_not_its_members():
    network = recorded("docker/networks_inspect.json")[1]
    snapshot = snapshot_of(recorded_routes() | {f"/networks/{network['Id']}": refusal(500)})
    (found,) = (entry for entry in snapshot.networks if entry.id == network["Id"])

    assert found.driver == "bridge"
    assert isinstance(found.containers, Unknown)


def test_an_engine_that_stops_answering_ends_the_scan():
    routes = recorded_routes()
    routes |= {path: HangUp() for path in routes if path.startswith("/containers/") and path != "/containers/json"}

    with pytest.raises(Unreachable, match="stopped answering"):
        snapshot_of(routes)


def test_one_hang_up_does_not_end_the_scan():
    snapshot = snapshot_of(recorded_routes() | {f"/containers/{ID}/json": HangUp()})

    assert len(snapshot.containers) == 28


def test_gives_up_at_the_deadline_rather_than_keep_half_of_a_host():
    began = time.monotonic()
    with pytest.raises(Unreachable, match="took too long"):
        snapshot_of(recorded_routes() | {"/images/json": Drip(b"[]" * 100)}, deadline=0.5)

    assert time.monotonic() - began < 3


def test_entries_without_an_id_make_the_listing_unknown():
    snapshot = snapshot_of(recorded_routes() | {"/containers/json": [{"Names": ["/x"]}, "text", None]})

    assert isinstance(snapshot.containers, Unknown)


def test_an_id_cannot_lead_to_another_path():
    evil = "../images/json?x=/#"
    with replaying(recorded_routes() | {"/containers/json": [{"Id": evil, "Names": ["/evil"]}]}) as engine:
        collect(engine.url)

    assert ("GET", "/containers/..%2Fimages%2Fjson%3Fx%3D%2F%23/json") in engine.requests


def test_a_label_of_ten_megabytes_is_cut_and_everything_else_is_read():
    inspect = recorded("docker/inspect_c01_default.json")
    inspect["Config"]["Labels"] = {"huge": "x=" * 5_000_000, "small": "1"}
    began = time.process_time()
    snapshot = snapshot_of(recorded_routes() | {f"/containers/{inspect['Id']}/json": inspect})
    (found,) = (container for container in snapshot.containers if container.id == inspect["Id"])

    assert dict(found.labels)["small"] == "1"
    assert len(dict(found.labels)["huge"]) < 20_000
    assert time.process_time() - began < 5


def test_a_failure_is_told_in_the_words_of_the_engine():
    with replaying(recorded_routes() | {"/volumes": refusal(403, "not for you")}) as engine:
        answers = collect(engine.url)

    assert isinstance(answers.volumes, Failure)
    assert str(answers.volumes.why) == "The Engine refused with status 403: not for you"
