"""Questions that take long, on several connections: the same answers as on one, and each asked once."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from secdash.facts import lanes
from secdash.facts.collect import collect
from secdash.facts.connect import AnswerError, NoAnswer, open_engine
from secdash.facts.lanes import LANES, MANY
from tests.engine.replaying_server import HangUp, Silence, recorded_routes, refusal, replaying

GROUPS = [[f"/{number}/top", f"/{number}/changes"] for number in range(MANY)]
ROUTES = {"/_ping": {}} | {path: {"path": path} for group in GROUPS for path in group}


@contextmanager
def an_engine(routes):
    with replaying(routes) as engine, open_engine(engine.url, version="1.41") as client:
        yield engine, client


def read(client, groups=GROUPS, seconds=5):
    found = []
    for path in (path for group in groups for path in group):
        try:
            found.append(client.get_json(path, timeout=seconds)["path"])
        except (AnswerError, NoAnswer) as error:
            found.append(type(error).__name__)
    return found


ALL = [path for group in GROUPS for path in group]


def test_many_are_asked_on_several_connections_each_once_and_groups_in_order():
    with an_engine(ROUTES) as (engine, client):
        assert client.ask_aside(GROUPS) == frozenset(ALL)
        assert read(client) == ALL

    assert engine.connections == LANES
    assert Counter(path for _, path in engine.requests) == dict.fromkeys(ALL, 1)


@pytest.mark.parametrize(("answer", "said"), [(refusal(404), "AnswerError"), (HangUp(), "NoAnswer")])
def test_what_goes_wrong_with_one_is_its_own(answer, said):
    with an_engine(ROUTES | {"/5/top": answer}) as (_engine, client):
        client.ask_aside(GROUPS)

        assert read(client) == [said if path == "/5/top" else path for path in ALL]


def test_one_that_keeps_silent_holds_up_neither_its_lane_nor_the_others():
    with an_engine(ROUTES | {"/5/top": Silence()}) as (_engine, client):
        client.ask_aside(GROUPS)

        assert read(client, seconds=0.5) == ["NoAnswer" if path == "/5/top" else path for path in ALL]


def test_few_are_left_to_the_one_connection():
    few = GROUPS[: MANY // 2 - 1]
    with an_engine(ROUTES) as (engine, client):
        assert client.ask_aside(few) == frozenset()
        assert read(client, few) == [path for group in few for path in group]

    assert engine.connections == 1


def test_where_no_connection_more_is_let_in_the_one_does_it_all():
    with an_engine(ROUTES) as (engine, client):
        client.get_json("/0/top")
        Path(engine.url.removeprefix("unix://")).unlink()

        assert client.ask_aside(GROUPS) == frozenset()
        assert read(client) == ALL


def test_a_host_reads_the_same_either_way(monkeypatch):
    with replaying(recorded_routes()) as engine:
        on_one = collect(engine.url)
        monkeypatch.setattr(lanes, "MANY", 1)
        side_by_side = collect(engine.url)

    assert engine.connections == 2 + LANES
    assert side_by_side == on_one
