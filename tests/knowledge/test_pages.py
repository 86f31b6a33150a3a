"""The guide's pages as people see them."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

TEXT = "## Memory {#memory}\n\nText.\n\n::: check no-memory-limit\n\n### Why it matters {#memory-why}\n\nBecause.\n"


@pytest.fixture
def article():
    return a_published_article(TEXT)


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def url(name="article", *more, language="en"):
    return reverse(name, args=[language, "limits", *more])


def test_the_guide_opens_in_the_readers_language(article):
    assert signed_in().get("/guide/", headers={"accept-language": "fr"}).url == "/guide/fr/"
    assert signed_in().get("/guide/", headers={"accept-language": "en"}).url == "/guide/en/"


def test_the_index_lists_articles_by_part(article):
    a_published_article(key="risks", title="Risks", part="II", order=20)

    shown = page(signed_in().get("/guide/en/"))

    places = [shown.index(word) for word in ("I. What a container is", "Limits", "II. Risks", ">Risks<")]
    assert places == sorted(places)
    assert "What a container may take." in shown


def test_an_empty_guide_says_what_to_do():
    assert "load_guide" in page(signed_in().get("/guide/en/"))


def test_an_article_shows_its_text_its_index_and_its_neighbours(article):
    a_published_article(key="after", title="What follows", order=11)

    shown = page(signed_in().get(url()))

    assert '<h2 id="memory">Memory' in shown
    assert '<a href="#memory">Memory</a>' in shown
    assert "<p>Because.</p>" in shown
    assert "What follows" in shown
    assert "published, v1" in shown


def test_a_live_block_is_fetched_and_until_then_describes_its_check(article):
    shown = page(signed_in().get(url()))

    assert 'hx-get="/live/?lang=en&checks=no-memory-limit"' in shown
    assert 'href="/checks/no-memory-limit/"' in shown
    assert "judges each container" in shown
    assert "data-check" not in shown


def test_an_article_links_to_its_counterpart(article):
    a_published_article(TEXT, language="fr")

    assert 'href="/guide/fr/limits/"' in page(signed_in().get(url()))
    assert 'href="/guide/en/limits/"' in page(signed_in().get(url(language="fr")))


@pytest.mark.parametrize("path", ["/guide/de/", "/guide/en/nothing/", "/guide/en/limits/revisions/9/"])
def test_what_is_not_there_is_not_found(article, path):
    assert signed_in().get(path).status_code == 404


def test_a_page_of_the_guide_costs_few_queries(article, django_assert_max_num_queries):
    client = signed_in()
    for number in range(20):
        a_published_article(key=f"more-{number}", order=number)

    with django_assert_max_num_queries(16):
        client.get(url())


def test_old_revisions_stay_readable(article):
    publish(
        article,
        body=a_body("## New {#new}\n"),
        author=a_member(Role.REVIEWER),
        summary="Said better",
        base=article.published,
        at=NOON,
    )

    old = page(signed_in().get(url("article-revision", 1)))

    assert "Because." in old
    assert "older text" in old
    assert "Said better" in page(signed_in().get(url("article-history")))


@pytest.mark.parametrize("query", ["BECAUSE", "lim", "may take", "reseaux"])
def test_search_finds_titles_summaries_and_text_without_regard_to_accents(article, query):
    a_published_article("## Réseaux {#r}\n", key="other", title="Other", order=99)

    shown = page(signed_in().get("/guide/en/", {"q": query}))

    assert "of the guide</h2>" in shown
    assert "<mark>" in shown


def test_search_leads_to_the_section_and_shows_the_words(article):
    shown = page(signed_in().get("/guide/en/", {"q": "because"}))

    assert 'href="/guide/en/limits/#memory-why"' in shown
    assert "<mark>Because</mark>." in shown


def test_search_ranks_a_title_first(article):
    a_published_article("because because because", key="aaa", title="Nothing", order=1)
    a_published_article("", key="zzz", title="Because", order=99)

    shown = page(signed_in().get("/guide/en/", {"q": "because"}))

    assert shown.index("/guide/en/zzz/") < shown.index("/guide/en/aaa/")


def test_search_without_a_hit_offers_a_way_on(article):
    shown = page(signed_in().get("/guide/en/", {"q": "<b>zebra"}))

    assert "No section of the guide holds “<b>zebra”" in shown
    assert "All articles" in shown
    assert b"<b>zebra" not in signed_in().get("/guide/en/", {"q": "<b>zebra"}).content


def test_search_says_when_sections_hold_some_of_the_words_only(article):
    assert "These hold some of them" in page(signed_in().get("/guide/en/", {"q": "because zebra"}))
    assert "These hold some of them" not in page(signed_in().get("/guide/en/", {"q": "because"}))


def test_search_announces_what_the_other_language_holds(article):
    a_published_article("## Zèbre {#z}\n", language="fr", title="Limites")

    shown = page(signed_in().get("/guide/en/", {"q": "zebre"}))

    assert "In French: 1 section" in shown
    assert 'href="/guide/fr/limits/#z"' in shown


def test_what_an_article_says_is_escaped_where_it_is_found(article):
    a_published_article("`<img src=x onerror=alert(1)> zebra`", key="other", title="A <b>title", order=99)

    shown = signed_in().get("/guide/en/", {"q": "zebra"}).content

    assert b"<mark>zebra</mark>" in shown
    assert b"<img src=x" not in shown
    assert b"<b>title" not in shown


def test_whoever_may_edit_is_led_to_the_editor_of_each_section(article):
    shown = page(signed_in(Role.CONTRIBUTOR).get(url()))

    assert f'href="{url("article-edit")}?section=memory-why"' in shown
    assert url("article-edit") not in page(signed_in(Role.VIEWER).get(url()))
    assert "?section=" not in page(signed_in(Role.CONTRIBUTOR).get(url("article-revision", 1)))
