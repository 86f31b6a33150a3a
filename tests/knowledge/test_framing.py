"""A section between what stands before and after it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.framing import Framed, framed
from knowledge.slicing import slices
from tests.knowledge.articles import a_body

LINES = st.lists(st.sampled_from(["## One", "### Two", "## Three {#x}", "", "text", "```", "::: check a"]))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES.map("\n".join), st.integers(0, 8))
def test_taken_apart_and_put_together_it_is_the_same_text(lines, which):
    body = a_body(lines)
    found = slices(body)

    assert framed(body, found[which % len(found)].anchor).whole == body


def test_a_section_comes_with_all_below_it():
    body = a_body("## One\n\n### Two\n\nText.\n\n## Three\n")

    part = framed(body, "one")

    assert part.text == "## One\n\n### Two\n\nText.\n\n"
    assert (part.first_line, part.last_line) == (10, 15)
    assert part.after == "## Three\n"


def test_headings_may_come_and_go_without_moving_the_borders():
    part = framed(a_body("## One\n\n## Two\n\n## Three\n"), "two")

    changed = Framed("## Other\n\n## And another", part.before, part.after, part.anchor)

    assert changed.whole == a_body("## One\n\n## Other\n\n## And another\n## Three\n")


def test_without_such_a_section_it_is_the_whole_article():
    body = a_body("## One\n")

    assert framed(body, "gone") == Framed(body)
    assert framed(body, "") == Framed(body)


def test_a_text_that_is_too_large_to_be_read_is_edited_as_a_whole():
    large = "## One {#one}\n" + "word " * 20_000

    assert framed(large, "one") == Framed(large)
    assert Framed(large, anchor="one").title == "one"
