"""The cache on a real Redis: it is left out where it is gone, and believed in nothing that secdash did not write."""

from __future__ import annotations

import os
import pickle

import pytest
import redis
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from secdash import cached_values
from secdash.accounts.roles import Role
from secdash.caching import Dispensable
from tests.cast import signed_in

pytestmark = pytest.mark.services
KEPT = {"a": [1, 2], "b": None}
COUNTED = 3


class Malicious:
    """Who unpickles it makes a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.fixture
def server(settings, redis_url, monkeypatch):
    """The cache of these tests lies there; nobody has told of anything yet."""
    monkeypatch.setattr(Dispensable, "_told", False)
    monkeypatch.setattr(Dispensable, "_rests_until", 0.0)
    url = redis_url.replace("/0", "/5")
    settings.CACHES = {"default": {"BACKEND": "secdash.caching.Dispensable", "LOCATION": url, "KEY_PREFIX": "s"}}
    with redis.Redis.from_url(url) as there:
        there.flushdb()
        yield there
        there.flushdb()


def replaced(server, value):
    """How many keys hold that from now on; Redis' own numbers stay."""
    keys = [key for key in server.scan_iter() if not server.get(key).isdigit()]
    for key in keys:
        server.set(key, value, keepttl=True)
    return len(keys)


def test_what_is_kept_is_found_again(server):
    cache.set("one", KEPT)
    cache.set("none", None)
    cache.set_many({"two": 2, "three": "3"})

    assert cache.get("one") == KEPT
    assert cache.get("none", "absent") is None
    assert cache.get("four", "absent") == "absent"
    assert cache.get_many(["one", "two", "three", "four"]) == {"one": KEPT, "two": 2, "three": "3"}
    assert (cache.add("two", 5), cache.get("two")) == (False, 2)
    assert (cache.add("five", "x"), cache.get("five")) == (True, "x")


def test_redis_itself_counts(server):
    assert cache.add("asked", 0, timeout=60)
    counts = [cache.incr("asked") for _ in range(COUNTED)]

    assert counts == [1, 2, 3]
    assert server.get(cache.make_key("asked")) == b"3"
    with pytest.raises(ValueError, match="never"):
        cache.incr("never")


def test_a_planted_pickle_is_not_loaded_and_is_told_of_once(server, tmp_path, caplog):
    evil = pickle.dumps(Malicious(tmp_path / "ran"))
    cache.set("page", KEPT)
    kept = server.get(cache.make_key("page"))
    for planted in (evil, b"x" * cached_values.MARK + evil, kept[: cached_values.MARK] + evil, kept[:-1], b"", b"7"):
        server.set(cache.make_key("page"), planted)

        assert (cache.get("page", "absent"), cache.get_many(["page"])) == ("absent", {})

    assert not (tmp_path / "ran").exists()
    assert [record.levelname for record in caplog.records if "not written by us" in record.message] == ["WARNING"]
    RedisCache(server_url(server), {"KEY_PREFIX": "s"}).set("page", Malicious(tmp_path / "ran"))
    RedisCache(server_url(server), {"KEY_PREFIX": "s"}).get("page")
    assert (tmp_path / "ran").is_dir()  # it would have: Django's own cache believes it


def server_url(server):
    where = server.connection_pool.connection_kwargs
    return f"redis://{where['host']}:{where['port']}/{where['db']}"


def test_what_another_installation_wrote_is_absent(server, settings):
    cache.set("page", KEPT)
    settings.SECRET_KEY = "that of another installation, which shares this Redis"

    assert cache.get("page") is None


def test_a_value_is_good_under_its_own_key_alone(server):
    cache.set("of-everybody", KEPT)
    cache.set("of-the-group", "little")
    server.set(cache.make_key("of-the-group"), server.get(cache.make_key("of-everybody")))

    assert cache.get("of-the-group") is None
    assert cache.get("of-everybody") == KEPT
    assert cache.get("of-everybody", version=2) is None


@pytest.mark.django_db
def test_pages_go_on_and_run_nothing_where_all_that_is_kept_was_planted(server, tmp_path):
    evil = pickle.dumps(Malicious(tmp_path / "ran"))
    client = signed_in(Role.OPERATOR)
    before = [client.get(url).status_code for url in ("/", "/findings/", "/trends/")]
    planted = replaced(server, evil)

    after = [client.get(url).status_code for url in ("/", "/findings/", "/trends/")]

    assert planted > 2
    assert (before, after) == ([200] * 3, [200] * 3)
    assert not (tmp_path / "ran").exists()
    assert sum(server.get(key) == evil for key in server.scan_iter()) < planted  # they were asked for, and made anew
