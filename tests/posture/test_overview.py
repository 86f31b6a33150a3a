"""The overview: since when changes are told, what awaits one person, which hosts are not seen, what a cap holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.checks.outcome import Severity
from secdash.findings.models import Acceptance, Comment, Finding, State, Transition, Why
from secdash.fleet.models import Host
from secdash.posture.unseen import unseen_hosts
from secdash.posture.windows import LONGEST, Since, window_of
from secdash.scans.models import Scan
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of


def shown(role=Role.VIEWER, url="/"):
    response = signed_in(role).get(url)
    assert response.status_code == 200
    return response


def figures(role=Role.VIEWER, url="/"):
    return shown(role, url).context["page"]


# --- since when -----------------------------------------------------------------------------------------------------


def test_who_was_never_here_is_told_of_yesterday_and_offered_nothing_else():
    now = timezone.now()

    window = window_of(User(), "visit", now=now)

    assert (window.kind, window.offered) == (Since.YESTERDAY, False)
    assert timedelta(days=1) <= now - window.since < timedelta(days=1, minutes=10)


@pytest.mark.parametrize("days", [3, 90])
def test_a_visit_is_told_from_its_end_but_no_longer_than_a_month(days):
    now = timezone.now()
    user = User(last_visit_at=now - timedelta(days=days))

    window = window_of(user, "visit", now=now)

    assert window.is_visit
    assert window.since == max(now - timedelta(days=days), now - LONGEST)
    assert window_of(user, "tomorrow", now=now).kind is Since.YESTERDAY


@pytest.mark.django_db
def test_what_changed_before_the_last_visit_is_not_told_again():
    host = a_host("web-01", at=timezone.now() - timedelta(days=30))
    scan_of(host, named("app"), days_ago=20)
    scan_of(host, named("app", memory=0), days_ago=4)
    scan_of(host, named("app", memory=0), named("other", memory=0))
    user = a_member()
    User.objects.filter(pk=user.pk).update(last_visit_at=timezone.now() - timedelta(days=2))

    page = figures(url="/?since=visit")

    [event] = page.events
    assert (event.kind, event.host) == ("opened", host)
    assert event.number == Finding.objects.filter(subject_key="other").count()
    medium = next(line for line in page.severities if line.severity is Severity.MEDIUM)
    assert medium.change == Finding.objects.filter(subject_key="other", severity=Severity.MEDIUM).count()


@pytest.mark.django_db
def test_a_score_is_compared_with_the_one_at_the_last_visit():
    host = a_host("web-01", at=timezone.now() - timedelta(days=30))
    first = scan_of(host, named("app"), days_ago=10)
    second = scan_of(host, named("app", privileged=True), days_ago=1)
    a_member()
    User.objects.update(last_visit_at=timezone.now() - timedelta(days=5))

    page = figures(url="/?since=visit")

    assert (page.summary.was, page.summary.score) == (first.score, second.score)
    assert first.score != second.score


@pytest.mark.django_db
def test_new_criticals_stand_first_and_a_line_for_each_host_follows():
    host = a_host("web-01", at=timezone.now() - timedelta(days=30))
    scan_of(host, named("app"), days_ago=10)
    scan_of(host, named("app", privileged=True, memory=0))
    fresh = a_host("new", at=timezone.now())
    scan_of(fresh, named("app", privileged=True))

    events = figures().events

    kinds = [(event.kind, event.host.name) for event in events]
    assert kinds[0] == ("critical", "web-01")
    assert {("opened", "web-01"), ("first", "new")} <= set(kinds)
    assert ("critical", "new") not in kinds


@pytest.mark.django_db
def test_more_lines_than_fit_are_counted_and_shown_when_asked_for():
    for number in range(8):
        scan_of(a_host(f"h{number}", at=timezone.now()), named("app", memory=0))

    page = figures()
    assert (len(page.events), page.events_total) == (6, 8)
    assert "changes=all#changes" in shown().content.decode()
    assert len(figures(url="/?changes=all").events) == 8


@pytest.mark.django_db
def test_a_figure_that_is_kept_gives_way_as_soon_as_a_finding_moves():
    host = a_host("web-01", at=timezone.now())
    scan_of(host, named("app", memory=0))
    before = figures().open_total
    finding = Finding.objects.open().first()

    Finding.objects.filter(pk=finding.pk).update(state=State.ACCEPTED)
    Transition.objects.create(finding=finding, at=timezone.now(), was=State.OPEN, now=State.ACCEPTED, why=Why.ACCEPTED)
    page = figures()

    assert (page.open_total, page.summary.accepted) == (before - 1, 1)
    assert "accepted" in {event.kind for event in page.events}


@pytest.mark.django_db
def test_what_a_cap_holds_follows_from_the_tallies():
    a_fleet(2, 3)
    scan_of(a_host("clean"), named("app"))

    held = figures().summary.held

    assert (held.severity, held.cap, held.hosts) == (Severity.CRITICAL, 59, 2)
    assert held.without > 59


# --- what awaits me -------------------------------------------------------------------------------------------------


def some_findings(number):
    scan_of(a_host("web-01"), *(named(f"app-{n}", memory=0) for n in range(number)))
    return list(Finding.objects.filter(check_name="no-memory-limit").order_by("pk"))


def an_acceptance(finding, **fields):
    at = timezone.now()
    fields = {"state": Acceptance.State.WAITING, "reason": "For now.", "at": at} | fields
    return Acceptance.objects.create(check_name=finding.check_name, scope="finding", finding=finding, **fields)


@pytest.mark.django_db
def test_my_findings_come_overdue_first_and_are_counted():
    user, today = a_member(), timezone.localdate()
    findings = some_findings(5)
    for finding, days in zip(findings, (9, -2, None, 1, -5), strict=True):
        finding.assignee, finding.due_on = user, None if days is None else today + timedelta(days=days)
        finding.save()

    awaiting = figures().awaiting

    assert [finding.pk for finding in awaiting.findings] == [findings[4].pk, findings[1].pk, findings[3].pk]
    assert (awaiting.findings_total, awaiting.overdue) == (5, 2)
    assert figures(Role.OPERATOR).awaiting.is_nothing


@pytest.mark.django_db
def test_what_waits_for_approval_awaits_who_may_approve_but_not_who_asked():
    finding, other = some_findings(2)
    asked = an_acceptance(finding, by=a_member(Role.OPERATOR))
    an_acceptance(other, by=a_member(Role.REVIEWER))

    assert [each.pk for each in figures(Role.REVIEWER).awaiting.to_decide] == [asked.pk]
    assert figures(Role.ADMINISTRATOR).awaiting.to_decide_total == 2
    assert figures(Role.OPERATOR).awaiting.to_decide_total == 0
    assert shown(Role.ADMINISTRATOR).context["rooms"]["acceptances"] == 2


@pytest.mark.django_db
def test_acceptances_that_end_soon_are_told_the_soonest_first():
    today = timezone.localdate()
    findings = some_findings(4)
    made = [
        an_acceptance(finding, state=Acceptance.State.IN_FORCE, until=until)
        for finding, until in zip(
            findings, (today + timedelta(days=14), today, today + timedelta(days=15), None), strict=True
        )
    ]

    awaiting = figures().awaiting

    assert [each.pk for each in awaiting.ending] == [made[1].pk, made[0].pk]


@pytest.mark.django_db
def test_words_to_me_since_my_last_visit_await_me():
    user, author = a_member(), a_member(Role.OPERATOR)
    [finding] = some_findings(1)
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(last_visit_at=now - timedelta(days=2))
    for days, removed in ((1, None), (3, None), (1, now)):
        at = now - timedelta(days=days)
        comment = Comment.objects.create(finding=finding, body="?", by=author, by_name="Ann", at=at, removed_at=removed)
        comment.mentions.add(user)

    awaiting = figures().awaiting

    assert (awaiting.mentions_total, awaiting.mentions[0].finding) == (1, finding)
    assert "Ann mentions you" in shown().content.decode()


@pytest.mark.django_db
def test_nothing_awaits_who_has_nothing_to_do():
    a_fleet(1, 1)

    assert "Nothing awaits you." in shown().content.decode()


# --- hosts not seen -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_hosts_that_do_not_answer_are_late_or_failed_are_not_seen():
    now = timezone.now()
    for name in ("fine", "late", "gone", "failed", "manual", "new"):
        a_host(name, interval=60, at=now - timedelta(days=9))
    seen = Host.objects.exclude(name="new")
    seen.update(state=Host.State.REACHABLE, seen_at=now - timedelta(minutes=179), scan_due_at=now)
    Host.objects.filter(name__in=("late", "manual")).update(seen_at=now - timedelta(minutes=181))
    Host.objects.filter(name="manual").update(scan_due_at=None)
    Host.objects.filter(name="gone").update(state=Host.State.UNREACHABLE, seen_at=now - timedelta(days=4))
    failed = Host.objects.get(name="failed")
    for days, state in ((2, Scan.State.DONE), (1, Scan.State.FAILED)):
        Scan.objects.create(host=failed, trigger="manual", state=state, created_at=now - timedelta(days=days))

    found = unseen_hosts(Host.objects.all(), now=now)

    assert [(each.host.name, each.why.value) for each in found.shown] == [
        ("gone", "unreachable"),
        ("late", "late"),
        ("failed", "failed"),
    ]
    assert found.total == 3
    text = signed_in().get(reverse("hosts") + "?state=unseen").content.decode()
    assert set(re.findall(r'href="/hosts/([a-z]+)/">', text)) >= {"gone", "late", "failed"}
    assert "/hosts/fine/" not in text
