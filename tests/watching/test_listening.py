"""One host's stream, against a server of ours: what is asked, how bursts come together, and what a break costs."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import msgspec
import pytest

from secdash.facts.endpoint import Endpoint
from secdash.facts.trouble import Unreachable
from secdash.scans.glances import Came
from secdash.watching.listening import Desk, Listener, Way
from secdash.watching.notes import Note
from secdash.watching.pace import Pace

QUICK = Pace(retry=0.01, slowest=0.05, blink=0.5, quiet=0.05, longest=0.3, again=0.02, rest=0.05, connect=1.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
SECONDS = 10


def event(container, action="start", at=1):
    return json.dumps({"Type": "container", "Action": action, "Actor": {"ID": container}, "timeNano": at}).encode()


def chunk(*lines):
    body = b"".join(line + b"\n" for line in lines)
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


class Told(msgspec.Struct):
    """What the listener asked of its desk, and what the server was asked."""

    looks: list
    noted: list
    asked: list
    came: list

    @property
    def states(self):
        return [note.state for note in self.noted if note.state]

    @property
    def gaps(self):
        return sum(note.has_gap for note in self.noted)

    @property
    def containers(self):
        return set().union(*self.looks) if self.looks else set()


def listening(answers, until, *, pace=QUICK, came=()):
    """Answer the first request with the first answer, and so on; then stay silent. Ends when `until` holds."""
    told = Told([], [], [], list(came))

    async def serve(reader, writer):
        told.asked.append(await reader.readuntil(b"\r\n\r\n"))
        number = len(told.asked) - 1
        writer.write(answers[number] if number < len(answers) else HEAD)
        await writer.drain()
        if number >= len(answers) - 1:
            await reader.read()
        writer.close()

    async def way_to(_host):
        return Way(Endpoint(str(socket)), 0)

    async def look(_host, things):
        told.looks.append({thing.id for thing in things})
        return told.came.pop(0) if told.came else Came.RECORDED

    async def run():
        server = await asyncio.start_unix_server(serve, str(socket))
        listener = Listener(1, Desk(way_to, look, lambda _host, note: told.noted.append(note)), pace)
        tasks = [asyncio.create_task(each) for each in (listener.listen(), listener.look())]
        try:
            async with asyncio.timeout(SECONDS):
                while not until(told):
                    await asyncio.sleep(0.005)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.close()

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        socket = Path(folder) / "docker.sock"
        asyncio.run(run())
    return told


def test_only_get_is_sent_and_the_engine_filters():
    told = listening([HEAD + chunk(event("a"))], lambda told: told.looks)

    [request] = told.asked
    assert request.startswith(b"GET /events?filters=")
    assert b"start" in request
    assert b"exec" not in request
    assert b"health" not in request
    assert told.looks == [{"a"}]


def test_a_burst_comes_to_few_looks_and_none_is_left_out():
    ids = [f"c{number}" for number in range(200)]
    pieces = [chunk(event(id_, "create"), event(id_)) for id_ in ids[:50]]

    told = listening([HEAD + b"".join(pieces)], lambda told: len(told.containers) == 50)

    assert len(told.looks) <= 3


def test_a_burst_of_more_than_a_glance_reads_is_one_scan():
    ids = [f"c{number}" for number in range(200)]

    told = listening([HEAD + chunk(*(event(id_) for id_ in ids))], lambda told: told.gaps == 2)

    assert told.looks == []


def test_the_first_stream_and_a_broken_one_leave_gaps_that_a_scan_closes():
    told = listening([b"", HEAD], lambda told: told.states.count("watching") == 1)

    assert told.states == ["broken", "watching"]
    assert told.gaps == 1


def test_a_stream_that_a_proxy_cuts_goes_on_where_it_was_without_a_scan():
    cut = HEAD + chunk(event("a", at=1_700_000_000_000_000_001)) + b"0\r\n\r\n"

    told = listening([cut, HEAD], lambda told: told.looks and told.states.count("watching") == 2)

    assert told.gaps == 1  # that of the first stream
    assert b"&since=1700000000.000000001" in told.asked[1]


def test_what_a_scan_holds_up_is_tried_again():
    answers = [HEAD + chunk(event("a"))]

    told = listening(answers, lambda told: len(told.looks) == 3, came=[Came.LATER, Came.LATER, Came.RECORDED])

    assert told.looks == [{"a"}] * 3


def test_what_only_a_scan_can_tell_is_left_to_it():
    reload = json.dumps({"Type": "daemon", "Action": "reload", "Actor": {"ID": "x"}, "timeNano": 5}).encode()

    told = listening([HEAD + chunk(reload)], lambda told: told.gaps == 2)

    assert told.looks == []


def test_a_flood_ends_the_stream_and_says_so():
    pace = msgspec.structs.replace(QUICK, burst=20, rate=0.001)

    told = listening([HEAD + chunk(*[event("a")] * 30), HEAD], lambda told: "flooded" in told.states, pace=pace)

    flooded = next(note for note in told.noted if note.state == "flooded")
    assert flooded.has_gap
    assert "more events than can be followed" in str(flooded.error)


HOSTILE = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a refusal": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000,
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    "a line without end": HEAD + b"30d40\r\n" + b"x" * 200_000 + b"\r\n",
    "a chunk of no size": HEAD + b"pq\r\n",
    "a huge chunk": HEAD + b"7fffffffffffffff\r\n",
    "a negative chunk": HEAD + b"-5\r\nhello\r\n",
    "half a chunk": HEAD + b"ff\r\n{",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_is_a_broken_stream(answer):
    told = listening([answer, HEAD], lambda told: "watching" in told.states[told.states.count("watching") :])

    assert "broken" in told.states
    assert told.looks == []


@pytest.mark.parametrize(
    "line",
    [
        b"[1]", b"nothing", b"\xff\xfe", b"[" * 5000, b"null", b'{"Type": 5, "Action": []}',
        b'{"Type": "container", "Action": "start", "Actor": null}',
        b'{"Type": "container", "Action": "start", "Actor": {"ID": "../../info"}}',
        b'{"Type": "network", "Action": "connect", "Actor": {"ID": "../n", "Attributes": {"container": 7}}}',
    ],
)  # fmt: skip
def test_what_is_no_event_is_passed_over(line):
    told = listening([HEAD + chunk(line, event("good", at=-1))], lambda told: told.looks)

    assert told.looks == [{"good"}]


def test_a_network_event_is_about_its_container_and_the_network():
    told_of = {"Type": "network", "Action": "connect", "Actor": {"ID": "n", "Attributes": {"container": "abc"}}}

    told = listening([HEAD + chunk(json.dumps(told_of).encode())], lambda told: told.looks)

    assert told.looks == [{"abc", "n"}]


def test_a_host_that_cannot_be_asked_is_tried_ever_more_seldom():
    pace = Pace()

    waits = [pace.wait(failures) for failures in range(12)]

    assert all(pace.retry * 2**n / 2 <= wait <= pace.retry * 2**n for n, wait in enumerate(waits[:7]))
    assert max(waits) <= pace.slowest
    assert len({pace.wait(5) for _ in range(5)}) == 5


def test_notes_of_a_moment_become_one():
    first = Note(state="broken", error=Unreachable, reconnects=1, has_gap=True)

    both = first.and_then(Note(heard=7)).and_then(Note(state="watching"))

    assert (both.state, both.error, both.heard, both.reconnects, both.has_gap) == ("watching", None, 7, 1, True)
