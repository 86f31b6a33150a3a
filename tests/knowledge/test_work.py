"""What the guide needs from those who write it: the rules alone, and the page."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knowledge import tending
from knowledge.ageing import Aged, due
from knowledge.deadlinks import Targets, dead
from knowledge.models import Article, FormerKey, Picture, Proposal, SectionReview
from knowledge.services import load_guide, publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db
LONG_AGO, LATELY = NOON - timedelta(days=400), NOON - timedelta(days=30)
TARGETS = Targets(
    anchors={("en", "a"): {"", "x"}, ("fr", "b"): {"", "y"}},
    former={("en", "old")},
    pictures={"/static/img/seen.svg"},
)


def dead_links(text):
    return [one.address for one in dead([("x", text)], "en", "a", TARGETS)]


# --- pure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "href",
    [
        *("#x", "../a/", "../a/#x", "/guide/en/a/#x", "../b/#y", "/guide/fr/b/", "../old/#gone", "#a-fn-1"),
        *("https://example.org/a", "mailto:a@example.org", "/checks/no-memory-limit/"),
    ],
)
def test_what_leads_somewhere_is_not_reported(href):
    assert dead_links(f'<p><a href="{href}" rel="noopener">x</a></p>') == []


@pytest.mark.parametrize("href", ["../a/#y", "../nothing/", "/guide/fr/b/#x", "/guide/en/c/", "file.txt", "../b/#z"])
def test_what_leads_nowhere_is_reported(href):
    assert dead_links(f'<p><a href="{href}">x</a></p>') == [href]


def test_a_dead_anchor_is_reported_as_it_was_typed():
    assert dead_links('<a href="#a-nowhere">x</a>') == ["#nowhere"]


def test_a_picture_that_is_not_there_is_reported():
    shown = '<img src="/static/img/seen.svg" alt="a"><img alt="b" src="/guide/pictures/0.png">'
    assert dead_links(shown) == ["/guide/pictures/0.png"]


def test_text_that_looks_like_a_link_is_none():
    assert dead_links('<code>&lt;a href="../nothing/"&gt;</code>') == []


def aged(*sections):
    return [Aged(anchor, anchor.upper(), level, at) for anchor, level, at in sections]


def test_a_section_is_due_when_any_part_of_it_was_left_for_a_year():
    found = due(aged(("a", 2, LATELY), ("a-sub", 3, LONG_AGO), ("b", 2, LATELY)), {}, NOON)

    assert [(one.anchor, one.since) for one in found] == [("a", LONG_AGO)]


def test_a_review_counts_for_all_below_its_section():
    sections = aged(("a", 2, LONG_AGO), ("a-sub", 3, LONG_AGO), ("b", 2, LONG_AGO))

    assert [one.anchor for one in due(sections, {"a": LATELY}, NOON)] == ["b"]
    assert [one.anchor for one in due(sections, {"a": LONG_AGO}, NOON)] == ["a", "b"]


def test_a_year_to_the_day_is_not_over_yet():
    assert due(aged(("a", 2, NOON - timedelta(days=365))), {}, NOON) == []


# --- the page, on a database -----------------------------------------------------------------------------------------

ONE = "## A {#a}\n\nOne.\n\n::: check no-memory-limit\n\n## B {#b}\n\nTwo, see [there](#nowhere).\n"


def page(role=Role.VIEWER):
    response = signed_in(role).get(reverse("guide-work"))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def rewritten(article, text, author=None):
    return publish(article, body=a_body(text), author=author, summary="", base=article.published, at=NOON)


def test_all_kinds_of_work_are_counted_and_named():
    english = a_published_article(ONE)
    a_published_article(ONE, language="fr")
    a_published_article("", key="alone", title="Alone")
    rewritten(english, ONE.replace("One", "Uno"), author=a_member(Role.REVIEWER))

    work = tending.work(NOON + timedelta(days=366))

    assert work.counts == {
        "unexplained": 2 * (len(tending.CATALOGUE) - 1),
        "behind": 1,
        "untranslated": 1,
        "dead": 2,
        "due": 7,
    }
    shown = page()
    for words in ("privileged-container", "Alone", "not written in French", "#nowhere"):
        assert words in shown


def test_a_behind_section_leads_to_what_changed_since():
    english = a_published_article(ONE)
    a_published_article(ONE, language="fr")
    rewritten(english, ONE.replace("One", "Uno"), author=a_member(Role.REVIEWER))

    shown = page()

    assert 'href="/guide/en/limits/compare/?from=1&to=2"' in shown
    assert 'href="/guide/en/limits/#a"' in shown


def test_a_guide_without_work_says_so():
    load_guide(at=timezone.now())

    shown = page()

    for words in (
        "Each check is explained, in both languages",
        "Both languages are in step",
        "Every article is there in both languages",
        "Every link within the guide leads somewhere",
        "Every section was written or read within a year",
    ):
        assert words in shown


def test_links_that_lead_on_and_pictures_that_were_uploaded_are_no_work():
    article = a_published_article("## A {#a}\n\n[x](../before/#q)\n")
    FormerKey.objects.create(language="en", key="before", article=article)
    assert tending.work(NOON).dead == []

    rewritten(article, "## A {#a}\n\n![x](/static/img/favicon.svg)\n")
    assert tending.work(NOON).dead == []


def test_a_picture_counts_only_where_it_is_kept():
    digest = "ab" * 32
    source = f"/guide/pictures/{digest}.png"

    assert tending._pictures([f'<img src="{source}">']) == set()
    Picture.objects.create(digest=digest, name="x", kind="png", width=1, height=1, content=b"x", at=NOON)
    assert tending._pictures([f'<img src="{source}">', '<img src="/elsewhere.png">']) == {source}


def test_the_page_costs_the_same_whatever_the_size_of_the_guide():
    def cost():
        client = signed_in()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("guide-work"))
        return len(queries)

    a_published_article(ONE)
    a_published_article(ONE, language="fr")
    cost()  # what the frame keeps for every page is counted once
    few = cost()
    for number in range(5):
        for language in ("en", "fr"):
            a_published_article("## A {#a}\n", key=f"more-{number}", language=language, title=f"{number}")

    assert cost() == few


# --- acts -----------------------------------------------------------------------------------------------------------


def reviewed(role, anchor="a"):
    return signed_in(role).post(reverse("section-reviewed", args=["en", "limits"]), {"anchor": anchor})


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.CONTRIBUTOR, 403), (Role.REVIEWER, 302)])
def test_who_may_publish_notes_that_a_section_is_still_right(role, status):
    a_published_article(ONE)

    assert reviewed(role).status_code == status
    assert list(SectionReview.objects.values_list("anchor", flat=True)) == ["a"] * (status == 302)


def test_a_section_that_is_not_there_cannot_be_reviewed():
    a_published_article(ONE)

    assert reviewed(Role.REVIEWER, "nothing").status_code == 404


def test_a_reviewed_section_is_no_longer_due():
    a_published_article("## A {#a}\n\n### Below {#below}\n\n## B {#b}\n")
    later = NOON + timedelta(days=400)
    tending.review(Article.objects.get(), "a", by=a_member(Role.REVIEWER), at=later)

    assert [one.anchor for one in tending.work(later).due[0].sections] == ["", "b"]


def test_the_buttons_are_offered_to_those_who_may():
    a_published_article(ONE, key="alone")

    assert "Translate this article" not in page(Role.VIEWER)
    assert "Translate this article" in page(Role.CONTRIBUTOR)


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.CONTRIBUTOR, 302)])
def test_translating_opens_the_editor_on_a_proposal(role, status):
    a_published_article(ONE)

    answer = signed_in(role).post(reverse("article-translate", args=["fr", "limits"]))

    assert answer.status_code == status
    begun = [f"/guide/proposals/{one.pk}/edit/" for one in Proposal.objects.all()]
    assert begun == ([answer.url] if status == 302 else [])


@pytest.mark.parametrize("path", [("de", "limits"), ("en", "limits"), ("fr", "nothing")])
def test_there_must_be_something_to_translate(path):
    a_published_article(ONE)

    assert signed_in(Role.CONTRIBUTOR).post(reverse("article-translate", args=path)).status_code == 404
    assert not Proposal.objects.exists()
