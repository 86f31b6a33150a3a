"""Merging: nothing that either side wrote is lost, and nobody is asked where only one side wrote."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.merge import Agreed, Choice, Conflict, chosen, conflicts, merge, put_together
from knowledge.slicing import split

LINES = st.lists(st.sampled_from(["---", "title: A", "title: B", "order: 1", "", "one", "two", "three", "## H"]))
TEXTS = LINES.map("\n".join)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def metadata(**values):
    return "\n".join(["---", *(f"{key}: {value}" for key, value in values.items()), "---", "", "Text."])


@patient
@given(TEXTS, TEXTS)
def test_where_only_one_side_wrote_its_text_stands(base, other):
    for chunks in (merge(base, base, other), merge(base, other, base), merge(base, other, other)):
        assert conflicts(chunks) == []
        assert put_together(chunks, []) == other


@patient
@given(TEXTS, TEXTS, TEXTS)
def test_choosing_a_side_keeps_each_of_its_lines_in_every_conflict(base, ours, theirs):
    chunks = merge(base, ours, theirs)

    for choice, side in ((Choice.OURS, "ours"), (Choice.THEIRS, "theirs"), (Choice.BOTH, "ours")):
        text = "\n" + chosen(chunks, choice) + "\n"
        assert all(
            "\n" + "\n".join(getattr(one, side)) + "\n" in text for one in conflicts(chunks) if getattr(one, side)
        )


@patient
@given(TEXTS, TEXTS, TEXTS)
def test_what_either_side_added_is_in_some_chunk(base, ours, theirs):
    chunks = merge(base, ours, theirs)

    kept = {line for one in chunks for line in (one.lines if isinstance(one, Agreed) else one.ours + one.theirs)}
    assert {line for text in (ours, theirs) for line in split(text)} - set(split(base)) <= kept


@patient
@given(TEXTS, TEXTS, TEXTS)
def test_the_sides_may_change_places(base, ours, theirs):
    turned = conflicts(merge(base, theirs, ours))

    assert [(one.theirs, one.ours) for one in turned] == [
        (one.ours, one.theirs) for one in conflicts(merge(base, ours, theirs))
    ]


def test_changes_far_apart_come_together():
    base = "one\n\ntwo\n\nthree\n"

    chunks = merge(base, base.replace("one", "ONE"), base.replace("three", "THREE"))

    assert chunks == (Agreed(("ONE", "", "two", "", "THREE", "")),)


def test_changes_of_one_line_are_a_conflict_between_agreed_text():
    chunks = merge("one\ntwo\nthree", "one\n2\nthree", "one\nzwei\nthree")

    assert chunks == (Agreed(("one",)), Conflict(("two",), ("2",), ("zwei",)), Agreed(("three",)))
    assert chosen(chunks, Choice.BOTH) == "one\n2\nzwei\nthree"
    assert put_together(chunks, [("deux",)]) == "one\ndeux\nthree"


def test_what_both_wrote_alike_is_no_conflict():
    chunks = merge("one\n", "one\n## New\n\nOurs.\n\nEnd.\n", "one\n## New\n\nTheirs.\n\nEnd.\n")

    assert [(one.ours, one.theirs) for one in conflicts(chunks)] == [(("Ours.",), ("Theirs.",))]


def test_two_paragraphs_stay_two_where_both_are_taken():
    chunks = merge("one\n\nend\n", "one\n\nOurs.\n\nend\n", "one\n\nTheirs.\n\nend\n")

    assert chosen(chunks, Choice.BOTH) == "one\n\nOurs.\n\nTheirs.\n\nend\n"
    assert chosen(chunks, Choice.OURS) == "one\n\nOurs.\n\nend\n"


@pytest.mark.parametrize(("ours", "theirs"), [("- a", "- b"), ("| a |", "| b |"), ("2. a", "2. b"), ("> a", "> b")])
def test_lines_of_one_list_or_table_stay_together_where_both_are_taken(ours, theirs):
    chunks = merge("one\n\n\nend\n", f"one\n\n{ours}\n\nend\n", f"one\n\n{theirs}\n\nend\n")

    assert f"{ours}\n{theirs}\n" in chosen(chunks, Choice.BOTH)


def test_metadata_is_merged_key_by_key():
    chunks = merge(
        metadata(title="A", order=1, part="I"), metadata(title="B", order=1, part="I"), metadata(title="A", order=2)
    )

    assert put_together(chunks, []) == metadata(title="B", order=2)


def test_a_key_that_both_changed_is_a_conflict_of_its_line():
    chunks = merge(metadata(title="A", order=1), metadata(title="B", order=2), metadata(title="C", order=1))

    assert conflicts(chunks) == [Conflict(("title: A",), ("title: B",), ("title: C",))]
    assert chosen(chunks, Choice.THEIRS) == metadata(title="C", order=2)


@pytest.mark.parametrize("odd", ["---\ntitle: A\ntitle: B\n---\n", "---\nno colon\n---\n", "---\nnever closed\n", ""])
def test_metadata_that_cannot_be_read_is_merged_as_text(odd):
    whole = metadata(title="A")

    chunks = merge(odd, odd + "ours\n", whole)

    shown = chosen(chunks, Choice.BOTH).split("\n")
    assert {"ours", "title: A", "Text."} <= set(shown)
