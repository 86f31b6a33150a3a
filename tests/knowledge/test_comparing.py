"""Two texts compared line by line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.comparing import Comparison, compare, words
from knowledge.slicing import split
from tests.knowledge.articles import a_body

LINES = st.lists(st.sampled_from(["", "  ", "a b c", "a b d", "a", "## T {#t}", "one two three", "x"]), max_size=30)
TEXTS = st.one_of(LINES.map("\n".join), st.text(alphabet="ab \n#", max_size=80))


def sides(comparison: Comparison) -> tuple[list[str], list[str]]:
    rows = [row for block in comparison.blocks for row in block.rows]
    return [row.old.text for row in rows if row.old], [row.new.text for row in rows if row.new]


@given(TEXTS, TEXTS)
def test_both_sides_can_be_put_together_again_from_the_rows(old, new):
    assert sides(compare(old, new)) == (split(old), split(new))


@given(TEXTS, TEXTS)
def test_lines_are_numbered_in_order_on_both_sides(old, new):
    rows = [row for block in compare(old, new).blocks for row in block.rows]

    assert [row.old.number for row in rows if row.old] == list(range(1, len(split(old)) + 1))
    assert [row.new.number for row in rows if row.new] == list(range(1, len(split(new)) + 1))


@given(TEXTS, TEXTS)
def test_the_unified_rows_hold_the_same_lines(old, new):
    rows = [row for block in compare(old, new).blocks for row in block.unified]

    text = {kind: [] for kind in ("del", "add")}
    for row in rows:
        for kind in ("del", "add") if row.kind == "same" else (row.kind,):
            text[kind].append("".join(piece.text for piece in row.pieces))
    assert (text["del"], text["add"]) == (split(old), split(new))


@given(TEXTS, TEXTS)
def test_a_row_is_the_same_only_where_both_lines_are(old, new):
    comparison = compare(old, new)

    for block in comparison.blocks:
        for row in block.rows:
            assert not row.same or row.old.text == row.new.text
            assert row.same or not block.folded
    assert comparison.same == (split(old) == split(new))


@given(st.text(alphabet="ab .", max_size=30), st.text(alphabet="ab .", max_size=30))
def test_words_keep_both_lines_and_mark_what_differs(old, new):
    before, after = words(old, new)

    assert ("".join(p.text for p in before), "".join(p.text for p in after)) == (old, new)
    kept = ["".join(p.text for p in side if not p.changed) for side in (before, after)]
    assert kept[0] == kept[1]


def test_a_changed_line_stands_beside_what_it_became():
    comparison = compare("one two three\nold\nend", "new first\none two four\nend")

    row = next(row for block in comparison.blocks for row in block.rows if row.old and row.old.number == 1)
    assert row.new.number == 2
    assert [piece.text for piece in row.new.pieces if piece.changed] == ["four"]
    assert (comparison.added, comparison.removed) == (2, 2)


def test_lines_with_little_in_common_are_not_paired():
    rows = compare("alpha beta gamma delta", "alpha one two three").blocks[0].rows

    assert [(row.old is None, row.new is None) for row in rows] == [(False, True), (True, False)]


NUMBERED = [f"Line {number} of many." for number in range(1, 41)]


def test_long_unchanged_runs_are_folded_and_three_lines_of_context_stay():
    changed = [*NUMBERED[:19], "Something else", *NUMBERED[20:]]

    blocks = compare("\n".join(NUMBERED), "\n".join(changed)).blocks

    assert [(block.folded, len(block.rows)) for block in blocks] == [(True, 16), (False, 8), (True, 17)]


def test_a_short_unchanged_run_is_not_folded():
    changed = ["New", *NUMBERED[1:9], "New", *NUMBERED[10:13]]

    assert [block.folded for block in compare("\n".join(NUMBERED[:13]), "\n".join(changed)).blocks] == [False]


def test_a_line_that_is_asked_for_is_not_folded():
    text = "\n".join(NUMBERED)

    blocks = compare(text, text, shown={20}).blocks

    assert [(block.folded, len(block.rows)) for block in blocks] == [(True, 16), (False, 7), (True, 17)]


def test_hunks_are_named_after_their_section_and_touched_sections_are_counted():
    text = "## Memory {#memory}\n\nOne.\n\nTwo.\n\nThree.\n\nFour.\n\n## Processor {#cpu}\n\nFive.\n\n## Rest\n\nSix.\n"
    old = a_body(text)
    new = a_body(text.replace("Two.", "2.").replace("Six.", "6.").replace("Five.", "5."), title="Bounds")

    comparison = compare(old, new)

    assert [(place.title, place.anchor, place.meta) for place in comparison.touched] == [
        ("", "", True),
        ("Memory", "memory", False),
        ("Processor", "cpu", False),
        ("Rest", "rest", False),
    ]
    assert comparison.blocks[0].place.meta


def test_a_section_that_is_gone_is_touched_too():
    comparison = compare(a_body("## A {#a}\n\nText.\n\n## B {#b}\n"), a_body("## B {#b}\n"))

    assert [place.anchor for place in comparison.touched] == ["a"]


def hostile(count: int) -> list[tuple[str, str]]:
    """Texts that make difflib alone work for minutes, within what an article may hold."""
    few = "xyz"
    old = "\n".join(few[at * at % 3] for at in range(count))
    new = "\n".join(few[at * (at + 1) // 2 % 3] for at in range(count))
    words_old = " ".join(few[at * at % 3] for at in range(20_000))
    words_new = " ".join(few[at * (at + 1) // 2 % 3] for at in range(20_000))
    return [(old, new), ("\n" * count, "x\n" * count), (words_old, words_new), ("a b\n" * count, "b a\n" * count)]


@settings(deadline=None)
@given(st.sampled_from(hostile(4_000)))
def test_texts_made_to_hurt_are_compared_whole(pair):
    old, new = pair

    assert sides(compare(old, new)) == (split(old), split(new))


def test_an_empty_line_between_two_changed_ones_is_not_changed():
    comparison = compare("## The heading\n\nA sentence of words.", "## The new heading\n\nA sentence of new words.")

    assert [row.same for row in comparison.blocks[0].rows] == [False, True, False]
