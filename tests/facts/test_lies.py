"""An Engine that lies: whatever it answers, a scan ends in time, with facts or with a reason, and in little memory."""

from __future__ import annotations

import random
import socket
import struct
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from typing import Any

import orjson
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.environment import BASE
from secdash.facts.connect import AnswerError, Unreachable, door_of
from secdash.facts.endpoint import Endpoint
from secdash.facts.model import Snapshot, dump, load
from secdash.facts.parse import parse
from secdash.facts.wire import Connection, get
from tests.engine.lying import LIES, MIXED, Liar, honest, lies, plain, scanned, small_host
from tests.engine.lying_slowly import SLOW_LIES, SlowLiar, slow_lies
from tests.engine.ports import answering
from tests.engine.replaying_server import Bytes, Drip, Endless, recorded_routes, replaying

CASES, SHARES = 10_000, 20  # with the seeds 0 to 9,999; `python -m bench.lies` has ten thousand others
MANY, SELDOM = "many", 100  # what costs as much as a dozen others is tried once in a hundred
QUICK = tuple(name for name in (MIXED, *LIES) if name != MANY)
HOST = small_host()


def outcome(liar: Liar) -> Snapshot | Unreachable:
    """Of a whole scan, up to the verdicts, which all are given."""
    try:
        facts = parse(scanned(liar))
    except Unreachable as error:
        return error
    assert load(dump(facts)) == facts
    assert len({verdict.check for verdict in judge(facts)}) == len(CATALOGUE)
    return facts


def test_an_honest_engine_is_read():
    liar = Liar(honest(HOST))

    facts = outcome(liar)

    assert isinstance(facts, Snapshot)
    assert len(facts.containers) == len(facts.images) == len(facts.networks) == 1
    assert liar.methods == {"GET"}


def lie_of(case: int) -> str:
    return QUICK[case % len(QUICK)] if case % SELDOM else MANY


