"""The quick reading of claims says what rendering says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import shipped
from knowledge.claims import claims, shipped_claims
from knowledge.rendering import Refused, render
from tests.knowledge.articles import a_body

NAMES = ("alpha", "beta", "gamma")
LINES = st.sampled_from(
    [
        *(f"::: check {name}" for name in NAMES),
        *(
            "## A {#a}",
            "## B",
            "### C {#c}",
            "##",
            "```",
            "````",
            "~~~",
            "    ",
            "    x",
            "- l",
            "> q",
            "text",
            "",
            "[^1]",
        ),
        *("[^1]: n", "::: check", " ::: check alpha", "`", "|a|", "!!! note", ":   d", "\\"),
    ]
)


def as_rendered(body):
    return {check: one.anchor for one in render(body, checks=NAMES).sections for check in one.checks}


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=20).map("\n".join))
def test_agrees_with_rendering_on_any_text_without_problems(text):
    body = a_body(text)
    try:
        rendering = render(body, checks=NAMES)
    except Refused:
        return
    if not rendering.problems:
        assert claims(body) == as_rendered(body)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=20).map("\n".join))
def test_each_claim_shows_its_block_in_its_section(text):
    body = a_body("## First {#first}\n\n" + text)
    rendering = render(body, checks=NAMES)
    for one in rendering.sections:
        for check in one.checks:
            assert any(f'data-check="{check}"' in other.html for other in rendering.sections)


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_agrees_with_rendering_on_the_shipped_guide(language):
    for article in shipped.articles(language):
        quick = claims(article.body)
        full = render(article.body, checks=set(quick))
        assert {check: one.anchor for one in full.sections for check in one.checks} == quick, article.key


def test_addresses_lead_to_the_section():
    assert shipped_claims("en")["no-memory-limit"] == "/guide/en/cgroups/#memory"
    assert shipped_claims("fr")["no-memory-limit"] == "/guide/fr/cgroups/#memory"
