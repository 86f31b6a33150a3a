"""Acts on many findings: at once or in chunks, fenced, taken up again, and undone without harm to others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.findings import assigning, bulk, bulk_steps
from secdash.findings.chunking import chunks
from secdash.findings.models import BulkAct, BulkStep, Comment, Finding
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.queueing import IN_MEMORY, NOWHERE, broker, sent

pytestmark = pytest.mark.django_db
NOW = timezone.now()
Kind, State = BulkAct.Kind, BulkAct.State


def findings(count, host=None, named="app"):
    host = host or a_host("web-01")
    rows = [
        Finding(
            host=host,
            check_name="no-memory-limit",
            subject_kind="container",
            subject_key=f"{named}-{number}",
            subject_name=f"{named}-{number}",
            severity=2,
            opened_at=NOW,
            changed_at=NOW,
        )
        for number in range(count)
    ]
    Finding.objects.bulk_create(rows)
    return Finding.objects.filter(check_name="no-memory-limit")


def operator():
    return a_member(Role.OPERATOR)


def to(person):
    return {"assignee": person.pk if person else None, "name": person.display_name if person else ""}


def act_of(kind, arguments, chosen):
    return bulk.request(kind, arguments, chosen, by=operator(), at=NOW)


def queued(count, arguments, kind=Kind.ASSIGN):
    """An act too large to be done at once, and nobody to do it yet."""
    with broker(NOWHERE):
        return act_of(kind, arguments, findings(count))


def test_a_few_are_done_at_once_and_each_step_remembers_what_was_before():
    chosen, person = findings(3), a_member(Role.VIEWER)
    Finding.objects.filter(subject_key="app-1").update(assignee=person)

    act = act_of(Kind.ASSIGN, to(operator()), chosen)

    assert (act.state, act.total, act.done) == (State.DONE, 3, 3)
    assert set(chosen.values_list("assignee", flat=True)) == {operator().pk}
    before = BulkStep.objects.filter(act=act).values_list("finding__subject_key", "before")
    assert dict(before)["app-1"] == {"assignee": person.pk}


def test_undo_takes_back_only_what_nobody_changed_since():
    chosen, other = findings(3), a_member(Role.VIEWER)
    act = act_of(Kind.ASSIGN, to(operator()), chosen)
    assigning.assign(chosen.filter(subject_key="app-2"), other, by=operator(), at=NOW)

    assert bulk.undo(act, at=NOW)

    act.refresh_from_db()
    assert (act.state, bulk.kept(act)) == (State.UNDONE, 1)
    assert dict(chosen.values_list("subject_key", "assignee")) == {"app-0": None, "app-1": None, "app-2": other.pk}
    assert not bulk.undo(act, at=NOW)


def test_due_dates_are_set_taken_away_and_given_back():
    chosen, day = findings(2), date(2027, 5, 31)
    assigning.set_due(chosen, day, by=operator(), at=NOW)

    act = act_of(Kind.DUE, {"due": None}, chosen)
    assert set(chosen.values_list("due_on", flat=True)) == {None}

    bulk.undo(act, at=NOW)
    assert set(chosen.values_list("due_on", flat=True)) == {day}


def test_a_comment_stands_on_each_and_goes_again_unless_it_was_edited():
    act = act_of(Kind.COMMENT, {"body": "Fixed on **Monday**."}, findings(2))
    assert list(Comment.objects.values_list("body", flat=True)) == ["Fixed on **Monday**."] * 2
    edited = Comment.objects.first()
    Comment.objects.filter(pk=edited.pk).update(body="On Tuesday.", edited_at=NOW)

    bulk.undo(act, at=NOW)

    act.refresh_from_db()
    assert bulk.kept(act) == 1
    assert Comment.objects.get(removed_at=None).body == "On Tuesday."


def test_who_may_not_triage_cannot_ask_for_it():
    with pytest.raises(PermissionDenied):
        bulk.request(Kind.ASSIGN, to(None), findings(1), by=a_member(Role.VIEWER), at=NOW)
    assert not BulkAct.objects.exists()


def test_many_are_handed_to_a_worker_on_commit(django_capture_on_commit_callbacks):
    with broker(IN_MEMORY):
        sent()
        with django_capture_on_commit_callbacks(execute=True):
            act = act_of(Kind.ASSIGN, to(operator()), findings(bulk.AT_ONCE + 1))

        assert (act.state, act.done, sent()) == (State.QUEUED, 0, [act.pk])
    bulk.run(act.pk)
    act.refresh_from_db()
    assert (act.state, act.done) == (State.DONE, bulk.AT_ONCE + 1)


def test_a_large_act_goes_chunk_by_chunk(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 20)
    act = queued(bulk.AT_ONCE + 5, to(operator()))

    taken = bulk.claim(act.pk, at=NOW)
    first = first_chunk(taken)
    assert bulk._take(taken, first, at=NOW)

    act.refresh_from_db()
    assert (act.state, act.done) == (State.RUNNING, 20)
    assert Finding.objects.filter(assignee=operator()).count() == 20
    assert BulkStep.objects.filter(act=act, finding__in=first, before__isnull=False).count() == 20


def first_chunk(act):
    """What a worker takes first."""
    return [finding for _, finding in next(chunks(bulk_steps.to_take(act), most=bulk.CHUNK))]


def test_a_chunk_is_of_whole_hosts_where_they_fit():
    rows = [(1, 10), (1, 11), (2, 4), (2, 5), (2, 6), (3, 1), (3, 2), (3, 3), (3, 7), (3, 8), (4, 9)]

    assert [[host for host, _ in chunk] for chunk in chunks(rows, most=4)] == [[1, 1], [2, 2, 2], [3] * 4, [3, 4]]
    assert [len({host for host, _ in chunk}) for chunk in chunks(rows, hosts=3)] == [3, 1]
    assert [row for chunk in chunks(rows, most=4) for row in chunk] == rows


def test_findings_of_a_host_are_taken_together_however_their_numbers_lie(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    hosts = [a_host(name) for name in ("web-01", "web-02")]
    for _ in range(2):
        for host in hosts:
            findings(1, host, named=f"app-{Finding.objects.count()}")
    act = BulkAct.objects.create(kind=Kind.ASSIGN, by=operator(), at=NOW)
    bulk_steps.write_steps(act, Finding.objects.all())

    assert set(Finding.objects.filter(pk__in=first_chunk(act)).values_list("host", flat=True)) == {hosts[0].pk}


def test_an_act_that_lost_its_worker_goes_on_where_it_stopped_and_the_worker_is_fenced_off(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 20)
    act = queued(bulk.AT_ONCE + 5, to(operator()))
    lost = bulk.claim(act.pk, at=NOW)
    bulk._take(lost, first_chunk(lost), at=NOW)
    first = Finding.objects.filter(assignee=operator()).first()
    assigning.assign([first.pk], None, by=operator(), at=NOW)  # somebody's own will, after the step

    with broker(IN_MEMORY):
        sent()
        bulk.take_up(at=NOW + bulk.LEASE * 2)
        assert sent()[0] == act.pk
    assert not bulk._take(lost, first_chunk(lost), at=NOW)
    bulk.run(act.pk)

    act.refresh_from_db()
    assert (act.state, act.done, act.attempts) == (State.DONE, act.total, 2)
    assert Finding.objects.filter(assignee=operator()).count() == act.total - 1


def test_it_is_given_up_after_some_attempts_and_can_still_be_undone():
    act = queued(bulk.AT_ONCE + 5, to(operator()))
    for attempt in range(bulk.MOST_ATTEMPTS):
        assert bulk.claim(act.pk, at=NOW), attempt
        with broker(NOWHERE):
            bulk.take_up(at=NOW + bulk.LEASE * 2)

    act.refresh_from_db()
    assert act.state == State.FAILED
    assert "interrupted" in act.failure.text
    with broker(NOWHERE):
        assert bulk.undo(act, at=NOW)
    bulk.run(act.pk)
    act.refresh_from_db()
    assert (act.state, bulk.kept(act)) == (State.UNDONE, 0)


def test_two_workers_claim_an_act_once():
    act = queued(bulk.AT_ONCE + 1, to(operator()))

    assert bulk.claim(act.pk, at=NOW)
    assert bulk.claim(act.pk, at=NOW) is None


def test_what_nobody_took_is_sent_again_later():
    act = queued(bulk.AT_ONCE + 1, to(operator()))
    with broker(IN_MEMORY):
        sent()
        bulk.take_up(at=NOW + timedelta(seconds=10))
        assert sent() == []
        bulk.take_up(at=NOW + bulk.RESEND_AFTER * 2)
        assert sent() == [act.pk]


def test_an_act_for_somebody_who_is_gone_fails_with_a_sentence():
    person = User.objects.create(username="gone")
    arguments = to(person)
    person.delete()

    act = act_of(Kind.ASSIGN, arguments, findings(2))

    assert (act.state, act.done) == (State.FAILED, 0)
    assert "no account" in act.failure.text


def test_steps_are_written_by_one_statement(django_assert_num_queries):
    chosen = findings(40)
    act = BulkAct.objects.create(kind=Kind.ASSIGN, by=operator(), at=NOW)

    with django_assert_num_queries(1):
        assert bulk_steps.write_steps(act, chosen) == 40
    assert bulk_steps.write_steps(act, Finding.objects.none()) == 0
