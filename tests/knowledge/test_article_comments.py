"""Comments on articles: who says and reads them, and what becomes of bad ones."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from knowledge.models import Comment
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

ARTICLE = "/guide/en/limits/"
COMMENTS = "/guide/en/limits/comments/"


@pytest.fixture
def article():
    return a_published_article("## Memory {#memory}\n\nText.\n")


def read(path=ARTICLE, role=Role.VIEWER):
    return html.unescape(signed_in(role).get(path).content.decode())


def said(body, role=Role.VIEWER, **more):
    return signed_in(role).post(COMMENTS, {"body": body, **more})


@pytest.mark.parametrize("role", list(Role))
def test_everybody_asks_and_everybody_reads(article, role):
    response = said("Does this hold for swap?", role)

    assert response.url == f"{ARTICLE}#C{Comment.objects.get().pk}"
    assert "Does this hold for swap?" in read()
    assert "1 comment" in read()


def test_a_comment_on_a_section_leads_to_it_and_outlives_it(article):
    said("And here?", anchor="memory")
    assert '<a href="/guide/en/limits/#memory" lang="en">Memory</a>' in read(COMMENTS)

    publish(
        article,
        body=a_body("## New {#new}\n"),
        author=None,
        summary="",
        base=article.published,
        at=NOON,
    )
    assert "On a section that is gone:" in read(COMMENTS)


def test_replies_stand_below_and_resolved_threads_below_the_others(article):
    said("First")
    first = Comment.objects.get()
    said("An answer", Role.CONTRIBUTOR, thread=first.pk)
    said("Second")
    signed_in(Role.REVIEWER).post(COMMENTS, {"thread": first.pk, "settle": "resolve"})

    text = read()

    assert text.index("Second") < text.index("Resolved by reviewer") < text.index("An answer")
    assert "3 comments" in text


def test_only_whom_it_concerns_resolves(article):
    said("Mine", Role.CONTRIBUTOR)
    thread = Comment.objects.get()
    settle = {"thread": thread.pk, "settle": "resolve"}

    assert signed_in(Role.VIEWER).post(COMMENTS, settle).status_code == 403
    assert signed_in(Role.CONTRIBUTOR).post(COMMENTS, settle).status_code == 302
    thread.refresh_from_db()
    assert thread.resolved_by == a_member(Role.CONTRIBUTOR)


@pytest.mark.parametrize("body", ["", " \n ", "y" * 4001])
def test_what_cannot_be_kept_comes_back_with_the_reason(article, body):
    response = said(body)

    assert response.status_code == 422
    assert body.strip() in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Comment.objects.exists()


def test_a_section_that_never_was_is_not_commented_on(article):
    response = said("Where?", anchor="nowhere")

    assert response.status_code == 422
    assert "Where?" in response.content.decode()


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "[x](javascript:alert(1))"]
)
def test_nothing_but_text_comes_out(article, attack):
    said(attack)

    raw = signed_in().get(ARTICLE).content.decode()

    assert 'href="javascript' not in raw
    assert "<script>alert" not in raw
    assert "<img" not in raw
    assert html.unescape(raw).count(attack) == 1


def test_a_thread_of_another_article_is_not_found(article):
    a_published_article(key="other")
    signed_in().post(reverse("article-comments", args=["en", "other"]), {"body": "Elsewhere"})

    assert said("Reply", thread=Comment.objects.get().pk).status_code == 404