def test_every_lie_is_told_in_every_share():
    for share in range(SHARES):
        told = [lie_of(case) for case in range(share * CASES // SHARES, (share + 1) * CASES // SHARES)]

        assert set(told) == {MIXED, *LIES}
        assert min(map(told.count, told)) >= 5


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_it_answers_a_scan_ends_with_facts_or_a_reason(share):
    """Ten thousand hosts in all. Its time is the processor's: nothing in it waits, and other tests run beside it."""
    ended = {Snapshot: 0, Unreachable: 0}
    for case in range(share * CASES // SHARES, (share + 1) * CASES // SHARES):
        liar = Liar(lies(HOST, random.Random(case), lie_of(case)))  # noqa: S311 - each run has the same
        began = time.process_time()

        found = outcome(liar)

        ended[type(found)] += 1
        assert liar.methods == {"GET"}, case
        assert time.process_time() - began < 5, case
        assert not isinstance(found, Unreachable) or str(found), case
    assert min(ended.values()) > 0


@pytest.mark.parametrize("name", SLOW_LIES)
@pytest.mark.parametrize("seed", range(3))
def test_lies_of_time_and_length_end_in_time_with_a_reason_or_facts(name, seed):
    """Over real sockets, in less than a second; an honest host is read as ever after it."""
    liar = SlowLiar(slow_lies(HOST, name, random.Random(seed)))  # noqa: S311 - each run has the same
    began, reason = time.monotonic(), None

    try:
        scanned(liar, 0.5)
    except Unreachable as error:
        reason = str(error)

    assert reason != ""
    assert time.monotonic() - began < 5
    assert liar.methods == {"GET"}
    assert isinstance(outcome(Liar(honest(HOST))), Snapshot)


def test_a_connection_that_is_reset_at_any_byte_is_no_answer():
    """A real reset (RST), after each number of bytes of a short answer."""
    whole = plain(HOST["/plugins"])
    said = {reset_after(whole[:length]) for length in range(len(whole))}

    assert said == {"The Engine broke off in the middle of its answer."}


def reset_after(answer: bytes) -> str:
    def cut(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with (
        answering(cut) as port,
        closing(Connection(door_of(Endpoint(f"tcp://127.0.0.1:{port}"), 5))) as connection,
        pytest.raises(AnswerError) as caught,
    ):
        get(connection, "/v1.41/plugins", 5).json()
    return str(caught.value.message)


def test_an_answer_that_breaks_off_at_any_byte_is_no_answer():
    whole = plain(HOST["/info"])
    said = set()
    for length in range(len(whole)):
        connection = Connection(Liar(lambda _path, cut=whole[:length]: cut))
        with pytest.raises(AnswerError) as caught:
            get(connection, "/v1.41/info", 5).json()
        said.add(str(caught.value.message))

    assert said == {"The Engine broke off in the middle of its answer.", "The Engine's answer was not JSON."}


# --- memory and time, in a process that has loaded what a worker has, over real sockets ---------------------------

SCAN = """
import os, sys
import django
from celery.signals import worker_process_init
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")
django.setup()
from secdash.celery import app
app.loader.import_default_modules()
assert "secdash.scans.tasks" in sys.modules
worker_process_init.send(sender=None)

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.facts.collect import collect
from secdash.facts.connect import Unreachable
from secdash.facts.parse import parse

for url in sys.argv[1:]:
    try:
        print("read", sum(1 for _ in judge(parse(collect(url, deadline=4)))) > 0)
    except Unreachable as error:
        print("gave up:", error)
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(most.split()[1]) // 1024)
"""
MOST_MEGABYTES = 300


def listing(number: int) -> bytes:
    line = {**orjson.loads(HOST["/containers/json"])[0], "Labels": {}}
    return orjson.dumps([{"Id": f"{each:064x}", "Names": line["Names"], "State": "created"} for each in range(number)])


def many_containers(number: int) -> dict[str, Any]:
    """A listing of so many, each of which is inspected with the same long answer."""
    inspect = Bytes(HOST[next(path for path in HOST if path.startswith("/containers/") and path.endswith("/json"))])
    return AnyContainer(recorded_routes() | {"/containers/json": Bytes(listing(number))}, inspect)


class AnyContainer(dict[str, Any]):
    def __init__(self, routes: dict[str, Any], inspect: Bytes) -> None:
        super().__init__(routes)
        self.inspect = inspect

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path, self.inspect if path.startswith("/containers/0") else default)


HEAVY = {
    "endless": {"/info": Endless(b"x" * 65536), "/images/json": Endless(b'"a",' * 16384)},
    "huge strings": {path: Bytes(orjson.dumps("x" * (15 << 20))) for path in ("/info", "/volumes", "/plugins")},
    "wide signs": {"/info": Bytes(('"' + "\U0001f600" * 100 + "x" * (15 << 20) + '"').encode())},
    "small objects": {
        path: Bytes(b"[" + b'{"a":{"b":{}}},' * 500_000 + b"1]") for path in ("/volumes", "/images/json")
    },
    "many values": {"/volumes": Bytes(b"[" + b"[]," * 5_000_000 + b"1]")},
    "drip": {"/info": Drip(b"{}" * 100, 0.2), "/volumes": Drip(b"{}" * 100, 0.2)},
}


def test_no_answer_takes_more_memory_or_time_than_there_is():
    began = time.monotonic()
    with ExitStack() as stack:
        hosts = [stack.enter_context(replaying(recorded_routes() | routes)) for routes in HEAVY.values()]
        crowd = stack.enter_context(replaying({}))
        crowd.routes = many_containers(100_000)
        command = [sys.executable, "-c", SCAN, *(host.url for host in hosts), crowd.url]
        done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, timeout=100)

    *said, megabytes = done.stdout.splitlines()
    assert len(said) == len(HEAVY) + 1, done.stderr
    assert said[-1].startswith("gave up: ")
    assert int(megabytes) < MOST_MEGABYTES
    assert time.monotonic() - began < 90
