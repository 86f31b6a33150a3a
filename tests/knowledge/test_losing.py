"""What a text takes away, and how a text beside another is marked."""

from __future__ import annotations

from knowledge.beside import marked
from knowledge.losing import Losses, losses
from tests.knowledge.articles import a_body

TEXT = "## Memory {#memory}\n\n::: check no-memory-limit\n\n## Other {#other}\n"


def test_a_text_that_only_grows_takes_nothing_away():
    assert not losses(a_body(TEXT), a_body(TEXT + "\n## More\n\n::: check no-cpu-limit\n"))
    assert not losses("", a_body(TEXT))


def test_checks_and_anchors_that_go_are_named_in_their_order():
    assert losses(a_body(TEXT), a_body("")) == Losses(("no-memory-limit",), ("memory", "other"))
    assert losses(a_body(TEXT), a_body(TEXT.replace("::: check no-memory-limit", ""))).checks == ("no-memory-limit",)


def test_a_check_that_moves_within_the_article_is_not_lost():
    moved = "## Other {#other}\n\n::: check no-memory-limit\n\n## Memory {#memory}\n"

    assert not losses(a_body(TEXT), a_body(moved))


def test_a_text_that_is_too_large_to_read_says_nothing():
    assert not losses(a_body(TEXT), "word " * 20_000)


def test_changed_lines_stand_one_against_the_other_with_their_words_marked():
    rows = marked("one\nThe old word.\nend", "one\nThe new word.\nA line more.\nend")

    assert [(row.kind, row.new_no) for row in rows] == [
        ("same", 1),
        ("del", None),
        ("add", 2),
        ("add", 3),
        ("same", 4),
    ]
    assert [piece.text for piece in rows[2].pieces if piece.changed] == ["new"]


def test_the_rows_without_what_was_taken_out_are_the_text():
    now = "b\nc\n\nd"

    rows = [row for row in marked("a\nb\nx", now) if row.kind != "del"]

    assert "\n".join("".join(piece.text for piece in row.pieces) for row in rows) == now
    assert [row.new_no for row in rows] == [1, 2, 3, 4]
