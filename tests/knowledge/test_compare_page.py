"""Any two revisions of an article compared, in three views."""

from __future__ import annotations

import html

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from knowledge import services
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

WORDS = ("The first text of three.", "The second text of three.", "The third text of <b>three.")


@pytest.fixture
def article():
    article = a_published_article(f"## A {{#a}}\n\n{WORDS[0]}\n")
    for text in WORDS[1:]:
        services.publish(
            article,
            body=a_body(f"## A {{#a}}\n\n{text}\n"),
            author=a_member(Role.CONTRIBUTOR),
            summary="Again",
            base=article.published,
            at=NOON,
        )
    return article


def compared(status=200, **query):
    response = signed_in(Role.VIEWER).get(reverse("article-compare", args=["en", "limits"]), query)
    assert response.status_code == status
    return response.content.decode()


def test_without_a_choice_the_published_one_is_compared_with_the_one_before(article):
    text = compared()

    assert "Version 2 against version 3" in text
    assert "<del>second</del>" in text
    assert "<ins>third</ins>" in text


def test_any_two_are_compared_either_way(article):
    forward, backward = compared(**{"from": 1, "to": 3}), compared(**{"from": 3, "to": 1})

    assert "<del>first</del>" in forward
    assert "<ins>first</ins>" in backward
    assert '<option value="1" selected>' in forward


def test_one_alone_says_what_it_is_compared_with(article):
    assert "Version 1 against version 2" in compared(to=2)
    assert "Both texts are the same" in compared(to=1)


@pytest.mark.parametrize("view", ["side", "unified"])
def test_the_source_is_shown_as_text(article, view):
    text = compared(view=view)

    assert "&lt;" in text
    assert "<b>three" not in text
    assert 'aria-current="true">' + {"side": "Side by side", "unified": "Unified"}[view] in text


def test_the_rendered_text_is_compared_section_by_section(article):
    text = compared(view="rendered")

    assert "<p>The <del>second</del><ins>third</ins> text of" in text
    assert "unchanged" in text


def test_an_unknown_view_is_side_by_side(article):
    assert 'class="text-diff side-diff"' in compared(view="upside-down")


@pytest.mark.parametrize("query", [{"from": 9}, {"to": "x"}, {"from": ""}, {"to": "1e9"}])
def test_a_revision_that_never_was_is_not_found(article, query):
    compared(404, **query)


def test_the_links_for_the_history_page_lead_here(article):
    old = article.revisions.get(number=2)

    links = html.unescape(render_to_string("knowledge/_compare_links.html", {"article": article, "revision": old}))

    assert 'href="/guide/en/limits/compare/?from=2&to=3"' in links
    assert 'href="/guide/en/limits/compare/?to=2"' in links


def test_the_published_one_is_not_compared_with_itself(article):
    context = {"article": article, "revision": article.published}

    assert "?from=" not in render_to_string("knowledge/_compare_links.html", context)
