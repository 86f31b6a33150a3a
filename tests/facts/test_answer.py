"""What an answer weighs is asked before anything is made of it."""

from __future__ import annotations

import pytest

from secdash.facts.answer import HEAVIEST, HEAVIEST_ANSWER, Answer
from secdash.facts.trouble import AnswerError, Unreachable

NOT_JSON = b"{"


def weighing(weight, body=NOT_JSON):
    return Answer(200, "1.51", body, weight)


def test_too_much_beside_what_is_held_is_not_even_decoded():
    with pytest.raises(Unreachable, match="more than secdash holds at once"):
        weighing(2).json(held=HEAVIEST - 1)


def test_what_just_fits_beside_it_is():
    assert weighing(2, b"[1]").json(held=HEAVIEST - 2) == [1]


def test_one_that_is_too_heavy_by_itself_is_refused_alone():
    with pytest.raises(AnswerError, match="too many values"):
        weighing(HEAVIEST_ANSWER + 1).json(held=HEAVIEST)
