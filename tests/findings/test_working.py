"""Who works on a finding, by when, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from secdash.accounts.roles import Role
from secdash.findings import assigning, policy, talking
from secdash.findings.models import Finding, FindingEvent
from secdash.frozen import Frozen
from tests.cast import a_member
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 1)


@pytest.fixture
def findings():
    host = a_host()
    names = ("app-1", "app-2")
    return [
        Finding.objects.create(
            host=host,
            check_name="no-memory-limit",
            subject_kind="container",
            subject_key=name,
            subject_name=name,
            severity=2,
            opened_at=NOON,
            changed_at=NOON,
        )
        for name in names
    ]


def test_assigning_says_whose_each_was(findings):
    one, other = findings
    operator, admin = a_member(Role.OPERATOR), a_member(Role.ADMINISTRATOR)
    assigning.assign([one.pk], operator, by=admin, at=NOON)

    before = assigning.assign(Finding.objects.all(), admin, by=operator, at=NOON)

    assert before == {one.pk: operator.pk, other.pk: None}
    assert set(Finding.objects.values_list("assignee", flat=True)) == {admin.pk}
    assigning.assign([one.pk], None, by=admin, at=NOON)
    assert Finding.objects.get(pk=one.pk).assignee is None


def test_nothing_is_assigned_to_whom_may_not_see_it(findings):
    gone = a_member(Role.OPERATOR)
    gone.is_active = False
    gone.save()

    with pytest.raises(assigning.NotAssignable):
        assigning.assign([findings[0].pk], gone, by=a_member(Role.ADMINISTRATOR), at=NOON)
    assert gone not in assigning.members()


def test_a_due_date_is_set_and_taken_away(findings):
    by = a_member(Role.OPERATOR)

    assert assigning.set_due([findings[0].pk], DAY, by=by, at=NOON) == {findings[0].pk: None}
    assert assigning.set_due([findings[0].pk], None, by=by, at=NOON) == {findings[0].pk: DAY}


def told(finding):
    return list(finding.events.order_by("pk").values_list("kind", "was", "now", "by_name"))


def test_the_history_tells_who_gave_it_to_whom_and_what_changed_nothing_is_not_told(findings):
    one, other = findings
    operator, admin = a_member(Role.OPERATOR), a_member(Role.ADMINISTRATOR)
    assigning.assign([one.pk], operator, by=admin, at=NOON)
    assigning.assign(Finding.objects.all(), operator, by=operator, at=NOON)
    assigning.assign([one.pk], None, by=admin, at=NOON)

    him, her = operator.display_name, admin.display_name
    assert told(one) == [("assigned", "", him, her), ("assigned", him, "", her)]
    assert told(other) == [("assigned", "", him, him)]


def test_the_history_tells_due_dates_that_people_and_the_policy_set(findings):
    one, _ = findings
    admin, later = a_member(Role.ADMINISTRATOR), date(2026, 12, 9)
    name = admin.display_name
    assigning.set_due([one.pk], DAY, by=admin, at=NOON)
    assigning.set_due([one.pk], DAY, by=admin, at=NOON)
    assigning.set_due([one.pk], later, by=admin, at=NOON)
    policy.change({**policy.current().rules, 2: policy.Rule(fix_days=3)}, by=admin, at=NOON)
    set_anew = policy.set_open_dues(by=admin, at=NOON)

    by_policy = (NOON + timedelta(days=3)).date().isoformat()
    assert told(one) == [
        ("due", "", "2026-12-01", name),
        ("due", "2026-12-01", "2026-12-09", name),
        ("policy", "2026-12-09", by_policy, name),
    ]
    assert set_anew == 2


def test_a_history_is_only_added_to(findings):
    assigning.set_due([findings[0].pk], DAY, by=a_member(Role.OPERATOR), at=NOON)
    event = FindingEvent.objects.get()

    for change in (event.delete, event.save, FindingEvent.objects.all().delete, FindingEvent.objects.update):
        with pytest.raises(Frozen):
            change()
    findings[0].host.delete()  # what is gone with its host has no history
    assert not FindingEvent.objects.exists()


def test_many_are_told_in_as_few_statements_as_two(findings, django_assert_max_num_queries):
    operator, admin = a_member(Role.OPERATOR), a_member(Role.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as two:
        assigning.assign(Finding.objects.all(), operator, by=admin, at=NOON)
    Finding.objects.bulk_create(
        Finding(host=findings[0].host, check_name=f"check-{n}", subject_kind="engine", subject_key="engine",
                subject_name="engine", severity=2, opened_at=NOON, changed_at=NOON) for n in range(300)
    )  # fmt: skip
    with django_assert_max_num_queries(len(two) + 1):  # one more, for the names of those whose they were
        assigning.assign(Finding.objects.all(), admin, by=admin, at=NOON)
    assert FindingEvent.objects.count() == 2 + 302


def test_members_that_are_mentioned_are_noted_and_others_are_text(findings):
    operator = a_member(Role.OPERATOR)

    said = talking.comment(findings[0], "Ask @operator. Not @nobody.", by=a_member(Role.CONTRIBUTOR), at=NOON)

    assert list(said.mentions.all()) == [operator]
    talking.change(said, "Ask nobody.", by=a_member(Role.CONTRIBUTOR), at=NOON)
    assert not said.mentions.exists()
    assert said.edited_at == NOON


def test_a_removed_comment_keeps_its_place_and_loses_its_words(findings):
    by = a_member(Role.CONTRIBUTOR)
    said = talking.comment(findings[0], "@operator knows the password", by=by, at=NOON)

    talking.remove(said, by=by, at=NOON)

    said.refresh_from_db()
    assert (said.body, said.removed_at, said.by_name) == ("", NOON, by.display_name)
    assert not said.mentions.exists()


def test_nobody_changes_the_words_of_others_nor_what_is_removed(findings):
    by = a_member(Role.CONTRIBUTOR)
    said = talking.comment(findings[0], "Mine.", by=by, at=NOON)

    with pytest.raises(PermissionDenied):
        talking.change(said, "Yours.", by=a_member(Role.ADMINISTRATOR), at=NOON)
    with pytest.raises(PermissionDenied):
        talking.remove(said, by=a_member(Role.ADMINISTRATOR), at=NOON)
    talking.remove(said, by=by, at=NOON)
    with pytest.raises(PermissionDenied):
        talking.change(said, "Again.", by=by, at=NOON)
