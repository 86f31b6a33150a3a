"""Many questions on one connection before the first is answered: each answer is that of its own question."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager

import pytest

from secdash.facts.doors import UnixDoor
from secdash.facts.trouble import AnswerError, NoAnswer
from secdash.facts.wire import MOST_IN_FLIGHT, Connection, get
from tests.engine.replaying_server import Bytes, Cut, Drip, HangUp, Silence, refusal, replaying

PATHS = [f"/v1.41/{number}" for number in range(3 * MOST_IN_FLIGHT)]
ROUTES = {f"/{number}": {"number": number} for number in range(len(PATHS))}


@contextmanager
def connected(url):
    with closing(Connection(UnixDoor(url.removeprefix("unix://"), 5))) as connection:
        yield connection


def asked(connection, paths=PATHS, seconds=5):
    """What comes of each question: the number that it asks for, or the name of what went wrong."""
    connection.expect(paths)
    found = []
    for path in paths:
        try:
            found.append(get(connection, path, seconds).json()["number"])
        except (AnswerError, NoAnswer) as error:
            found.append(type(error).__name__)
    return found


def test_all_are_answered_on_one_connection_and_each_is_asked_once():
    with replaying(ROUTES) as engine, connected(engine.url) as connection:
        assert asked(connection) == list(range(len(PATHS)))

    assert engine.connections == 1
    assert engine.requests == [("GET", f"/{number}") for number in range(len(PATHS))]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal(404), "AnswerError"),
        (Bytes(b"<html></html>"), "AnswerError"),
        (HangUp(), "NoAnswer"),
        (Cut(b'{"number": 1234567}'), "NoAnswer"),
        (Bytes(b'{"number": 5}', headers=(("Connection", "close"),)), 5),
        (Bytes(b'{"number": 5}', headers=(("Content-Encoding", "identity"),)), 5),
        (Bytes(b'{"number": 5}', headers=(("Content-Encoding", "gzip"),)), "AnswerError"),
    ],
)
def test_what_goes_wrong_with_one_is_its_own(answer, said):
    with replaying(ROUTES | {"/5": answer}) as engine, connected(engine.url) as connection:
        assert asked(connection) == [*range(5), said, *range(6, len(PATHS))]


@pytest.mark.parametrize("answer", [Silence(), Drip(b'{"number": 5}' * 100)])
def test_each_has_its_own_time(answer):
    paths = PATHS[:20]
    with replaying(ROUTES | {"/5": answer}) as engine, connected(engine.url) as connection:
        assert asked(connection, paths, seconds=0.3) == [*range(5), "NoAnswer", *range(6, 20)]


def test_slow_ones_do_not_use_up_the_time_of_those_behind_them():
    slow = {f"/{number}": Drip(b'{"number": 1}', pause=0.01) for number in range(10)}
    with replaying(slow) as engine, connected(engine.url) as connection:
        assert asked(connection, PATHS[:10], seconds=0.5) == [1] * 10


def test_an_engine_that_ends_each_connection_is_asked_one_after_the_other():
    closing_ = {path: Bytes(b'{"number": 7}', headers=(("Connection", "close"),)) for path in ROUTES}
    with replaying(closing_) as engine, connected(engine.url) as connection:
        assert asked(connection) == [7] * len(PATHS)

    assert len(engine.requests) <= len(PATHS) + MOST_IN_FLIGHT


def test_a_question_that_was_not_expected_is_answered_and_so_are_the_others():
    with replaying(ROUTES | {"/other": {"number": -1}}) as engine, connected(engine.url) as connection:
        connection.expect(PATHS[:10])
        first = get(connection, PATHS[0], 5).json()
        other = get(connection, "/v1.41/other", 5).json()
        last = [get(connection, path, 5).json()["number"] for path in PATHS[1:10]]

    assert (first, other, last) == ({"number": 0}, {"number": -1}, list(range(1, 10)))


@pytest.mark.parametrize("path", ["/v1.41/a b", "/v1.41/a\r\nX: y", "/v1.41/é"])
def test_what_would_be_another_request_is_never_sent(path):
    with replaying(ROUTES) as engine, connected(engine.url) as connection, pytest.raises(NoAnswer):
        get(connection, path, 5)

    assert engine.requests == []


CHUNKED = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (CHUNKED + b'5\r\n{"num\r\n8;x=y\r\nber": 3}\r\n0\r\n\r\n', 3),
        (CHUNKED + b'd\r\n{"number": 3}\r\n0\r\nTrailer: x\r\n\r\n', 3),
        (CHUNKED + b'-5\r\n{"number": 3}\r\n0\r\n\r\n', "NoAnswer"),
        (CHUNKED + b"ffffffff\r\n", "AnswerError"),
        (CHUNKED + b"x" * 5000, "NoAnswer"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Length: 13\r\n\r\n{"number": 3}', 3),
        (b'HTTP/1.0 200 OK\r\n\r\n{"number": 3}', 3),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}", "AnswerError"),
        (b'HTTP/1.1 200 OK\nContent-Length: 13\n\n{"number": 3}', 3),
        (b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"number": 3}', 3),
        (b'ICMP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"number": 3}', "NoAnswer"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_answers_in_all_forms_are_read_or_refused(tmp_path, raw, said, at_once):
    path = str(tmp_path / "raw.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        thread = threading.Thread(target=answer_raw, args=(listening, raw, at_once))
        thread.start()
        with connected(path) as connection:
            assert asked(connection, PATHS[:1]) == [said]
        thread.join()


def answer_raw(listening, raw, at_once):
    connection, _ = listening.accept()
    with connection:
        connection.recv(4096)
        for piece in [raw] if at_once else [raw[:30], raw[30:90], raw[90:]]:
            try:
                connection.sendall(piece)
            except OSError:
                return
