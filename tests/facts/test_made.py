"""Facts that are taken from the look before are those that would have been made of the answers."""

from __future__ import annotations

import random

import msgspec
import pytest

from secdash.facts.answers import Failure
from secdash.facts.made import Made
from secdash.facts.message import say
from secdash.facts.model import Unknown, dump, load
from secdash.facts.parse import parse
from secdash.facts.sight import sight
from tests.engine.recordings import answers_of
from tests.facts.test_sight import OTHERS, back, leaves, plain, with_another

KEY = b"a key of this test"


@pytest.fixture
def made():
    return Made()


def looked(made, answers, before=None):
    return made.parse(answers, sight(answers, key=KEY), before)


def kept(facts):
    """As they come back from the database."""
    return load(dump(facts))


def few(engine="docker-28"):
    answers = answers_of(engine)
    containers = tuple(msgspec.structs.replace(each, execs=()) for each in answers.containers[:6])
    return msgspec.structs.replace(answers, containers=containers, images=answers.images[:3])


def test_what_answers_as_before_is_the_record_of_before(made):
    before = kept(looked(made, few()))
    after = looked(made, few(), before)

    assert all(one is other for one, other in zip(after.containers, before.containers, strict=True))
    assert all(one is other for one, other in zip(after.images, before.images, strict=True))


def test_what_was_made_elsewhere_is_made_again(made):
    before = kept(parse(few()))
    after = looked(made, few(), before)

    assert dump(after) == dump(before)
    assert not any(one is other for one, other in zip(after.containers, before.containers, strict=True))


@pytest.mark.parametrize("engine", ["docker-28", "podman"])
def test_whatever_answers_otherwise_the_same_facts_are_made(made, engine):
    answers, chance = few(engine), random.Random(4)  # noqa: S311 - the same at every run
    told, before, differing = plain(answers), kept(looked(made, answers)), 0
    depths = {"containers": 3, "images": 3, "version": 0}  # of the records that hold the answers
    paths = [path for path in leaves(told) if len(path) > depths.get(path[0], len(path))]
    for number, path in enumerate([("version", "Components"), *chance.sample(paths, 250)]):
        changed = back(with_another(told, path, OTHERS[number % len(OTHERS)]), answers)
        after = looked(made, changed, before)
        assert dump(after) == dump(parse(changed)), path
        differing += dump(after) != dump(before)
        before = kept(after)

    assert differing > 50


def test_keys_are_those_of_all_that_is_listed_now(made):
    answers = few()
    first, second, *others = answers.containers
    twin = msgspec.structs.replace(
        second,
        listed={**second.listed, "Names": first.listed["Names"]},
        inspect={**second.inspect, "Name": first.inspect["Name"]},
    )
    both = msgspec.structs.replace(answers, containers=(twin, *others, first))
    alone = [msgspec.structs.replace(answers, containers=(each, *others)) for each in (first, twin)]
    before = None
    for each in (both, *alone, both, *alone[::-1], both):
        facts = looked(made, each, before)
        assert dump(facts) == dump(parse(each))
        before = kept(facts)


def test_what_is_listed_twice_or_not_at_all_is_not_taken_for_another(made):
    answers = few()
    before = kept(looked(made, answers))
    first, *_ = answers.containers
    twice = msgspec.structs.replace(answers, containers=(*answers.containers, first))
    unread = msgspec.structs.replace(answers, containers=Failure(say("no")), images=Failure(say("no")))

    assert dump(looked(made, twice, before)) == dump(parse(twice))
    assert isinstance(looked(made, unread, before).containers, Unknown)
    assert dump(looked(made, answers, kept(parse(unread)))) == dump(parse(answers))


def test_what_was_noted_first_is_forgotten_first():
    made = Made(most=4)
    before = kept(looked(made, few()))
    after = looked(made, few(), before)

    assert sum(one is other for one, other in zip(after.containers, before.containers, strict=True)) < 4
    assert dump(after) == dump(before)
