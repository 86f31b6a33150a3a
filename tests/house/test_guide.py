"""The shipped guide keeps its promises: each check explained once per language, in full; every link leads somewhere."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from knowledge import shipped
from knowledge.rendering import render
from knowledge.source import Heading, scan
from secdash.checks import CATALOGUE

PARTS = ("why", "see", "fix", "break", "undo")
LINK = re.compile(r'<a\b[^<>]*?\bhref="([^"]*)"')
HAS_ANCHOR = re.compile(r"\{#[a-z0-9-]+\}\s*$")


def guide(language):
    return {article.key: article.body for article in shipped.articles(language)}


def renderings(language):
    return {key: render(body, checks=CATALOGUE) for key, body in guide(language).items()}


def anchors(rendering):
    return [(section.level, section.anchor) for section in rendering.sections if section.anchor]


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_no_shipped_article_has_a_problem(language):
    found = [
        f"{key}:{problem.line}: {problem.message}"
        for key, rendering in renderings(language).items()
        for problem in rendering.problems
    ]
    assert found == []


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_each_check_is_explained_exactly_once(language):
    counted = Counter(
        check
        for rendering in renderings(language).values()
        for section in rendering.sections
        for check in section.checks
    )
    assert {check: counted[check] for check in CATALOGUE if counted[check] != 1} == {}


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_each_explanation_has_its_five_parts_in_order(language):
    wrong = []
    for key, rendering in renderings(language).items():
        order = [section.anchor for section in rendering.sections]
        for section in rendering.sections:
            parts = [f"{section.anchor}-{part}" for part in PARTS]
            if section.checks and [anchor for anchor in order if anchor in parts] != parts:
                wrong.append(f"{key}#{section.anchor}")
    assert wrong == []


def test_both_languages_have_the_same_articles_and_anchors():
    english, french = renderings("en"), renderings("fr")

    assert set(english) == set(french)
    assert [key for key in english if anchors(english[key]) != anchors(french[key])] == []
    assert [
        key
        for key in english
        if (english[key].meta.order, english[key].meta.part) != (french[key].meta.order, french[key].meta.part)
    ] == []


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_every_heading_has_its_anchor_written_out(language):
    implicit = []
    for key, body in guide(language).items():
        lines = body.split("\n")
        headings = [item for item in scan(body).items if isinstance(item, Heading)]
        implicit += [f"{key}:{one.line}" for one in headings if not HAS_ANCHOR.search(lines[one.line - 1])]
    assert implicit == []


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_every_link_within_the_guide_leads_somewhere(language):
    found = renderings(language)
    targets = {key: {section.anchor for section in one.sections} for key, one in found.items()}
    broken = [
        f"{key}#{section.anchor}: {href}"
        for key, one in found.items()
        for section in one.sections
        for href in LINK.findall(section.html)
        if not leads_somewhere(href, key, language, targets)
    ]
    assert broken == []


def leads_somewhere(href, key, language, targets):
    if href.startswith(("http://", "https://", "mailto:", "#a-fn")):
        return True
    path, _, anchor = href.partition("#")
    inside = re.fullmatch(rf"(?:\.\./|/guide/{language}/)([a-z0-9-]+)/", path) if path else None
    target = inside[1] if inside else key
    return (not path or inside is not None) and anchor in targets.get(target, {None})


def test_a_broken_link_would_be_seen():
    targets = {"a": {"", "x"}}

    assert leads_somewhere("../a/#x", "b", "en", targets)
    assert leads_somewhere("#x", "a", "en", targets)
    assert not leads_somewhere("../a/#y", "b", "en", targets)
    assert not leads_somewhere("../c/", "a", "en", targets)
    assert not leads_somewhere("a/file.txt", "a", "en", targets)
