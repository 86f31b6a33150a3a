"""The file in which a snapshot travels: a line that says what it is, a signature over everything else, and the facts.

It is made on the host and opened here, by this same module. The first line is JSON, the second the HMAC-SHA256 of the
first and of what follows, in hexadecimal; what follows is the snapshot's JSON, compressed with zlib. Nothing is
decompressed before the signature is found right.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import zlib
from datetime import datetime, timezone
from typing import Any, NamedTuple

from secdash.facts.message import Message, say

FORMAT = 1
LARGEST = 16 * 2**20  # bytes of the file
LARGEST_BODY = 64 * 2**20  # bytes of the facts once decompressed
LONGEST_HEAD = 2000
KEY = re.compile(r"sdu_([0-9a-f]{8})_[0-9a-f]{64}")

NOT_A_SNAPSHOT = say("This is no file that secdash-collect wrote, or only a part of one.")
OTHER_FORMAT = say("This file was written by a secdash-collect of another version. Download it again for this host.")
FOREIGN = say(
    "This snapshot was signed with another key than this host has: it is of another host, or the key was replaced "
    "since. Download secdash-collect again for this host."
)
CHANGED = say("The signature does not fit: this file was changed after it was written, or a part of it is missing.")
TOO_LARGE = say("This file holds more than secdash takes of one host.")


class Refused(Exception):
    """An uploaded file that is not taken; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Opened(NamedTuple):
    """What was in the file. `body` is the JSON of the facts."""

    collected_at: datetime
    version: str
    body: bytes


def new_key() -> str:
    """A key for one host: its first part names it and may be shown, the rest signs."""
    return f"sdu_{secrets.token_hex(4)}_{secrets.token_hex(32)}"


def name_of(key: str) -> str:
    """What of the key may be shown. Raises ValueError for what is no key."""
    found = KEY.fullmatch(key)
    if found is None:
        raise ValueError("not an upload key of secdash")
    return found[1]


def closed(body: bytes, key: str, *, at: datetime, version: str) -> bytes:
    """The file for these facts, collected at that time."""
    told = {"format": FORMAT, "key": name_of(key), "collected_at": at.isoformat(), "version": version}
    head = json.dumps(told).encode()
    packed = zlib.compress(body, 6)
    return b"\n".join((head, _signature(key, head, packed), packed))


def opened(data: bytes, key: str) -> Opened:
    """What is in the file. Raises Refused for anything that was not closed with this key."""
    if len(data) > LARGEST:
        raise Refused(TOO_LARGE)
    head, signature, packed = _parts(data)
    told = _told(head)
    if told.get("format") != FORMAT:
        raise Refused(OTHER_FORMAT)
    if told.get("key") != name_of(key):
        raise Refused(FOREIGN)
    if not hmac.compare_digest(signature, _signature(key, head, packed)):
        raise Refused(CHANGED)
    return Opened(_time(told.get("collected_at")), str(told.get("version", ""))[:40], _unpacked(packed))


def _signature(key: str, head: bytes, packed: bytes) -> bytes:
    return hmac.new(key.encode(), head + b"\n" + packed, hashlib.sha256).hexdigest().encode()


def _parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    head, first, rest = data[: LONGEST_HEAD + 1].partition(b"\n")
    if not first:
        raise Refused(NOT_A_SNAPSHOT)
    signature, second, _ = rest.partition(b"\n")
    if not second:
        raise Refused(NOT_A_SNAPSHOT)
    return head, signature, data[len(head) + len(signature) + 2 :]


def _told(head: bytes) -> dict[str, Any]:
    try:
        told = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise Refused(NOT_A_SNAPSHOT) from error
    if not isinstance(told, dict):
        raise Refused(NOT_A_SNAPSHOT)
    return told


def _time(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(timezone.utc)  # noqa: UP017 - on hosts there may be Python 3.10
    except (ValueError, OverflowError) as error:
        raise Refused(NOT_A_SNAPSHOT) from error


def _unpacked(packed: bytes) -> bytes:
    """No more than LARGEST_BODY is ever held, whatever is packed into how little."""
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(packed, LARGEST_BODY)
    except zlib.error as error:
        raise Refused(NOT_A_SNAPSHOT) from error
    if unpacker.unconsumed_tail:
        raise Refused(TOO_LARGE)
    if not unpacker.eof:
        raise Refused(NOT_A_SNAPSHOT)
    return body
