"""Who wrote which line: for any history of texts, and shown by block."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import blame, slicing
from tests.knowledge.articles import a_body

LINES = st.text("abcd", max_size=6).map("\n".join)
HISTORIES = st.lists(LINES, min_size=1, max_size=6)
# Lines that are never doubled and never change places.
KEPT = st.sets(st.sampled_from("abcdefgh")).map(lambda kept: "\n".join(sorted(kept)))
IN_ORDER = st.lists(KEPT, min_size=1, max_size=6)
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of ours


def of(*bodies):
    return blame.authorship(enumerate(bodies, 1))


def run_of(line, bodies):
    """The first revision of the unbroken run of texts, up to the newest, that hold the line."""
    holding = [line in slicing.split(body) for body in bodies]
    return len(bodies) - [*holding[::-1], False].index(False) + 1


@pytest.mark.parametrize(
    ("bodies", "wrote"),
    [
        (["a\nb\nc"], (1, 1, 1)),
        (["a\nb\nc", "a\nB\nc"], (1, 2, 1)),
        (["a\nb", "a\nb\nc", "z\na\nb\nc"], (3, 1, 1, 2)),
        (["a\nb", "b", "a\nb"], (3, 1)),  # taken out and put back: written anew
        (["a b", "a\nb"], (2, 2)),  # wrapped anew
        (["a\nb\nc", "c\na\nb"], (2, 1, 1)),  # moved
        (["a", "a"], (1,)),
        (["a\r\nb", "a\nb"], (1, 1)),
    ],
)
def test_a_line_belongs_to_who_wrote_it(bodies, wrote):
    assert of(*bodies) == wrote


@calm
@given(HISTORIES)
def test_each_line_of_the_newest_text_stands_in_its_revision_and_in_all_since(bodies):
    lines, wrote = slicing.split(bodies[-1]), of(*bodies)

    assert len(wrote) == len(lines)
    for line, number in zip(lines, wrote, strict=True):
        assert number >= run_of(line, bodies)
        assert all(line in slicing.split(body) for body in bodies[number - 1 :])


@calm
@given(IN_ORDER)
def test_a_line_that_keeps_its_place_belongs_to_the_first_of_an_unbroken_run(bodies):
    assert of(*bodies) == tuple(run_of(line, bodies) for line in slicing.split(bodies[-1]))


@calm
@given(HISTORIES)
def test_one_step_at_a_time_comes_to_the_same(bodies):
    before = of(*bodies[:-1])

    last = slicing.split(bodies[-2]) if len(bodies) > 1 else []

    assert blame.step(last, before, slicing.split(bodies[-1]), len(bodies)) == of(*bodies)


def test_a_long_text_between_two_changed_lines_stays_with_its_author():
    lines = [line for number in range(1900) for line in (f"paragraph {number}", "")]
    before, after = "\n".join(["## A", *lines, "end"]), "\n".join(["## B", *lines, "END"])

    assert of(before, after) == (2, *[1] * 3800, 2)


def test_what_frequent_lines_say_is_compared_as_far_as_it_can_be():
    before, after = "\n".join(["", "x"] * 1900), "\n".join(["x", ""] * 1900)

    assert set(of(before, after)) <= {1, 2}


# --- by block -------------------------------------------------------------------------------------------------------

FIRST = a_body("## Memory {#memory}\n\nOne.\nTwo.\n\n- a\n- b\n\n```sh\nfree\n\nps\n```\n\n## CPU {#cpu}\n\nShares.\n")
SECOND = FIRST.replace("Two.", "Better.").replace("\n\nps", "\n\ntop")


def shown(body, *before):
    return {part.anchor: part.blocks for part in blame.parts(body, of(*before, body))}


def test_a_block_names_all_who_wrote_in_it_and_the_newest_first():
    blocks = shown(SECOND, FIRST)["memory"]

    assert [(block.text.splitlines()[-1], block.wrote) for block in blocks] == [
        ("## Memory {#memory}", (1,)),
        ("Better.", (2, 1)),
        ("- b", (1,)),
        ("```", (2, 1)),
    ]
    assert blocks[1].newest == 2


def test_blocks_that_the_same_revisions_wrote_are_one():
    assert [block.text for block in shown(FIRST)["cpu"]] == ["## CPU {#cpu}\n\nShares."]


def test_the_metadata_and_the_lead_have_their_authors_too():
    changed = FIRST.replace("title: Limits", "title: Bounds")
    found = shown(changed, FIRST)

    assert list(found) == [blame.METADATA, "", "memory", "cpu"]
    assert found[blame.METADATA][0].wrote == (2, 1)
    assert [block.text for block in found[""]] == ["Lead."]


def test_a_text_that_cannot_be_read_is_one_part():
    assert [part.anchor for part in blame.parts("x\n" * 5000, [1] * 5001)] == [""]


@calm
@given(st.lists(st.sampled_from(["## A", "text", "", "```", "::: check x", "- l", "    code", "\t"]), max_size=12))
def test_the_blocks_hold_every_line_once_and_in_order(lines):
    body = a_body("\n".join(lines))
    written = [line for part in blame.parts(body, of(body)) for block in part.blocks for line in block.text.split("\n")]

    assert [line for line in written if line.strip()] == [line for line in slicing.split(body) if line.strip()]
