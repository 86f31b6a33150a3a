"""A host that is as it was is not judged again; and whatever may judge it otherwise has it judged."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks import releases
from secdash.findings import attesting
from secdash.findings.models import Acceptance, Finding, State, Transition
from secdash.fleet.models import Group, Host
from secdash.scans import services, unchanged
from secdash.scans.collecting import answers_of
from secdash.scans.models import PostureDay, Scan, Snapshot
from tests.cast import a_member
from tests.engine.recordings import recorded
from tests.engine.replaying_server import recorded_routes, replaying
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
ID = recorded("docker/inspect_c01_default.json")["Id"]


@pytest.fixture
def engine():
    with replaying(recorded_routes()) as running:
        yield running


@pytest.fixture
def host(engine):
    host = a_host("web-01")
    Host.objects.filter(pk=host.pk).update(file_reading="none")
    host.connection.__class__.objects.filter(host=host).update(kind="unix", address=engine.url.removeprefix("unix://"))
    scanned(host)
    return host


def scanned(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    services.run(scan.pk)
    scan.refresh_from_db()
    assert scan.state == Scan.State.DONE, scan.failure
    return scan


def was_judged(scan):
    return "judging" in scan.timings


def yesterday(host):
    """All that was recorded is a day older."""
    for model, names in ((Scan, ("created_at", "started_at", "finished_at")), (Finding, ("opened_at", "changed_at"))):
        for row in model.objects.filter(host=host):
            model.objects.filter(pk=row.pk).update(
                **{name: getattr(row, name) - timedelta(days=1) for name in names if getattr(row, name)}
            )
    PostureDay.objects.filter(host=host).update(day=timezone.now().date() - timedelta(days=1))


def test_what_is_as_it_was_is_recorded_as_it_was(host):
    first = Scan.objects.get(host=host)
    before = (list(Finding.objects.values()), list(PostureDay.objects.values()), Transition.objects.count())
    second = scanned(host)

    assert was_judged(first)
    assert not was_judged(second)
    for name in ("tally", "statuses", "score", "assessed", "containers", "snapshot_id", "catalogue_version", "sight"):
        assert getattr(second, name) == getattr(first, name) is not None
    assert (list(Finding.objects.values()), list(PostureDay.objects.values()), Transition.objects.count()) == before
    assert Snapshot.objects.count() == 1
    assert Host.objects.get(pk=host.pk).seen_at == second.finished_at


def test_it_is_recorded_in_two_rows_beside_its_claim(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        services.run(scan.pk)
    statements = [query["sql"].split() for query in queries]
    written = [words[1].strip('"') for words in statements if words[0] in ("INSERT", "UPDATE", "DELETE")]

    assert written == ["scans_scan", "fleet_host", "scans_scan"]


def change_container(engine):
    path = f"/containers/{ID}/json"
    engine.routes[path] = {**engine.routes[path], "HostConfig": {**engine.routes[path]["HostConfig"], "PidsLimit": 7}}


def test_a_host_that_changed_is_judged(host, engine):
    change_container(engine)
    scan = scanned(host)

    assert was_judged(scan)
    assert not Finding.objects.on(host).open().filter(check_name="no-pids-limit", subject_key="c01_default").exists()


def test_what_changes_back_is_judged_as_well(host, engine):
    before = dict(engine.routes)
    change_container(engine)
    scanned(host)
    engine.routes = before

    assert was_judged(scanned(host))
    assert Finding.objects.on(host).open().filter(check_name="no-pids-limit", subject_key="c01_default").exists()


def test_the_first_scan_of_a_day_is_judged(host):
    yesterday(host)

    assert was_judged(scanned(host))
    assert PostureDay.objects.filter(host=host).count() == 2
    assert not was_judged(scanned(host))


def test_an_acceptance_that_ended_yesterday_ends(host):
    finding = Finding.objects.on(host).open().filter(check_name="no-pids-limit").first()
    acceptance = Acceptance.objects.create(
        check_name=finding.check_name,
        scope=Acceptance.Scope.FINDING,
        finding=finding,
        reason="For a day.",
        state=Acceptance.State.IN_FORCE,
        until=timezone.now().date() - timedelta(days=1),
        at=timezone.now() - timedelta(days=2),
    )
    Finding.objects.filter(pk=finding.pk).update(state=State.ACCEPTED, acceptance=acceptance)
    yesterday(host)
    scanned(host)
    finding.refresh_from_db()

    assert finding.state == State.OPEN


def test_what_stands_accepted_by_nothing_is_opened_again(host):
    finding = Finding.objects.on(host).open().first()
    Finding.objects.filter(pk=finding.pk).update(state=State.ACCEPTED, acceptance=None)
    scanned(host)
    finding.refresh_from_db()

    assert finding.state == State.OPEN


def test_a_finding_that_somebody_changed_since_is_looked_at(host):
    finding = Finding.objects.on(host).open().first()
    Finding.objects.filter(pk=finding.pk).update(state=State.RESOLVED, changed_at=timezone.now())
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    services.run(scan.pk)
    finding.refresh_from_db()

    assert finding.state == State.OPEN
    assert not was_judged(scanned(host))


def test_an_attestation_counts_from_the_next_scan_on_and_until_it_is_taken_back(host):
    by, now = a_member(Role.OPERATOR), timezone.now()
    until = now.date() + timedelta(days=9)
    attesting.attest(host, "host-os-hardened", says="fail", note="So it is.", until=until, by=by, at=now)
    attested = scanned(host)
    again = scanned(host)
    attesting.withdraw(host, "host-os-hardened", by=by, at=timezone.now())

    assert attested.tally["host-os-hardened"] == again.tally["host-os-hardened"] == [0, 1, 0, 0]
    assert not was_judged(again)
    assert "host-os-hardened" not in scanned(host).tally


def test_another_table_of_releases_judges_anew(host, monkeypatch):
    scanned(host)
    table = msgspec.structs.replace(releases.SHIPPED, read_on="2026-01-01")
    monkeypatch.setattr("secdash.scans.services.in_force", lambda: table)

    assert was_judged(scanned(host))


def test_another_version_of_the_code_judges_anew(host, monkeypatch):
    monkeypatch.setattr(unchanged, "digest_of_source", lambda *_folders: "of another version")

    assert was_judged(scanned(host))


def test_a_host_that_moved_to_another_group_or_was_renamed_is_judged(host):
    Host.objects.filter(pk=host.pk).update(group=Group.objects.create(name="Shop", slug="shop"))
    moved = scanned(host)
    Host.objects.filter(pk=host.pk).update(name="web-one")
    renamed = scanned(host)

    assert was_judged(moved)
    assert was_judged(renamed)
    assert PostureDay.objects.get(host=host).host_name == "web-one"


def test_a_host_whose_images_are_read_is_always_judged(host):
    Host.objects.filter(pk=host.pk).update(image_reading="archive")
    host = Host.objects.get(pk=host.pk)
    answers = answers_of(host, progress=lambda *_step: None, deadline=10)

    assert unchanged.mark_of(host, answers) == ("", None)


def test_a_worker_that_lost_its_lease_closes_nothing(host):
    mark = Scan.objects.get(host=host).sight
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    scan = services.claim(scan.pk, at=timezone.now())
    Scan.objects.filter(pk=scan.pk).update(attempts=2)

    assert not unchanged.record([unchanged.Same(scan, mark, {})], at=timezone.now())
    scan.refresh_from_db()
    assert scan.state == Scan.State.RUNNING
