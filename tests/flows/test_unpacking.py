"""The search for credentials finds one in each form in which the product, or what it is built on, would keep it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest
import redis
import zstandard
from django.contrib.sessions.backends.db import SessionStore
from kombu import Connection

from secdash import cached_values
from secdash.celery import app
from tests.flows.test_own_secrets import Run, everything_in
from tests.flows.unpacking import forms, layers

MARKER = "oW99Kx4vN8sR2tQ7zL5"
TASK = "secdash.scans.tasks.run_scan"
DOCUMENT = json.dumps(
    {"hosts": [{"name": f"web-{n}", "password": "x" * n} for n in range(200)], "key": MARKER}
).encode()
PACKED = {
    "zlib": zlib.compress(DOCUMENT),
    "zlib, hardly": zlib.compress(DOCUMENT, 1),
    "gzip": gzip.compress(DOCUMENT),
    "zstd": zstandard.compress(DOCUMENT),
    "zlib that was cut": zlib.compress(DOCUMENT + b"\0" * 5000)[:-4],
    "a session": SessionStore().encode({"key": MARKER}).encode(),
    "a session that is long": SessionStore().encode({"key": MARKER, "more": "x" * 5000}).encode(),
    "a value of the cache": cached_values.dump("k", {"key": ("a", MARKER)}),
}


def is_found(data: bytes) -> bool:
    nothing = dict.fromkeys(("log", "processes"), "") | dict.fromkeys(("database", "queue", "error", "away"), b"")
    return Run(planted={MARKER: "here"}, **nothing).among(data) == ["here"]


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_packed_and_packed_again(packed):
    kept = {
        "as it is": b"\x00\x01page" + packed + b"\xff tail",
        "base64": b'{"body": "' + base64.b64encode(packed) + b'"}',
        "base64 for addresses": base64.urlsafe_b64encode(packed).rstrip(b"="),
        "as pg_dump has bytes": b"INSERT INTO t VALUES (1, '\\x" + packed.hex().encode() + b"');",
        "base64 in base64": base64.b64encode(b'{"body": "' + base64.b64encode(packed) + b'"}'),
        "zstd in hexadecimal": b"'\\x" + zstandard.compress(packed).hex().encode() + b"'",
    }

    assert {how: is_found(data) for how, data in kept.items()} == dict.fromkeys(kept, True)


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(3))
def test_base64_wherever_it_begins_and_whatever_stands_beside_it(before, after):
    """Also glued to letters, where nobody can tell the beginning of the text that was encoded."""
    text = base64.b64encode(b"\xfb" * before + MARKER.encode() + b"\xfe" * after).rstrip(b"=")

    assert any(form in b"x" + text + b"yz" for form in forms(MARKER))
    assert is_found(b"x" + text)


@pytest.mark.services
def test_a_message_of_the_queue_that_waits_and_one_that_is_being_done(redis_url):
    """As Celery and kombu lay them there: the body is base64, and of what is being done it stands in JSON in a hash."""
    url = redis_url.replace("/0", "/6")
    with redis.Redis.from_url(url) as server, Connection(url) as there:
        server.flushdb()
        app.send_task(TASK, [MARKER], connection=there, queue="secdash", argsrepr="", kwargsrepr="")
        waiting = everything_in(server)
        message = there.SimpleQueue("secdash").get(timeout=20)
        doing = everything_in(server)
        message.ack()
        server.flushdb()

    assert b"unacked" in doing
    assert (MARKER.encode() in waiting, MARKER.encode() in doing) == (False, False)
    assert (is_found(waiting), is_found(doing)) == (True, True)


def test_where_nothing_was_planted_nothing_is_found():
    other = zstandard.compress(DOCUMENT.replace(MARKER.encode(), b"another"))

    assert not is_found(other + base64.b64encode(other))
    assert len(list(layers(b"plain words"))) == 1
