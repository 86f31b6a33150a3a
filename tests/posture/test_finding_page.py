"""The page of one finding: who and when, what is said, what was asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Comment, Finding, Receipt
from secdash.findings.talking import comment
from secdash.posture.due import due_of
from secdash.posture.receipts import pairs
from secdash.scans import asking_again
from secdash.web.times import day as as_day
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding():
    host = a_host("web-01", at=timezone.now())
    scan_of(host, named("app", memory=0))
    return Finding.objects.get(check_name="no-memory-limit")


def page(finding, role=Role.OPERATOR, **query):
    return signed_in(role).get(finding.get_absolute_url(), query).content.decode()


def post(finding, name, data, role=Role.OPERATOR, pk=None):
    return signed_in(role).post(reverse(name, args=[pk or finding.pk]), data)


def a_receipt(finding, **fields):
    """One that was answered: the container has a limit now."""
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    after = {"status": "pass", "state": "resolved", "reason": {}, "evidence": [["HostConfig.Memory", 512]]}
    values = {"state": "done", "finished_at": timezone.now(), "after": {**after, "asked": ["/info"]}, **fields}
    Receipt.objects.filter(pk=receipt.pk).update(**values)
    return Receipt.objects.get(pk=receipt.pk)


@pytest.mark.parametrize(
    ("days", "said", "overdue"),
    [(3, "in 3 days", False), (1, "in 1 day", False), (0, "today", False), (-1, "1 day overdue", True)],
)
def test_a_due_date_is_said_from_today(finding, days, said, overdue):
    today = date(2026, 11, 27)
    finding.due_on = today + timedelta(days=days)

    assert due_of(finding, today) == (finding.due_on, said, overdue)


def test_nothing_that_is_resolved_is_overdue(finding):
    finding.state, finding.due_on = "resolved", date(2026, 11, 1)

    assert due_of(finding, date(2026, 11, 27)) == (date(2026, 11, 1), "", False)


def test_overdue_is_said_in_words(finding):
    Finding.objects.update(due_on=timezone.now().date() - timedelta(days=2))

    assert "2 days overdue" in page(finding)


def test_it_is_assigned_from_the_page(finding):
    member = a_member(Role.REVIEWER)

    assert post(finding, "finding-assign", {"assignee": member.pk}).status_code == 302

    finding.refresh_from_db()
    assert finding.assignee == member
    assert "reviewer" in page(finding)


def test_the_history_tells_in_order_who_was_to_see_to_it_and_until_when(finding):
    member = a_member(Role.REVIEWER)
    day = timezone.now().date() + timedelta(days=9)
    post(finding, "finding-assign", {"assignee": member.pk})
    post(finding, "finding-comment", {"body": "In the evening."})
    post(finding, "finding-due", {"day": day.isoformat()})
    post(finding, "finding-assign", {"assignee": ""})

    shown = page(finding)
    history = shown[shown.index('id="history"') :]
    order = ("Assigned to nobody", f"Due on {as_day(day)}", "In the evening.", f"Assigned to {member.display_name}")
    places = [history.index(each) for each in (*order, "due on", "by the policy")]
    assert places == sorted(places)
    assert f"before: {as_day(finding.due_on)}" in history
    assert f"before: {member.display_name}" in history


def test_a_bad_due_date_is_shown_with_what_is_wrong_and_changes_nothing(finding):
    before = finding.due_on

    answer = post(finding, "finding-due", {"day": "2020-01-01"})

    assert answer.status_code == 422
    assert "This day is over" in answer.content.decode()
    assert "2020-01-01" in answer.content.decode()
    finding.refresh_from_db()
    assert finding.due_on == before


def test_a_stranger_to_the_fleet_is_nobody_to_assign(finding):
    answer = post(finding, "finding-assign", {"assignee": 999_999})

    assert answer.status_code == 422
    assert "Choose somebody else" in answer.content.decode()


def test_a_comment_stands_in_the_history(finding):
    a_member(Role.OPERATOR)
    answer = post(finding, "finding-comment", {"body": "Ask **@operator**."}, Role.CONTRIBUTOR)

    said = Comment.objects.get()
    assert answer.url == f"{finding.get_absolute_url()}#C{said.pk}"
    assert '<strong><span class="mention">@operator</span></strong>' in page(finding)


def test_a_comment_that_is_too_long_comes_back_whole(finding):
    long = "x" * 8001

    answer = post(finding, "finding-comment", {"body": long})

    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert not Comment.objects.exists()


def test_changing_a_comment_to_nothing_is_refused_and_shown(finding):
    said = comment(finding, "Mine.", by=a_member(Role.OPERATOR), at=timezone.now())

    answer = post(finding, "finding-comment-change", {"body": " "}, pk=said.pk)

    assert answer.status_code == 422
    assert "Write something first" in answer.content.decode()
    said.refresh_from_db()
    assert said.body == "Mine."


def test_removing_takes_the_words(finding):
    said = comment(finding, "The password is known.", by=a_member(Role.OPERATOR), at=timezone.now())

    post(finding, "finding-comment-change", {"act": "remove"}, pk=said.pk)

    shown = page(finding)
    assert "password is known" not in shown
    assert "removed this comment" in shown


def test_asking_again_shows_how_far_it_is_and_then_the_answer(finding):
    answer = post(finding, "finding-again", {})
    assert answer.url == f"{finding.get_absolute_url()}#again"
    receipt = Receipt.objects.get()
    progress = reverse("receipt-progress", args=[receipt.pk])
    assert progress in page(finding)

    Receipt.objects.update(state="failed", finished_at=timezone.now(), error={"text": "Nobody answers."})
    answer = signed_in().get(progress)

    assert answer["HX-Refresh"] == "true"
    assert "Nobody answers." in answer.content.decode()
    assert "Nobody answers." in page(finding)


def test_what_was_fixed_is_said_before_and_after_and_asks_for_no_more(finding):
    receipt = a_receipt(finding)

    shown = page(finding)

    assert "<del>0</del>" in shown
    assert "<ins>512</ins>" in shown
    assert reverse("receipt", args=[receipt.pk]) in shown
    assert "there is nothing left to fix" in shown
    assert "If you fix it" not in shown


def test_a_scan_that_came_later_has_the_last_word(finding):
    a_receipt(finding, finished_at=timezone.now() - timedelta(days=1))

    assert "there is nothing left to fix" not in page(finding)


def test_a_check_that_left_the_catalogue_is_not_asked(finding):
    Finding.objects.update(check_name="of-yesterday")

    answer = signed_in(Role.OPERATOR).post(reverse("finding-again", args=[finding.pk]), follow=True)

    assert "does not have the check any more" in answer.content.decode()
    assert not Receipt.objects.exists()


def test_a_receipt_can_be_read_and_kept(finding):
    receipt = a_receipt(finding, article="limits", revisions={"en": 3})

    shown = signed_in().get(reverse("receipt", args=[receipt.pk])).content.decode()
    kept = signed_in().get(reverse("receipt-json", args=[receipt.pk])).json()

    assert "GET /info" in shown
    assert reverse("article-revision", args=["en", "limits", 3]) in shown
    assert (kept["outcome"], kept["severity"], kept["guide"]["revisions"]) == ("fixed", "medium", {"en": 3})
    assert kept["before"]["evidence"] == [["HostConfig.Memory", 0]]


def test_evidence_is_paired_by_its_path():
    found = pairs([["a", 1], ["b", 1]], [["b", 2], ["c", 3]])

    assert [(each.path, each.before, each.after, each.changed) for each in found] == [
        ("b", 1, 2, True),
        ("c", None, 3, False),
        ("a", 1, None, False),
    ]


def test_the_page_asks_no_more_queries_the_more_is_said(finding):
    client = signed_in(Role.OPERATOR)

    def queries():
        client.get(finding.get_absolute_url())
        with CaptureQueriesContext(connection) as caught:
            client.get(finding.get_absolute_url())
        return [query["sql"] for query in caught.captured_queries]

    comment(finding, "@operator", by=a_member(Role.OPERATOR), at=timezone.now())
    a_receipt(finding)
    before = queries()
    for _ in range(3):
        comment(finding, "@operator", by=a_member(Role.OPERATOR), at=timezone.now())
        a_receipt(finding)

    assert len(queries()) == len(before)
