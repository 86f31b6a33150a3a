"""What is let go of as time passes, what stays for ever, and that it may stop anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.batches import delete_some, in_turns
from secdash.findings.models import Acceptance, Finding, State, Transition, Why
from secdash.scans import forgetting
from secdash.scans.models import PostureDay, Rejudged, Scan, Snapshot, Thinned
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=12)
RESOLVED, SEEN, FIXED = State.RESOLVED, Why.SEEN, Why.FIXED


def ago(days, hours=0):
    return NOW - timedelta(days=days, hours=hours)


def a_scan(host, at, *, state=Scan.State.DONE, snapshot=None):
    return Scan.objects.create(
        host=host, trigger="manual", state=state, created_at=at, finished_at=at, snapshot=snapshot
    )


def a_snapshot(host, digest, at):
    return Snapshot.objects.create(host=host, digest=digest, content=b"x", created_at=at)


def a_finding(host, key, *steps, state=RESOLVED):
    """With a transition at each of these times, the first of which opened it."""
    finding = Finding.objects.create(
        host=host, check_name="no-memory-limit", subject_kind="container", subject_key=key, subject_name=key,
        severity=2, state=state, opened_at=steps[0], changed_at=steps[-1],
    )  # fmt: skip
    for number, at in enumerate(steps):
        was, now = (State.OPEN, RESOLVED) if number % 2 else ("" if number == 0 else RESOLVED, State.OPEN)
        Transition.objects.create(finding=finding, at=at, was=was, now=now, why=FIXED if number % 2 else SEEN)
    return finding


def forget(at=NOW):
    return forgetting.run(at=at)


def left(rows):
    return set(rows.values_list("pk", flat=True))


def test_after_a_month_the_last_scan_of_a_day_stays():
    one, other = a_host("one"), a_host("other")
    spare = [a_scan(one, ago(40, hours)) for hours in (5, 3)]
    last = [a_scan(one, ago(40, 1)), a_scan(other, ago(40, 4)), a_scan(one, ago(39))]
    failed = a_scan(one, ago(40), state=Scan.State.FAILED)
    recent = [a_scan(one, ago(20, hours)) for hours in (3, 1)]

    assert forget() == len([*spare, failed])

    assert left(Scan.objects) == {scan.pk for scan in [*last, *recent]}


def test_scans_under_way_are_left_alone():
    scan = Scan.objects.create(host=a_host("one"), trigger="manual", created_at=ago(500))

    forget()

    assert left(Scan.objects) == {scan.pk}


def test_after_the_history_a_host_keeps_the_newest_that_says_how_it_stands():
    host = a_host("one")
    a_scan(host, ago(900))
    newest = a_scan(host, ago(800))

    forget()

    assert left(Scan.objects) == {newest.pk}


def test_snapshots_go_before_their_scans_and_the_newest_stays():
    host, still = a_host("one"), a_host("still")
    old, new, only = (a_snapshot(each, digest, ago(500)) for each, digest in ((host, "a"), (host, "b"), (still, "a")))
    first = a_scan(host, ago(500), snapshot=old)
    a_scan(host, ago(1), snapshot=new)
    a_scan(still, ago(500), snapshot=only)

    forget()

    assert left(Snapshot.objects) == {new.pk, only.pk}
    first.refresh_from_db()
    assert first.snapshot is None


def test_a_snapshot_that_was_just_written_waits_for_its_scan():
    a_snapshot(a_host("one"), "a", NOW)

    assert forget() == 0


def test_what_was_resolved_long_ago_goes_with_its_history_but_not_its_day():
    host = a_host("one")
    old = a_finding(host, "old", ago(900), ago(800))
    returning = a_finding(host, "returning", ago(900), ago(100))
    living = a_finding(host, "living", ago(900), state=State.OPEN)
    PostureDay.objects.create(host=host, host_ident=host.pk, host_name="one", day=ago(900).date(), opened=3)

    forget()

    assert left(Finding.objects) == {returning.pk, living.pk}
    assert not Transition.objects.filter(finding=old.pk).exists()
    assert PostureDay.objects.get().opened == 3


def test_a_standing_acceptance_keeps_its_finding():
    finding = a_finding(a_host("one"), "old", ago(900), ago(800))
    Acceptance.objects.create(
        finding=finding,
        scope="finding",
        check_name=finding.check_name,
        state="in_force",
        reason="r",
        at=ago(900),
    )

    forget()

    assert left(Finding.objects) == {finding.pk}


def test_of_a_long_life_the_last_step_before_the_history_stays():
    finding = a_finding(
        a_host("one"), "a", ago(900), ago(880), ago(850), ago(850, -1), ago(800), ago(20), state=RESOLVED
    )

    forget()

    assert [step.at for step in finding.transitions.order_by("at")] == [ago(800), ago(20)]


def test_a_finding_stands_on_each_day_of_the_history_as_before():
    from secdash.posture.as_of import standing

    findings = [a_finding(a_host(f"h{n}"), "a", ago(900 - n), ago(860), ago(735), ago(100 + n)) for n in range(3)]
    days = [ago(days).date() for days in (700, 500, 101, 99, 1)]
    before = [left(standing(Finding.objects.all(), State.OPEN, day)) for day in days]

    assert forget() > 0

    assert [left(standing(Finding.objects.all(), State.OPEN, day)) for day in days] == before
    assert before[0] == {finding.pk for finding in findings}


def test_days_judged_by_a_former_catalogue_go_once_the_present_one_has_judged_them(monkeypatch):
    monkeypatch.setattr(forgetting, "catalogue_version", lambda: "now")
    host, day = a_host("one"), ago(10).date()
    Rejudged.objects.create(host=host, day=day, catalogue_version="then")
    kept = Rejudged.objects.create(host=host, day=day, catalogue_version="now")
    waiting = Rejudged.objects.create(host=host, day=day - timedelta(days=1), catalogue_version="then")
    Rejudged.objects.create(host=host, day=ago(400).date(), catalogue_version="now")

    forget()

    assert left(Rejudged.objects) == {kept.pk, waiting.pk}


def test_it_goes_on_where_it_stopped():
    host = a_host("one")
    for hours in reversed(range(6)):
        a_scan(host, ago(40, hours))
    until = ago(30).date()

    first = forgetting.thin_scans(until, 2)
    stopped = Thinned.objects.get().day
    rest = [forgetting.thin_scans(until, 2) for _ in range(3)]

    assert (first, rest) == (2, [2, 1, 0])
    assert (stopped, Thinned.objects.get().day) == (ago(40).date(), until)
    assert Scan.objects.get().finished_at == ago(40)


def test_what_was_thinned_is_not_read_again(django_assert_max_num_queries):
    a_scan(a_host("one"), ago(400))
    forget()

    with django_assert_max_num_queries(1):
        forgetting.thin_scans(ago(30).date(), 500)


def test_a_batch_is_as_large_as_it_may_be():
    host = a_host("one")
    for hours in range(5):
        a_scan(host, ago(1, hours))

    assert delete_some(Scan.objects.order_by("pk"), 3) == 3
    assert Scan.objects.count() == 2


def test_it_ends_when_its_time_is_over():
    done = []

    assert in_turns([lambda most: done.append(most) or most], seconds=0.0) == 0
    assert done == []


def test_scanning_goes_on_as_if_nothing_had_been_forgotten():
    host = a_host("one")
    scan_of(host, named("a", memory=0), days_ago=900)
    scan_of(host, named("a", memory=0), days_ago=800)
    forget()

    scan = scan_of(host, named("a", memory=0))

    assert Finding.objects.get(check_name="no-memory-limit", state=State.OPEN).opened_at < ago(890)
    assert Scan.objects.filter(pk=scan.pk).exists()
