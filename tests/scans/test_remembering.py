"""Facts that a watcher keeps between glances: those of the newest scan, and no more of them than it may."""

from __future__ import annotations

import pytest
from django.utils import timezone

from secdash.facts.model import Snapshot
from secdash.scans import snapshots
from secdash.scans.models import Scan
from secdash.scans.models import Snapshot as Row
from secdash.scans.remembering import Memory
from tests.build import a_snapshot as snapshot
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db


def a_scan(name="web-01"):
    host = a_host(name)
    kept = snapshots.keep(host, snapshot(), at=timezone.now())
    scan = Scan.objects.create(host=host, trigger="manual", state="done", created_at=timezone.now(), snapshot=kept)
    scan.digest = kept.digest  # as `glances.newest` annotates it
    return scan


def test_what_is_kept_is_not_asked_for_again(django_assert_num_queries):
    memory, scan = Memory(), a_scan()
    first = memory.facts_of([scan])

    with django_assert_num_queries(0):
        again = memory.facts_of([scan])

    assert first == {scan.host_id: snapshot()}
    assert again[scan.host_id] is first[scan.host_id]


def test_other_facts_do_not_count():
    memory, scan = Memory(), a_scan()
    memory.keep(scan.host_id, "another digest", snapshot(containers=()), 1)

    assert memory.facts_of([scan]) == {scan.host_id: snapshot()}


def test_what_was_asked_for_longest_ago_gives_way():
    one, other = a_scan("one"), a_scan("other")
    memory = Memory(most=10)
    memory.keep(one.host_id, one.digest, Snapshot, 6)
    memory.keep(other.host_id, other.digest, Snapshot, 6)

    found = memory.facts_of([one, other])

    assert found[one.host_id] == snapshot()
    assert found[other.host_id] is Snapshot


def test_a_snapshot_that_cannot_be_read_is_left_out():
    scan = a_scan()
    Row.objects.update(content=b"no zstd")

    assert Memory().facts_of([scan]) == {}


def test_it_is_full_before_more_would_push_something_out():
    memory = Memory(most=100)
    memory.keep(1, "one", Snapshot, 90)
    had_room = not memory.is_full
    memory.keep(2, "two", Snapshot, 5)

    assert (had_room, memory.is_full) == (True, True)
