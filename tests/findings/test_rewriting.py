"""Many rows written in one statement keep what each was given, on either database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from secdash.findings.adding import add, add_for_each, add_these
from secdash.findings.models import Finding, State, Transition
from secdash.findings.rewriting import rewrite
from secdash.scans.models import Snapshot
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DUE = date(2027, 5, 31)


def findings(count=3):
    host = a_host("web-01")
    rows = [
        Finding(
            host=host,
            check_name="no-memory-limit",
            subject_kind="container",
            subject_key=f"app-{n}",
            severity=n,
            opened_at=NOW,
            changed_at=NOW,
        )
        for n in range(count)
    ]
    return Finding.objects.bulk_create(rows)


def test_each_row_gets_its_own_and_all_get_the_same():
    rows = findings()
    for row, due, bound in zip(rows, (None, DUE, None), ({}, {"privileges": {"user": ["o'hara %s"]}}, {}), strict=True):
        row.due_on, row.bound_to, row.project = due, bound, f"p{row.severity}"
    later = NOW + timedelta(hours=1)

    rewrite(rows[:2], ("due_on", "bound_to", "project"), state="accepted", changed_at=later)

    found = list(Finding.objects.order_by("severity").values_list("due_on", "bound_to", "project", "state"))
    assert found == [
        (None, {}, "p0", "accepted"),
        (DUE, {"privileges": {"user": ["o'hara %s"]}}, "p1", "accepted"),
        (None, {}, "", "open"),
    ]
    assert set(Finding.objects.filter(state="accepted").values_list("changed_at", flat=True)) == {later}


def test_values_of_which_none_is_known_keep_their_type():
    rows = findings()
    Finding.objects.update(due_on=DUE)
    for row in rows:
        row.due_on = None

    rewrite(rows, ("due_on",))

    assert not Finding.objects.exclude(due_on=None).exists()


def test_a_row_is_added_for_each_that_is_found_and_none_for_none(django_assert_num_queries):
    findings()
    common = {"at": NOW, "was": "open", "now": "resolved", "why": "gone", "lasted": None, "note": {"due": "2027-05-31"}}
    common |= {"scan": None, "by": None, "acceptance": None}

    with django_assert_num_queries(1):
        added = add_for_each(Finding.objects.filter(severity__gt=0), Transition, [("finding", "pk")], **common)

    assert added == 2
    assert set(Transition.objects.values_list("finding__severity", "why")) == {(1, "gone"), (2, "gone")}
    assert {each.due_on for each in Transition.objects.all()} == {DUE}
    assert add_for_each(Finding.objects.none(), Transition, [("finding", "pk")], **common) == 0


def test_what_is_added_keeps_its_values_and_gets_defaults_and_keys_in_order():
    of_finding = {
        "host_id": a_host("web-01").pk,
        "check_name": "c",
        "subject_kind": "file",
        "subject_name": "",
        "severity": 2,
    }
    told = {"evidence": [["it's \\ 50 %s", 'a "b" {c,d} é \u2028'], ["n", 1.5]], "due_on": DUE, "state": State.ACCEPTED}
    rows = [{**of_finding, "subject_key": f"/{n}", "opened_at": NOW, "changed_at": NOW} for n in range(2)]

    keys = add(Finding, [rows[0] | told, rows[1]])

    first, second = (Finding.objects.get(pk=key) for key in keys)
    assert (first.subject_key, first.evidence, first.due_on, first.state) == ("/0", *told.values())
    assert (first.opened_at, first.reason, first.assignee, first.project) == (NOW, {}, None, "")
    assert (second.subject_key, second.evidence, second.due_on, second.state) == ("/1", [], None, "open")
    assert add(Finding, []) == []


def test_bytes_are_kept_as_they_are():
    host, content = a_host("web-01"), bytes(range(256))
    rows = [Snapshot(host=host, digest=digest, content=content, created_at=NOW) for digest in ("a", "b")]
    add_these(rows)
    rows[1].content = content[::-1]

    rewrite(rows, ("content",))

    found = [bytes(Snapshot.objects.get(pk=row.pk).content) for row in rows]
    assert found == [content, content[::-1]]
    assert [row.digest for row in rows] == [Snapshot.objects.get(pk=row.pk).digest for row in rows]
