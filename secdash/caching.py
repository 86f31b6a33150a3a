"""The cache on Redis, without which everything goes on: what it does not answer is not kept.

Nor is it believed: a value that we did not write is as if it were absent.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from secdash import cached_values

log = logging.getLogger(__name__)

REST = 5.0  # seconds in which a cache that did not answer is left alone: a page asks it again and again
# What comes of reading the objects of a version that had them otherwise, while two run beside each other.
NOT_OURS = (pickle.UnpicklingError, AttributeError, ImportError, TypeError, EOFError, IndexError)
ABSENT = object()


class AsTheyAre:
    """In place of Django's serializer, which unpickles whatever Redis holds."""

    @staticmethod
    def dumps(value: Any) -> Any:
        return value

    loads = dumps


class Dispensable(RedisCache):
    """Never raises because Redis is gone, restarts, is full or hangs, nor for what others wrote into it.

    Numbers that are to be counted begin with `add` and are read by `incr`, for Redis itself counts them: they alone
    carry no mark, and `get` does not know them.
    """

    _rests_until = 0.0
    _told = False

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """A connection that broke since it was last used is made anew, once and without a pause."""
        options = {"retry": Retry(NoBackoff(), 1), "serializer": AsTheyAre, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        kept = self._or(None, lambda: super(Dispensable, self).get(key, None, version))
        found = ABSENT if kept is None else self._loaded(key, kept, version)
        return default if found is ABSENT else found

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        kept = self._or({}, lambda: super(Dispensable, self).get_many(keys, version))
        found = {key: self._loaded(key, data, version) for key, data in kept.items()}
        return {key: value for key, value in found.items() if value is not ABSENT}

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        data = self._dumped(key, value, version)
        self._or(None, lambda: super(Dispensable, self).set(key, data, timeout, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        dumped = {key: self._dumped(key, value, version) for key, value in data.items()}
        return self._or([], lambda: super(Dispensable, self).set_many(dumped, timeout, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        data = value if type(value) is int else self._dumped(key, value, version)
        return bool(self._or(False, lambda: super(Dispensable, self).add(key, data, timeout, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError, as for a key that is not kept."""
        found = self._or(None, lambda: super(Dispensable, self).incr(key, delta, version))
        if found is None:
            raise ValueError(key)
        return int(found)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._or(False, lambda: super(Dispensable, self).delete(key, version)))

    def _or(self, otherwise: Any, ask: Callable[[], Any]) -> Any:
        if self._rests_until > time.monotonic():
            return otherwise
        try:
            return ask()
        except RedisError as error:
            Dispensable._rests_until = time.monotonic() + REST
            log.warning("the cache does not answer, so nothing is kept for a while: %s", type(error).__name__)
        return otherwise

    def _dumped(self, key: Any, value: Any, version: int | None) -> bytes:
        return cached_values.dump(self.make_key(key, version), value)

    def _loaded(self, key: Any, data: bytes, version: int | None) -> Any:
        try:
            return cached_values.load(self.make_key(key, version), data)
        except cached_values.Forged:
            self._tell_once()
        except NOT_OURS:
            log.debug("the cache holds what another version wrote")
        return ABSENT

    def _tell_once(self) -> None:
        """A new SECDASH_SECRET_KEY makes all that was kept a stranger's, so one line is enough."""
        log.log(logging.DEBUG if Dispensable._told else logging.WARNING, "the cache holds what was not written by us")
        Dispensable._told = True
