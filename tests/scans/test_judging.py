"""Whatever changes on a host, what is recorded by judging what differs is what is recorded by judging everything."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, islice

import msgspec
import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.facts.model import dump, load
from secdash.findings.accepting import end
from secdash.findings.models import Finding, Transition
from secdash.fleet.models import Host
from secdash.scans import judging
from secdash.scans.judging import Lasts
from secdash.scans.models import Scan, Snapshot
from secdash.scans.recording import Seen, record_all
from secdash.scans.weighing import weigh_answer
from tests.cast import a_member
from tests.checks.varied import changed, host, jumbled
from tests.findings.accepted import an_acceptance
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
MARK = "twenty of the facts." + "12 of judging"[:12]


def looked(name, facts, *, builds):
    """A scan of that host that saw these facts; whether it built on the one before."""
    place = Host.objects.get(name=name)
    last = Lasts([place.pk], at=timezone.now()).of(place.pk, MARK) if builds else None
    found, may_be_built_on = judging.judged(load(dump(facts)), last)
    assert may_be_built_on
    recorded(name, found)
    return found.built is not None


def recorded(name, judged):
    now = timezone.now()
    scan = Scan(trigger="manual", state="running", attempts=1, created_at=now, started_at=now, sight=MARK)
    scan.host = Host.objects.get(name=name)
    scan.save()
    assert record_all([Seen(scan, judged, {})], at=timezone.now())


def recorded_of(name):
    """What stands of that host, without ids and times."""
    place = Host.objects.get(name=name)
    columns = ("check_name", "subject_kind", "subject_key")
    shown = ("subject_name", "project", "image", "state", "severity", "reason", "evidence")
    findings = list(place.findings.order_by(*columns).values(*columns, *shown))
    moved = ("finding__check_name", "finding__subject_kind", "finding__subject_key", "was", "now", "why")
    steps = list(Transition.objects.filter(finding__host=place).order_by(*moved, "at").values_list(*moved))
    kept = ("score", "assessed", "passed", "failed", "unknown", "opened", "resolved", "accepted", "moves", "moved")
    day = place.days.values(*kept, "critical", "high", "medium", "low", "accepted_begun", "accepted_ended").get()
    scan = place.scans.newest_first().first()
    told = [getattr(scan, column) for column in ("statuses", "tally", "score", "assessed", "containers")]
    return findings, steps, day, told, scan.snapshot.digest


def looks():
    """One after the other, each differs in another way from the one before."""
    return chain(islice(changed(), 0, None, 3), jumbled(12, 25))


@pytest.fixture
def both():
    for name in ("built", "whole"):
        a_host(name)
        looked(name, host(), builds=False)


def test_whatever_changes_the_same_is_recorded(both):
    built = 0
    for name, facts in looks():
        built += looked("built", facts, builds=True)
        assert not looked("whole", facts, builds=False)
        assert recorded_of("built") == recorded_of("whole"), name

    assert built > 25


def test_whatever_people_accept_and_take_back_in_between_the_same_is_recorded(both):
    checks = ["no-memory-limit", "no-pids-limit", "privileged-container", "no-healthcheck", "joins-powerful-container"]
    later, accepted = [], 0
    for number, (name, facts) in enumerate(looks()):
        if number % 4 == 1 and checks:
            later.append(an_acceptance(check_name=checks.pop(), covers="later"))
        if number % 7 == 6 and later:
            end(later.pop(0), by=a_member(Role.ADMINISTRATOR), at=timezone.now())
        looked("built", facts, builds=True)
        looked("whole", facts, builds=False)
        assert recorded_of("built") == recorded_of("whole"), name
        accepted += recorded_of("built")[2]["accepted"]

    assert accepted > 50


def test_where_a_check_was_asked_again_since_everything_is_judged_and_counted_anew(both):
    place = Host.objects.get(name="built")
    tally = place.scans.newest_first().first().tally
    weigh_answer(place, "no-memory-limit", was=Status.FAIL, now=Status.PASS, at=timezone.now())
    assert place.scans.newest_first().first().tally != tally

    for name in ("built", "whole"):
        looked(name, host(), builds=name == "built")

    assert recorded_of("built")[3][1] == recorded_of("whole")[3][1] == tally


def test_what_was_judged_on_a_scan_that_is_not_the_newest_any_more_is_judged_again(both):
    place, facts = Host.objects.get(name="built"), dict(islice(changed(), 6))
    last = Lasts([place.pk], at=timezone.now()).of(place.pk, MARK)
    first, _ = judging.judged(facts["the first is privileged"], last)
    looked("built", facts["one container less"], builds=True)
    looked("whole", facts["one container less"], builds=False)
    recorded("built", first)
    looked("whole", facts["the first is privileged"], builds=False)

    assert first.built is not None
    assert recorded_of("built") == recorded_of("whole")


@pytest.mark.parametrize("step", [{"state": "resolved"}, {"state": "accepted"}], ids=str)
def test_what_people_change_while_it_is_judged_is_looked_at(both, step):
    place = Host.objects.get(name="built")
    found, _ = judging.judged(host(), Lasts([place.pk], at=timezone.now()).of(place.pk, MARK))
    finding = place.findings.filter(state="open").first()
    Finding.objects.filter(pk=finding.pk).update(changed_at=timezone.now(), **step)
    recorded("built", found)
    finding.refresh_from_db()

    assert found.built is not None
    assert finding.state == "open"


def test_where_a_check_is_asked_again_while_it_is_judged_the_tally_is_that_of_what_was_seen(both):
    place = Host.objects.get(name="built")
    found, _ = judging.judged(host(), Lasts([place.pk], at=timezone.now()).of(place.pk, MARK))
    tally = place.scans.newest_first().first().tally
    weigh_answer(place, "no-memory-limit", was=Status.FAIL, now=Status.PASS, at=timezone.now())
    recorded("built", found)

    assert recorded_of("built")[3][1] == tally


@pytest.mark.parametrize(
    "scan",
    [
        {"trigger": "live"},
        {"sight": ""},
        {"sight": MARK[:20] + "judged other"},
        {"finished_at": datetime(2026, 1, 2, tzinfo=UTC)},
        {"snapshot": None},
        {"state": "failed"},
    ],
    ids=str,
)
def test_on_other_scans_nothing_is_built(both, scan):
    place, at = Host.objects.get(name="built"), timezone.now()
    assert Lasts([place.pk], at=at).of(place.pk, MARK)
    Scan.objects.filter(host=place).update(**scan)

    assert Lasts([place.pk], at=at).of(place.pk, MARK) is None


def test_facts_that_cannot_be_read_any_more_are_not_built_on(both):
    place = Host.objects.get(name="built")
    Snapshot.objects.filter(host=place).update(content=b"of another version")

    assert not looked("built", host(), builds=True)


def test_verdicts_of_a_check_that_looked_where_it_is_not_declared_to_are_not_built_on(both, monkeypatch):
    entry = CATALOGUE["joins-powerful-container"]
    monkeypatch.setitem(CATALOGUE, entry.name, msgspec.structs.replace(entry, far=()))

    assert judging.judged(host(), None)[1] is False
