from __future__ import annotations

import msgspec
import pytest

from secdash.facts.message import say
from secdash.facts.model import FactMissing, Unknown, known, load


def test_a_known_fact_is_its_value():
    assert known(()) == ()
    assert known(None) is None


def test_an_unknown_fact_raises_with_its_reason():
    with pytest.raises(FactMissing, match="the 1st reason") as caught:
        known(Unknown(say("the %(which)s reason", which="1st")))

    assert caught.value.unknown.why.text == "the %(which)s reason"


def test_values_cannot_break_a_line():
    assert str(say("%(name)s", name="a\n\x1b[2Jb")) == "a [2Jb"


def test_percent_signs_of_a_message_without_values_stay():
    assert str(say("100 %")) == "100 %"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"{", b'{"engine": null}'])
def test_what_is_no_snapshot_is_refused(data):
    with pytest.raises(msgspec.DecodeError):
        load(data)
