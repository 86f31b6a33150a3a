"""Values as Redis keeps them: pickled, and authenticated, since whoever else can write to Redis must not run code here.

The mark is a keyed digest over the key and the bytes, and is looked at before anything is unpickled. With the key in it
a value is good under its own key alone.
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
from functools import lru_cache
from typing import Any

from django.conf import settings

PURPOSE = b"secdash cache\0"
MARK = 32  # bytes


class Forged(Exception):
    """Nobody who has our key wrote this under this key."""


def dump(key: str, value: Any) -> bytes:
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _mark(key, pickled) + pickled


def load(key: str, data: bytes) -> Any:
    """Raises Forged, and what unpickling the objects of another version does."""
    seen = memoryview(data)
    mark, pickled = seen[:MARK], seen[MARK:]
    if not hmac.compare_digest(mark, _mark(key, pickled)):
        raise Forged
    return pickle.loads(pickled)  # noqa: S301 - we wrote it: the line above


def _mark(key: str, pickled: bytes | memoryview) -> bytes:
    name = key.encode()
    mark = hashlib.blake2b(len(name).to_bytes(4, "big") + name, key=_secret(settings.SECRET_KEY), digest_size=MARK)
    mark.update(pickled)
    return mark.digest()


@lru_cache(maxsize=4)
def _secret(word: str) -> bytes:
    return hashlib.sha256(PURPOSE + word.encode()).digest()
