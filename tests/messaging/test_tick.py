"""What happened is heard once, waits for its rule, and becomes one message."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.checks.outcome import Severity
from secdash.facts.message import say
from secdash.findings.models import Acceptance, Finding, State, Transition, Why
from secdash.messaging import hearing, services
from secdash.messaging.models import Delivery, Notice, Pending, Rule, Told
from secdash.messaging.rhythm import Rhythm
from secdash.scans.models import Scan
from secdash.scans.services import INTERRUPTED
from tests import queueing
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.messaging.world import (
    Event,
    a_channel,
    a_known_host,
    a_rule,
    body_of,
    fails,
    letters,
    tick,
    worsens,
)
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


def test_a_scan_that_found_something_becomes_one_message():
    host = a_known_host()
    a_rule()
    worsens(host, "app", "db", "cache")

    assert tick() == 1
    (title,) = letters()
    assert title.startswith("3 new findings on web-01: ") or " new findings on web-01: " in title


def test_the_same_is_never_told_twice():
    a_rule()
    worsens(a_known_host())
    tick()

    assert tick(timezone.now() + timedelta(hours=1)) == 0
    assert Delivery.objects.count() == 1
    assert not Pending.objects.exists()


def test_what_happens_in_the_pause_waits_and_comes_as_one():
    first, second = a_known_host("web-01"), a_known_host("web-02")
    a_rule(pause=10)
    worsens(first)
    now = timezone.now()
    tick(now)
    worsens(second, "db")
    worsens(first, "app", "cache")

    assert tick(now + timedelta(minutes=9)) == 0
    assert tick(now + timedelta(minutes=10)) == 1
    assert "on 2 hosts" in letters()[1]


def test_a_rescan_that_found_nothing_new_waits_for_nobody():
    host = a_known_host()
    a_rule(None, *Event.values)
    worsens(host)
    tick()
    worsens(host)

    assert hearing.hear(at=timezone.now()) == 1
    assert not Pending.objects.exists()


def test_a_first_scan_is_told_as_one_line():
    a_rule()
    worsens(a_host("web-09"), "a", "b")
    tick()

    (title,) = letters()
    assert title.startswith("web-09 was scanned for the first time: ")
    assert "- " not in body_of(Delivery.objects.get()).replace("- See the host", "")


def test_what_is_below_the_severity_is_not_told():
    a_rule(severity=Severity.CRITICAL)
    worsens(a_known_host())

    assert tick() == 0


def test_the_worst_are_named_and_counted():
    a_rule(severity=Severity.CRITICAL)
    worsens(a_known_host(), privileged=True)
    tick()

    body = body_of(Delivery.objects.get())
    assert "critical: Runs privileged, app on web-01 http://" in body
    assert "medium" not in body


def test_what_came_back_is_told_as_such():
    host = a_known_host()
    a_rule(None, Event.REOPENED)
    worsens(host)
    scan_of(host, named("app", memory=1 << 28))
    worsens(host)
    tick()

    assert "came back on web-01" in letters()[0]


def test_what_was_mended_before_anybody_was_told_is_no_news():
    host = a_known_host()
    a_rule()
    worsens(host)
    scan_of(host, named("app", memory=1 << 28))

    assert tick() == 0


def test_what_happened_before_the_rule_was_made_is_not_told():
    worsens(a_known_host())
    a_rule(created_at=timezone.now() + timedelta(minutes=1))

    assert tick() == 0


def test_what_is_older_than_the_horizon_is_left_alone():
    host = a_known_host()
    a_rule()
    scan = worsens(host)
    Scan.objects.filter(pk=scan.pk).update(finished_at=timezone.now() - hearing.HORIZON - timedelta(minutes=1))

    assert hearing.hear(at=timezone.now()) == 0


@pytest.mark.parametrize("scope", ["host", "group", "tag"])
def test_a_rule_is_about_its_scope_only(scope):
    mine, other = a_known_host("web-01", group_name="Production"), a_known_host("lab-01", group_name="Lab")
    tag = mine.tags.create(name="public")
    chosen = {"host": mine, "group": mine.group, "tag": tag}
    a_rule(scope=scope, **{scope: chosen[scope]})
    worsens(mine)
    worsens(other)
    tick()

    (title,) = letters()
    assert "on web-01" in title


# --- hosts --------------------------------------------------------------------------------------------------------

AWAY = say("%(path)s does not exist.", path="/run/docker.sock")


def test_a_host_that_is_lost_is_told_once_and_again_when_it_is_back():
    host = a_known_host()
    a_rule(None, Event.UNREACHABLE, pause=1)
    now = timezone.now()
    fails(host, AWAY)
    tick(now)
    fails(host, AWAY)
    tick(now + timedelta(minutes=5))
    worsens(host)
    tick(now + timedelta(minutes=10))

    assert letters() == ["web-01 is unreachable", "web-01 is reachable again"]


def test_why_it_is_lost_is_said():
    a_rule(None, Event.UNREACHABLE)
    fails(a_known_host(), AWAY)
    tick()

    assert "/run/docker.sock does not exist." in body_of(Delivery.objects.get())


def test_a_host_that_came_back_within_the_pause_is_no_news():
    host = a_known_host()
    a_rule(None, Event.UNREACHABLE)
    fails(host, AWAY)
    scan_of(host, named("app", memory=1 << 28))

    assert tick() == 0


def test_a_scan_that_breaks_off_is_not_an_unreachable_host():
    a_rule(None, Event.UNREACHABLE)
    a_rule(None, Event.FAILING)
    fails(a_known_host(), INTERRUPTED)
    tick()

    assert letters() == ["The scans of web-01 break off"]


# --- acceptances --------------------------------------------------------------------------------------------------


def an_acceptance(finding, **fields):
    now = timezone.now()
    made = Acceptance.objects.create(
        check_name=finding.check_name,
        scope="finding",
        finding=finding,
        reason="Known.",
        at=now,
        **{"state": "in_force", "until": now.date() + timedelta(days=5), **fields},
    )
    Finding.objects.filter(pk=finding.pk).update(state=State.ACCEPTED, acceptance=made)
    return made


def a_finding():
    scan = worsens(a_known_host())
    finding = Finding.objects.get(check_name="no-memory-limit", subject_name="app")
    Told.objects.create(what="scan", number=scan.pk, at=timezone.now())
    return finding


def test_an_acceptance_about_to_end_is_told_once_to_each_rule():
    an_acceptance(a_finding())
    a_rule(None, Event.ENDING, ahead=7)
    a_rule(None, Event.ENDING, ahead=3)
    now = timezone.now()
    tick(now)
    tick(now + timedelta(hours=1))

    (title,) = letters()
    assert title.startswith("The acceptance of “")
    assert "1 finding opens again" in title

    tick(now + timedelta(days=3))
    assert len(letters()) == 2


def test_an_acceptance_that_ended_is_told():
    finding = a_finding()
    ended = an_acceptance(finding, state="ended", ended="expired", ended_at=timezone.now(), until=timezone.now().date())
    Finding.objects.filter(pk=finding.pk).update(state=State.OPEN)
    Transition.objects.create(
        finding=finding, at=timezone.now(), was="accepted", now="open", why=Why.EXPIRED, acceptance=ended
    )
    a_rule(None, Event.EXPIRED)
    tick()
    tick(timezone.now() + timedelta(hours=1))

    (title,) = letters()
    assert title.endswith("ended: 1 finding is open again")


def test_an_accepted_finding_is_not_told_as_new():
    a_rule()
    scan = worsens(a_known_host())
    Finding.objects.filter(transitions__scan=scan).update(state=State.ACCEPTED)

    assert tick() == 0


# --- digests ------------------------------------------------------------------------------------------------------


def test_a_digest_comes_at_its_hour_with_all_changes_in_one():
    host = a_known_host()
    now = timezone.now()
    rule = a_rule(None, Event.NEW, Event.RESOLVED, rhythm=Rhythm.DAILY, due_at=now + timedelta(hours=3))
    worsens(host, "app", "db")
    worsens(host, "app")

    assert tick(now + timedelta(hours=2)) == 0
    assert tick(now + timedelta(hours=3)) == 1
    title, body = letters()[0], body_of(Delivery.objects.get())
    assert "new finding" in title
    assert "resolved" in body
    rule.refresh_from_db()
    assert rule.due_at > now + timedelta(hours=3)


def test_a_digest_of_nothing_is_not_sent():
    a_rule(None, *Event.values, rhythm=Rhythm.DAILY)
    host = a_known_host()
    scan_of(host, named("app", memory=1 << 28))
    Told.objects.all().delete()
    tick()

    assert letters() == []


# --- the tick as beat asks for it ---------------------------------------------------------------------------------


def test_everybody_has_an_inbox_that_tells_of_new_criticals():
    user = a_member()
    services.tick(at=timezone.now() - timedelta(minutes=5))
    services.tick(at=timezone.now() - timedelta(minutes=4))
    worsens(a_known_host(), privileged=True)
    services.tick(at=timezone.now())

    (notice,) = Notice.objects.filter(user=user)
    assert "critical" in str(notice.letter)
    assert user.message_channels.count() == 1


def test_a_message_is_sent_to_a_worker_after_the_commit(django_capture_on_commit_callbacks):
    a_rule()
    worsens(a_known_host())
    with django_capture_on_commit_callbacks(execute=True):
        tick()

    assert queueing.sent(queueing.MESSAGES) == [Delivery.objects.get().pk]


def test_old_things_are_forgotten():
    at = timezone.now()
    Told.objects.create(what="scan", number=1, at=at - 3 * hearing.HORIZON)
    Told.objects.create(what="ending", number=1, rule=1, at=at - 3 * hearing.HORIZON)
    Notice.objects.create(user=a_member(), kind="news", key="x", at=at - timedelta(days=91))
    Delivery.objects.create(channel=a_channel(), created_at=at - timedelta(days=91), not_before=at, state="done")

    services.forget_old(at=at)

    assert list(Told.objects.values_list("what", flat=True)) == ["ending"]
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_a_tick_asks_the_same_number_of_questions_for_many_scans(django_assert_max_num_queries):
    for number in range(6):
        worsens(a_known_host(f"host-{number}"))
    a_rule()
    with django_assert_max_num_queries(35):
        tick()
    assert Rule.objects.get().due_at > timezone.now()
