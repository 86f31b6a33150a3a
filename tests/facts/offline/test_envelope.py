"""What is signed on the host is opened here, and nothing else is."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest

from secdash.facts.offline import envelope
from secdash.facts.offline.envelope import CHANGED, FOREIGN, NOT_A_SNAPSHOT, OTHER_FORMAT, TOO_LARGE, Refused

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY, OTHER = envelope.new_key(), envelope.new_key()


def closed(body=b'{"a": 1}', key=KEY):
    return envelope.closed(body, key, at=NOON, version="0.1.0")


def refusal(data, key=KEY):
    with pytest.raises(Refused) as refused:
        envelope.opened(data, key)
    return refused.value.message


def resigned(head, packed, key=KEY):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    return b"\n".join((head, envelope._signature(key, head, packed), packed))


def test_what_was_closed_is_opened():
    found = envelope.opened(closed(), KEY)

    assert found == (NOON, "0.1.0", b'{"a": 1}')


def test_a_key_is_named_without_being_told():
    assert len(envelope.name_of(KEY)) == 8
    assert envelope.name_of(KEY) != envelope.name_of(OTHER)
    with pytest.raises(ValueError, match="upload key"):
        envelope.name_of("sdu_1234")


def test_every_changed_byte_is_noticed():
    data = closed()

    said = {str(refusal(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])) for place in range(len(data))}

    assert said <= {str(each) for each in (CHANGED, FOREIGN, NOT_A_SNAPSHOT, OTHER_FORMAT)}


def test_every_missing_end_is_noticed():
    data = closed()

    said = {str(refusal(data[:length])) for length in range(len(data))}

    assert said == {str(CHANGED), str(NOT_A_SNAPSHOT)}


def test_what_another_key_signed_is_foreign():
    assert refusal(closed(key=OTHER)) == FOREIGN


def test_a_key_of_the_same_name_opens_nothing():
    twin = KEY[:13] + OTHER[13:]

    assert refusal(closed(key=twin)) == CHANGED


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\n\n", b"{}", b"[]\n0\n0", b"\xff\n0\n0", b"[" * 1500 + b"\n0\n0", b"a" * 5000 + b"\n0\n0"],
)
def test_anything_else_is_no_snapshot(data):
    assert refusal(data) == NOT_A_SNAPSHOT


HEAD = {"format": 1, "key": envelope.name_of(KEY), "collected_at": NOON.isoformat()}


def test_signed_nonsense_is_no_snapshot_either():
    assert refusal(resigned({**HEAD, "format": 2}, b"")) == OTHER_FORMAT
    assert refusal(resigned({**HEAD, "collected_at": "tomorrow"}, zlib.compress(b"{}"))) == NOT_A_SNAPSHOT
    assert refusal(resigned(HEAD, b"not compressed")) == NOT_A_SNAPSHOT
    assert refusal(resigned(HEAD, zlib.compress(b"{}")[:-3])) == NOT_A_SNAPSHOT


def test_a_bomb_is_left_unexploded(monkeypatch):
    monkeypatch.setattr(envelope, "LARGEST_BODY", 2**20)

    assert refusal(closed(bytes(2**21))) == TOO_LARGE
    assert envelope.opened(closed(bytes(2**20)), KEY).body == bytes(2**20)


def test_a_bomb_takes_no_more_memory_than_what_may_be_in_a_file():
    packer, block = zlib.compressobj(9), bytes(2**20)
    packed = b"".join([*(packer.compress(block) for _ in range(2**9)), packer.flush()])
    data = resigned(HEAD, packed)
    assert len(data) < envelope.LARGEST

    tracemalloc.start()
    try:
        refused = refusal(data)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused == TOO_LARGE
    assert most < 2 * envelope.LARGEST_BODY + 2 * envelope.LARGEST


def test_a_file_beyond_all_measure_is_not_looked_at():
    assert refusal(bytes(envelope.LARGEST + 1)) == TOO_LARGE
