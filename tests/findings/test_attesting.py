"""What people attest: added only, the newest speaks, until its last day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks.outcome import Status
from secdash.findings import attesting
from secdash.findings.forms import AttestationForm
from secdash.findings.models import Attestation
from tests.cast import a_member
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db
ITEM = "host-os-hardened"
TODAY = NOON.date()
IN_A_SWARM = {"swarm-mode-on": [0, 1, 0, 0]}


def attest(host, item=ITEM, says="pass", *, days=30, at=NOON, note="Follows our baseline.", **more):
    until = at.date() + timedelta(days=days)
    return attesting.attest(host, item, says=says, note=note, until=until, by=a_member(Role.OPERATOR), at=at, **more)


def counted(host, *, at=NOON, version="28.5.2", tally=IN_A_SWARM):
    return attesting.counted(attesting.said_on([host.pk])[host.pk], engine_version=version, tally=tally, at=at)


def test_counts_until_the_end_of_its_last_day():
    host = a_host()
    attest(host, days=30)

    assert counted(host) == {ITEM: Status.PASS}
    assert counted(host, at=NOON + timedelta(days=30)) == {ITEM: Status.PASS}
    assert counted(host, at=NOON + timedelta(days=31)) == {}


def test_the_newest_statement_speaks_even_where_it_ends_before_the_older_one():
    host = a_host()
    attest(host, says="pass", days=300)
    attest(host, says="fail", days=10)

    assert counted(host) == {ITEM: Status.FAIL}
    assert counted(host, at=NOON + timedelta(days=11)) == {}


def test_nothing_is_ever_overwritten():
    host = a_host()
    attest(host, says="pass")
    attest(host, says="fail")
    attesting.withdraw(host, ITEM, by=a_member(Role.OPERATOR), at=NOON)

    assert [row.says for row in Attestation.objects.filter(host=host)] == ["withdrawn", "fail", "pass"]


def test_a_withdrawal_leaves_nothing_that_counts():
    host = a_host()
    attest(host)
    taken = attesting.withdraw(host, ITEM, by=a_member(Role.OPERATOR), at=NOON)

    assert taken is not None
    assert (taken.until, taken.holds(TODAY), taken.has_ended(TODAY)) == (None, False, False)
    assert counted(host) == {}


@pytest.mark.parametrize("ended", [False, True])
def test_there_is_nothing_to_withdraw_where_nothing_holds(ended):
    host = a_host()
    if ended:
        attest(host, days=1)

    assert attesting.withdraw(host, ITEM, by=a_member(Role.OPERATOR), at=NOON + timedelta(days=2)) is None
    assert Attestation.objects.filter(says="withdrawn").count() == 0


def test_is_of_one_host_and_one_item():
    here, there = a_host("web-01"), a_host("web-02")
    attest(here)
    attest(here, "base-images-trusted", "fail")

    assert counted(here) == {ITEM: Status.PASS, "base-images-trusted": Status.FAIL}
    assert counted(there) == {}


def test_does_not_count_where_the_item_does_not_arise():
    host = a_host()
    attest(host, "content-trust-on")
    attest(host, "unlock-key-rotated")

    assert counted(host) == {"content-trust-on": Status.PASS, "unlock-key-rotated": Status.PASS}
    assert counted(host, version="29.0.1") == {"unlock-key-rotated": Status.PASS}
    assert counted(host, tally={"swarm-mode-on": [1, 0, 0, 0]}) == {"content-trust-on": Status.PASS}


def test_keeps_who_said_so_when_the_account_is_gone():
    said = attest(a_host(), evidence="OPS-1432")
    a_member(Role.OPERATOR).delete()
    said.refresh_from_db()

    assert (said.by, said.by_name, said.evidence) == (None, "operator", "OPS-1432")


@pytest.mark.parametrize("days", [-1, 367])
def test_holds_for_a_year_at_most_and_never_ends_before_it_begins(days):
    with pytest.raises(ValueError, match="within a year"):
        attest(a_host(), days=days)


@pytest.mark.parametrize("days", [0, 366])
def test_may_end_today_or_in_a_year(days):
    assert attest(a_host(), days=days).until == TODAY + timedelta(days=days)


@pytest.mark.parametrize(("item", "says"), [("privileged-container", "pass"), (ITEM, "withdrawn"), (ITEM, "")])
def test_only_what_people_judge_is_attested(item, says):
    with pytest.raises(ValueError, match="cannot be attested"):
        attest(a_host(), item, says)


def a_form(**changes):
    data = {"says": "pass", "note": "Follows our baseline.", "evidence": "", "until": "2027-01-31"} | changes
    return AttestationForm(data, today=TODAY)


def test_the_form_takes_what_can_be_attested():
    form = a_form()

    assert form.is_valid()
    assert form.cleaned_data["until"] == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("says", "", "Choose whether the host passes or fails."),
        ("says", "withdrawn", "Select a valid choice."),
        ("note", "  ", "a bare yes convinces nobody"),
        ("note", "x" * 501, "at most 500 characters"),
        ("evidence", "x" * 4001, "at most 4000 characters"),
        ("until", "", "Give the last day"),
        ("until", "soon", "Write the day as"),
        ("until", "2026-11-23", "This day is over."),
        ("until", "2027-11-26", "At most a year from now."),
    ],
)
def test_the_form_says_what_is_wrong(field, value, said):
    form = a_form(**{field: value})

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert said in form.errors[field][0]


@pytest.mark.parametrize("day", ["2026-11-24", "2027-11-25"])
def test_the_form_takes_the_first_and_the_last_day(day):
    assert a_form(until=day).is_valid()


def test_the_form_proposes_half_a_year():
    form = AttestationForm(today=timezone.now().date())

    assert form.initial["until"] == timezone.now().date() + timedelta(days=182)
