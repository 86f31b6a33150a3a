"""Which place of a text is shown, and what is marked in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.query import parse
from knowledge.search.snippets import ELLIPSIS, LEAD_IN, WIDTH, marked, snippet

FAR = "Nothing of note. " * 40


def shown(text, query, language="en"):
    return "".join(
        f"[{run.text}]" if run.marked else run.text for run in snippet(text, parse(query, language), language)
    )


@pytest.mark.parametrize(
    ("text", "query", "language", "seen"),
    [
        ("Limits of memory.", "limiting memory", "en", "[Limits] of [memory]."),
        ("La mémoire limitée", "memoire limite", "fr", "La [mémoire limitée]"),
        ("Use --cap-add NET_ADMIN here", "cap_add", "en", "Use --[cap-add] NET_ADMIN here"),
        ("add a cap", "cap-add", "en", "add a cap"),
        ("the capability set", "capab", "en", "the [capability] set"),
        ("no <b>new</b> privileges", '"new"', "en", "no <b>[new]</b> privileges"),
        ("the docker socket", "docker.sock", "en", "the docker socket"),
        ("user namespaces remapped", "userns", "en", "user namespaces remapped"),
    ],
)
def test_the_words_looked_for_are_marked(text, query, language, seen):
    assert shown(text, query, language) == seen


def test_a_long_text_is_cut_between_words_around_the_best_place():
    text = f"{FAR}Memory alone. {FAR}The limit of memory is here. {FAR}"

    found = shown(text, "memory limit")

    assert found.startswith(f"{ELLIPSIS} ")
    assert found.endswith(f" {ELLIPSIS}")
    assert "The [limit] of [memory] is here." in found
    assert len(found) < WIDTH + 2 * LEAD_IN


def test_a_text_without_the_words_is_shown_from_its_beginning():
    assert shown(FAR, "memory").startswith("Nothing of note.")


@given(st.text(max_size=600), st.text(max_size=30))
def test_marking_changes_no_letter_of_any_text(text, query):
    assert "".join(run.text for run in marked(text, parse(query, "en"), "en")) == text


@given(st.text(alphabet="ab c-._é", max_size=900), st.text(alphabet='ab c-._é"', max_size=12))
def test_a_snippet_is_a_part_of_its_text(text, query):
    runs = snippet(text, parse(query, "fr"), "fr")

    assert "".join(run.text for run in runs).strip(f"{ELLIPSIS} ") in text
    assert all(run.text for run in runs)
