"""What is judged of a look of which the one before is known is what judging all of both says."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.differing import judge_noting
from secdash.checks.engine import judge
from secdash.checks.since import FAR, judge_since, strayed
from secdash.facts.model import KINDS, is_complete, listing
from tests.checks.varied import changed, host, jumbled


def counted(verdicts):
    return Counter(map(msgspec.json.encode, verdicts))


def place(verdict):
    return (verdict.subject.kind, verdict.subject.key)


@pytest.fixture(scope="module")
def before():
    return list(judge(host()))


def looks():
    yield from changed()
    yield from jumbled(40, 30)


def test_all_else_is_the_same_on_both_sides_whatever_changed(before):
    judged, shorter, moved = 0, 0, 0
    for name, facts in looks():
        verdicts, looked = judge_noting(facts)
        found = judge_since(host(), facts)
        if found is None:
            continue
        was, now = counted(before), counted(verdicts)
        judged += 1

        assert was - counted(found.differ.old) == now - counted(found.differ.new), name
        assert not counted(found.differ.old) - was, name
        assert not counted(found.differ.new) - now, name
        assert not found.strayed, name
        assert not strayed(looked), name
        shorter += len(found.differ.new) < len(verdicts) * 0.4
        moved += was != now

    assert moved > 50
    assert shorter > 0.6 * judged


def test_all_that_is_said_of_a_subject_that_changed_is_told():
    for name, facts in islice(looks(), 0, None, 4):
        found = judge_since(host(), facts)
        if found is None:
            continue
        old = {(kind, each.key): msgspec.json.encode(each) for kind in KINDS for each in listed(host(), kind)}
        new = {(kind, each.key): msgspec.json.encode(each) for kind in KINDS for each in listed(facts, kind)}
        others = {which for which in {*old, *new} if old.get(which) != new.get(which)}

        assert others <= set(found.places), name
        told = counted(found.differ.new)
        own = (each for each in judge(facts) if CATALOGUE[each.check].kind == each.subject.kind)
        assert not counted(each for each in own if place(each) in others) - told, name
        assert {place(each) for each in (*found.differ.old, *found.differ.new)} <= set(found.places), name


def listed(facts, kind):
    return listing(facts, kind) if is_complete(facts, kind) or kind == "engine" else ()


def test_where_more_can_be_told_than_before_nothing_is_built_on_it():
    unlisted = next(facts for name, facts in changed() if name == "unlisted containers")

    assert judge_since(unlisted, host()) is None
    assert judge_since(host(), unlisted) is not None


def test_nothing_is_judged_of_what_did_not_change():
    found = judge_since(host(), host())

    assert (found.differ.old, found.differ.new, found.places) == ([], [], set())


def test_a_check_that_looks_where_it_is_not_declared_to_is_noticed(monkeypatch):
    entry = CATALOGUE["joins-powerful-container"]
    monkeypatch.setitem(CATALOGUE, entry.name, msgspec.structs.replace(entry, far=()))
    first, *others = host().containers
    facts = msgspec.structs.replace(
        host(), containers=(*(msgspec.structs.replace(each, memory=7) for each in (first, *others)),)
    )

    assert strayed(judge_noting(facts).looked)
    assert judge_since(host(), facts).strayed


def test_most_checks_of_containers_look_at_no_other():
    checks = [entry for entry in CATALOGUE.values() if entry.kind == "container"]

    assert 2 < sum(bool(entry.far) for entry in checks) < 10
    assert not [entry.name for entry in checks if entry.far and entry.alone]
    assert "containers" in FAR
