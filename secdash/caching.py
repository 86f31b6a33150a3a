"""The cache on Redis, without which everything goes on: what it does not answer is not kept."""

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

log = logging.getLogger(__name__)

REST = 5.0  # seconds in which a cache that did not answer is left alone: a page asks it again and again
# What comes of reading the objects of a version that had them otherwise, while two run beside each other.
NOT_OURS = (pickle.UnpicklingError, AttributeError, ImportError, TypeError, EOFError, IndexError)


class Dispensable(RedisCache):
    """Never raises because Redis is gone, restarts, is full or hangs."""

    _rests_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """A connection that broke since it was last used is made anew, once and without a pause."""
        options = {"retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, lambda: super(Dispensable, self).get(key, default, version))

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._or({}, lambda: super(Dispensable, self).get_many(keys, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._or(None, lambda: super(Dispensable, self).set(key, value, timeout, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._or([], lambda: super(Dispensable, self).set_many(data, timeout, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._or(False, lambda: super(Dispensable, self).add(key, value, timeout, version)))

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
        except NOT_OURS:
            log.debug("the cache holds what another version wrote")
        return otherwise
