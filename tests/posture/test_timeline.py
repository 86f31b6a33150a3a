"""The timeline of a host: what moved by itself, what did not in one line, silence, another Engine, acceptances."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.facts.endpoint import SshIdentity
from secdash.findings.models import Finding, State, Transition, Why
from secdash.fleet import connecting, grouping, services
from secdash.fleet.exchange import planning
from secdash.fleet.exchange.reading import Line
from secdash.fleet.exchange.writing import values_of
from secdash.fleet.maintenance import announce
from secdash.posture.container_trail import open_by_day
from secdash.posture.scan_calendar import calendar
from secdash.posture.timeline import DAYS, timeline
from secdash.posture.timeline_scans import tell
from secdash.scans.models import Scan
from secdash.watching.services import choose
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.fleet.test_access import of_group
from tests.posture.world import named, scan_of

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def a_scan(hours, *, pk, state=Scan.State.DONE, score=80, engine="29.1", catalogue="a"):
    at = NINE + timedelta(hours=hours)
    return Scan(
        pk=pk,
        state=state,
        score=score if state == Scan.State.DONE else None,
        engine_version=engine,
        catalogue_version=catalogue,
        created_at=at,
        finished_at=at,
    )


def told(*scans, before=None, moving=()):
    return [(line.kind, line.number, line.scan.pk) for line in tell(scans, before, moving)]


def test_scans_that_moved_nothing_stand_in_one_line_a_day():
    before = a_scan(-1, pk=1)

    lines = told(*(a_scan(n, pk=2 + n) for n in range(3)), a_scan(24, pk=9), before=before)

    assert lines == [("quiet", 3, 4), ("quiet", 1, 9)]


def test_a_scan_that_moved_findings_or_the_score_stands_by_itself():
    before = a_scan(-1, pk=1)

    lines = told(
        a_scan(0, pk=2), a_scan(1, pk=3), a_scan(2, pk=4, score=70), a_scan(3, pk=5), before=before, moving=[3]
    )

    assert lines == [("quiet", 1, 2), ("scan", 1, 3), ("scan", 1, 4), ("scan", 1, 5)]  # the last one is back at 80


def test_failures_in_a_row_are_one_silence_over_days():
    failed = [a_scan(12 * n, pk=2 + n, state=Scan.State.FAILED) for n in range(5)]
    before = a_scan(-1, pk=1)

    [silence, back] = tell([*failed, a_scan(90, pk=9, score=81)], before, [])

    assert (silence.kind, silence.number, silence.before, silence.since) == ("failed", 5, before, NINE)
    assert (back.kind, back.was) == ("scan", 80)


def test_another_engine_and_other_checks_are_said_before_their_scan():
    lines = told(a_scan(0, pk=2, engine="29.2", catalogue="b"), before=a_scan(-1, pk=1))

    assert [kind for kind, _, _ in lines] == ["engine", "catalogue", "scan"]


def test_the_first_scan_of_all_stands_by_itself():
    assert told(a_scan(0, pk=1)) == [("scan", 1, 1)]


@pytest.mark.django_db
def test_a_page_tells_what_scans_opened_and_resolved_and_what_was_accepted():
    now = timezone.now()
    host = a_host("web-01", at=now - timedelta(days=3))
    scan_of(host, named("app", memory=0), named("other", memory=0), days_ago=2)
    scan_of(host, named("app", memory=512), named("other", memory=0), days_ago=1)
    finding = Finding.objects.open().first()
    Transition.objects.create(finding=finding, at=now, was=State.OPEN, now=State.ACCEPTED, why=Why.ACCEPTED)

    page = timeline(host, timezone.localdate(now), now=now)

    events = [event for _, found in page.days for event in found]
    assert [event.kind for event in events] == ["accepted", "scan", "scan", "registered"]
    assert events[1].moved.resolved >= 1
    assert events[2].moved.opened_total == Finding.objects.count()
    assert (page.older, page.newer) == (None, None)


def settings_told(host, reader):
    now = timezone.now()
    page = timeline(host, timezone.localdate(now), now=now, reader=reader, only="settings")
    found = [event.setting for _, events in page.days for event in events if event.setting]
    told: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for each in reversed(found):
        told.setdefault((each.act, each.by), []).extend(tuple(change) for change in each.changes)
    return told


def changed(host, by, **settings):
    names = ("name", "environment", "owner", "interval", "file_reading", "image_reading")
    kept = {name: getattr(host, name) for name in names} | {"group_name": "", "tags": ()}
    services.change(host, **(kept | settings), by=by, at=timezone.now())


@pytest.mark.django_db
def test_what_people_changed_of_a_host_stands_in_its_timeline():
    host, admin = a_host("web-01"), a_member(Role.ADMINISTRATOR)
    minutes = str(host.interval)
    changed(host, admin, group_name="Berlin", tags=("pci", "public"), interval=17)
    changed(host, admin, group_name="Berlin", tags=("pci", "public"), interval=17)  # changes nothing
    choose(host, "off", by=admin, at=timezone.now())
    announce(host, starts_at=NINE, ends_at=NINE + timedelta(hours=2), reason="Disks.", by=admin, at=timezone.now())

    told = settings_told(host, admin)

    name = str(admin)
    assert told[("changed a host", name)] == [
        ("minutes between scans", minutes, "17"),
        ("group", "", "Berlin"),
        ("tags", "", "pci, public"),
    ]
    assert told[("changed whether a host is watched", name)] == [("watching", "watched live", "scans only")]
    assert ("reason", "", "Disks.") in told[("announced maintenance", name)]
    assert len(told) == 3


@pytest.mark.django_db
def test_how_a_host_is_reached_is_told_to_those_who_manage_it_and_no_secret_to_anybody():
    host, admin = a_host("web-01"), a_member(Role.ADMINISTRATOR)
    before = host.connection.address
    way = {"kind": "ssh", "address": "ops@10.9.8.7:22", "identity": SshIdentity("KEY-OF-OURS", "")}
    connecting.reach_otherwise(host, **way, host_key="", expires_at=None, by=admin, at=timezone.now())

    act = ("changed how a host is reached", str(admin))
    managing, seeing = settings_told(host, admin)[act], settings_told(host, a_member(Role.VIEWER))[act]

    assert ("address", before, "ops@10.9.8.7:22") in managing
    assert ("credentials", "", "replaced") in managing
    assert [field for field, _, _ in seeing] == ["kind of connection", "credentials"]
    page = signed_in(Role.ADMINISTRATOR).get(f"/hosts/{host.slug}/timeline/").content.decode()
    assert "KEY-OF-OURS" not in page
    assert "10.9.8.7" not in signed_in(Role.VIEWER).get(f"/hosts/{host.slug}/timeline/").content.decode()


@pytest.mark.django_db
def test_a_group_that_the_reader_does_not_see_has_no_name():
    host, admin = a_host("web-01"), a_member(Role.ADMINISTRATOR)
    changed(host, admin, group_name="Hidden")
    changed(host, admin, group_name="Shop")
    reader = of_group("Shop")

    told = settings_told(host, reader)

    assert ("group", "another group", "Shop") in told[("changed a host", str(admin))]


@pytest.mark.django_db
def test_a_host_that_a_word_was_changed_under_says_so_in_its_timeline():
    admin, now = a_member(Role.ADMINISTRATOR), timezone.now()
    host = a_host("web-01", group_name="Prod", tags=["pci", "payment"], environment="prod")
    joined = a_host("web-02", group_name="Shop", tags=["pci"], environment="live")
    for kind, key, name in (("group", "prod", "SHOP"), ("tag", "payment", "pci"), ("environment", "prod", "live")):
        grouping.rename(kind, key, name, by=admin, at=now)

    act = ("changed a host", str(admin))
    changes = {"host": settings_told(host, admin), "joined": settings_told(joined, admin)}

    assert sorted(changes["host"][act]) == [
        ("environment", "prod", "live"),
        ("group", "Prod", "Shop"),
        ("tags", "payment", "pci"),
    ]
    assert changes["joined"] == {}
    assert ("group", "another group", "Shop") in settings_told(host, of_group("Shop"))[act]


@pytest.mark.django_db
def test_what_an_import_changed_of_a_host_stands_in_its_timeline():
    admin = a_member(Role.ADMINISTRATOR)
    host = a_host("web-01", owner="Team A", kind="unix", address="/run/docker.sock")
    line = Line(2, values_of(host) | {"owner": "Team B", "group": "Berlin"})
    planning.carry_out(planning.plan([line], user=admin), by=admin, at=timezone.now())

    told = settings_told(host, admin)[("changed a host", str(admin))]

    assert told == [("owner", "Team A", "Team B"), ("group", "", "Berlin")]


@pytest.mark.django_db
def test_a_timeline_is_narrowed_to_one_kind(django_assert_max_num_queries):
    now, admin = timezone.now(), a_member(Role.ADMINISTRATOR)
    host = a_host("web-01", at=now - timedelta(days=3))
    scan_of(host, named("app", memory=0), days_ago=1)
    finding = Finding.objects.open().first()
    Transition.objects.create(finding=finding, at=now, was=State.OPEN, now=State.ACCEPTED, why=Why.ACCEPTED)
    changed(host, admin, owner="Mia")

    def kinds(only):
        page = timeline(host, timezone.localdate(now), now=timezone.now(), reader=admin, only=only)
        return {event.kind for _, found in page.days for event in found}

    assert kinds("scans") == {"scan"}
    assert kinds("acceptances") == {"accepted"}
    assert kinds("settings") == {"setting", "registered"}
    assert kinds("") == kinds("scans") | kinds("acceptances") | kinds("settings") == kinds("moons")
    client = signed_in(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(20):
        page = client.get(f"/hosts/{host.slug}/timeline/", {"kind": "settings"}).content.decode()
    assert "Mia" in page


@pytest.mark.django_db
def test_older_days_are_on_pages_of_their_own():
    now = timezone.now()
    host = a_host("web-01", at=now - timedelta(days=40))
    scan_of(host, named("app"), days_ago=20)
    today = timezone.localdate(now)

    newest = timeline(host, today, now=now)
    older = timeline(host, newest.older, now=now)

    assert newest.days == []
    assert older.last == today - timedelta(days=DAYS)
    assert older.newer == today
    assert [event.kind for _, found in older.days for event in found] == ["scan"]


@pytest.mark.django_db
@pytest.mark.parametrize("until", ["", "2026-13-01", "yesterday", "20261124", "9999-12-31"])
def test_an_address_that_names_no_day_shows_the_newest(until):
    host = a_host("web-01")

    response = signed_in().get(f"/hosts/{host.slug}/timeline/", {"until": until})

    assert response.status_code == 200
    assert response.context["page"].last == timezone.localdate()


@pytest.mark.django_db
def test_the_calendar_counts_finished_and_failed_scans_and_kept_days():
    host = a_host("web-01")
    scan_of(host, named("app"), days_ago=3)
    Scan.objects.all().delete()  # its day is kept
    at = timezone.now() - timedelta(days=1)
    Scan.objects.create(host=host, trigger="manual", state=Scan.State.FAILED, created_at=at)
    today = timezone.localdate()

    found = calendar(host, today=today)

    assert {(each.day, each.done, each.failed) for each in found.days} == {
        (today - timedelta(days=1), 0, 1),
        (today - timedelta(days=3), 1, 0),
    }
    assert len(found.squares) == 77 + today.weekday() + 1


@pytest.mark.django_db
def test_the_line_of_a_container_is_folded_back_from_its_transitions():
    host = a_host("web-01")
    scan_of(host, named("app", memory=0), named("other", memory=0), days_ago=5)
    scan_of(host, named("app", memory=512), named("other", memory=0))
    now_open = Finding.objects.open().filter(subject_key="app").count()

    days = open_by_day(host, {"app": now_open}, today=timezone.localdate())

    assert set(days) == {"app"}
    assert days["app"][-1] == now_open
    assert days["app"][-2] > now_open
    assert days["app"][0] == 0
