"""How a host is watched: leases and what the page of the host says and lets people switch."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.facts.message import say
from secdash.fleet.models import Connection, Host
from secdash.scans.models import Scan
from secdash.watching import leases, notes
from secdash.watching.models import Watch, Watcher
from secdash.watching.notes import Note
from tests.cast import signed_in
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LEASE = timedelta(seconds=20)


def an_engine(name="web-01", kind=Connection.Kind.UNIX):
    return a_host(name, kind=kind, address=f"/run/{name}.sock", at=NOW)


def a_watch(host, **fields):
    held = {"owner": "a", "lease_until": timezone.now() + LEASE, "since": NOW}
    return Watch.objects.create(host=host, **{**held, **fields})


def beat(token, at=NOW):
    return set(leases.beat(token, at=at, lease=LEASE))


def said(host, role=Role.OPERATOR):
    return signed_in(role).get(host.get_absolute_url()).content.decode()


# --- leases ---------------------------------------------------------------------------------------------------------


def test_hosts_with_an_engine_are_watched_and_no_others():
    engine = an_engine()
    a_host("sample")
    an_engine("sent", Connection.Kind.OFFLINE)

    assert beat("a") == {engine.pk}


def test_those_that_live_share_the_hosts():
    hosts = {an_engine(f"web-{number}").pk for number in range(5)}

    assert beat("a") == hosts
    assert beat("b") == set()
    kept = beat("a")
    assert len(kept) == 3
    assert beat("b") == hosts - kept


def test_what_a_silent_one_held_is_taken_over_when_its_lease_is_over():
    hosts = {an_engine(f"web-{number}").pk for number in range(4)}
    beat("a")
    soon, late = NOW + LEASE / 2, NOW + LEASE + timedelta(seconds=1)

    assert beat("b", soon) == set()
    assert beat("b", late) == hosts
    assert beat("a", late) & hosts == set()


def test_who_leaves_lets_go_at_once():
    host = an_engine()
    beat("a")
    leases.leave("a", at=NOW)

    assert not Watcher.objects.exists()
    assert beat("b") == {host.pk}


def test_a_host_that_is_switched_off_is_let_go():
    host = an_engine()
    beat("a")
    Watch.objects.update(mode=Watch.Mode.OFF)

    assert beat("a") == set()
    assert Watch.objects.get(host=host).owner == ""


def test_notes_are_written_of_held_hosts_alone():
    mine, other = a_watch(an_engine("web-01")), a_watch(an_engine("web-02"), owner="b")
    note = Note(state="broken", since=NOW, error=say("It is gone."), reconnects=1, heard=7)

    notes.write("a", {mine.host_id: note, other.host_id: note})

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.heard, mine.reconnects, str(mine.failure)) == ("broken", 7, 1, "It is gone.")
    assert other.state == Watch.State.WAITING


def test_a_gap_has_the_host_scanned_but_not_while_a_scan_runs():
    host = an_engine()
    a_watch(host, has_gap=True)
    Host.objects.update(scan_due_at=NOW + timedelta(hours=1))
    running = Scan.objects.create(host=host, trigger="manual", state="running", attempts=1, created_at=NOW)

    assert notes.close_gaps("a", at=NOW) == 0
    running.delete()
    assert notes.close_gaps("a", at=NOW) == 1

    assert Host.objects.get().scan_due_at == NOW
    assert notes.close_gaps("a", at=NOW) == 0


# --- the page of a host ---------------------------------------------------------------------------------------------


def test_the_page_says_that_nobody_watches_yet():
    assert "no watcher runs yet" in said(an_engine())


def test_the_page_says_since_when_it_is_watched():
    host = an_engine()
    a_watch(host, state=Watch.State.WATCHING)

    assert "watched live since" in said(host)


def test_the_page_does_not_believe_one_that_gives_no_sign_of_life():
    host = an_engine()
    a_watch(host, state=Watch.State.WATCHING, lease_until=timezone.now() - LEASE)

    assert "no watcher runs yet" in said(host)


def test_the_page_says_why_it_is_not_watched():
    host = an_engine()
    watch = a_watch(host)
    notes.write("a", {host.pk: Note(state="broken", since=NOW, error=say("Nobody listens <there>."))})

    assert "Nobody listens &lt;there&gt;." in said(host)
    assert watch.host == host


def test_nothing_is_said_of_a_sample_host():
    assert "watch" not in said(a_host())


def test_an_operator_switches_it_and_that_is_recorded():
    host = an_engine()

    response = signed_in(Role.OPERATOR).post(reverse("host-watch", args=[host.slug]), {"mode": "off"})

    assert response.status_code == 302
    assert Watch.objects.get().mode == Watch.Mode.OFF
    entry = AuditEntry.objects.get(act="host.watched")
    assert (entry.name, entry.before, entry.after) == (host.name, {"mode": "live"}, {"mode": "off"})
    assert "not watched between scans" in said(host)


def test_what_is_no_mode_is_refused():
    response = signed_in(Role.OPERATOR).post(reverse("host-watch", args=[an_engine().slug]), {"mode": "loud"})

    assert response.status_code == 400
    assert not Watch.objects.exists()


def test_a_viewer_sees_no_switch():
    assert "Stop watching" not in said(an_engine(), Role.VIEWER)
