"""What is judged again of two looks, with what is taken for the same, is what judging everything says of both."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.differing import differing, judge_noting
from secdash.checks.engine import judge
from tests.checks.varied import changed, host


def counted(verdicts):
    return Counter(map(msgspec.json.encode, verdicts))


@pytest.fixture(scope="module")
def before():
    return list(judge(host()))


def test_all_else_is_the_same_on_both_sides_whatever_one_thing_changed(before):
    shorter, moved = [], 0
    for name, facts in changed():
        verdicts, looked = judge_noting(facts)
        assert verdicts == list(judge(facts)), name
        found = differing(host(), facts, verdicts, looked)

        was, now = counted(before), counted(verdicts)
        assert was - counted(found.old) == now - counted(found.new), name
        assert not counted(found.old) - was, name
        assert not counted(found.new) - now, name
        shorter.append(len(found.old) < len(before) * 0.3)
        moved += was != now

    assert moved > 25
    assert sum(shorter) > 0.8 * len(shorter)


def test_checks_that_see_one_subject_are_most_of_those_of_containers():
    checks = [entry for entry in CATALOGUE.values() if entry.kind == "container"]

    assert 30 < sum(entry.alone for entry in checks) < len(checks)
    assert not CATALOGUE["joins-powerful-container"].alone


def test_it_is_noted_at_what_checks_look_besides_their_subject():
    looked = judge_noting(host()).looked

    assert "containers" in looked["joins-powerful-container"]
    assert looked["privileged-container"] == set()
    assert looked["docker-socket-mounted"] <= {"engine", "host", "volumes"}
