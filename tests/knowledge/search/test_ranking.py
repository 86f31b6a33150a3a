"""What makes one section a better answer than another."""

from __future__ import annotations

import pytest

from knowledge.search.query import parse
from knowledge.search.ranking import Lines, score, score_some
from knowledge.search.words import line


def a_section(body="", *, heading="Something", above="An article", claims="", level=2):
    return Lines(level, *(line(text, "en") for text in (above, heading, claims, body)))


def points(section, query):
    return score(section, parse(query, "en"))


@pytest.mark.parametrize(
    ("better", "worse", "query"),
    [
        (a_section(heading="Memory", level=1), a_section(heading="Memory"), "memory"),
        (a_section(heading="Memory"), a_section("memory " * 50), "memory"),
        (a_section("memory", above="Memory"), a_section("memory"), "memory"),
        (a_section("memory memory"), a_section("memory"), "memory"),
        (a_section("limiting"), a_section("limits"), "limiting"),
        (a_section("capability"), a_section("capabilities"), "capability"),
        (a_section("limits"), a_section("limitless"), "limit"),
        (a_section("memory limit"), a_section("limit and memory"), "memory limit"),
        (a_section(heading="Memory"), a_section(heading="Memory and all the rest"), "memory"),
        (a_section("docker.sock"), a_section("the docker socks"), "docker.sock"),
        (a_section(claims="no-memory-limit"), a_section("no-memory-limit"), "no-memory-limit"),
        (a_section(claims="memory"), a_section(claims="memory " + "one two three four five six " * 9), "memory"),
    ],
)
def test_one_section_answers_better_than_another(better, worse, query):
    assert points(better, query) > points(worse, query) > 0


@pytest.mark.parametrize(
    ("section", "query"),
    [
        (a_section("memory"), "memory limit"),
        (a_section(above="Memory"), "memory"),
        (a_section("cap and add"), "cap-add"),
        (a_section("limits"), '"limit"'),
        (a_section("limit the memory"), '"memory limit"'),
        (a_section("memory"), "mem ory"),
        (a_section("anything"), "?"),
    ],
)
def test_what_lacks_a_word_is_no_answer(section, query):
    assert points(section, query) is None


def test_more_of_the_words_are_better_where_none_has_all():
    query = parse("memory limit zebra", "en")
    many, few = score_some(a_section("memory limit"), query), score_some(a_section(heading="Memory"), query)

    assert many > few > 0
    assert score_some(a_section("else"), query) is None
