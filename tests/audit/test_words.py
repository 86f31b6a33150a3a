"""Each act has words, and each word an act."""

from __future__ import annotations

import re

from secdash.audit.words import ACTS, act_in_words, kind_in_words
from secdash.environment import BASE

RECORDED = re.compile(r'\brecord(?:_act)?\(\s*"([a-z_]+\.[a-z_]+)"')


def sources():
    return [path.read_text() for room in ("secdash", "knowledge") for path in (BASE / room).rglob("*.py")]


def test_every_act_that_is_recorded_has_words():
    recorded = {act for text in sources() for act in RECORDED.findall(text)}

    assert len(recorded) > 30
    assert recorded - set(ACTS) == set()


def test_what_has_no_words_is_shown_as_it_is_called():
    assert act_in_words("moon.eaten") == "moon.eaten"
    assert kind_in_words("moon") == "moon"
