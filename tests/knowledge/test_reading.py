"""Reading: the other language where one is missing, sections that are behind, all on one page, how long it takes."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.joining import joined
from knowledge.measuring import minutes, words
from knowledge.models import Article
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db
ONE = "## A {#a}\n\nOne.\n\n## B {#b}\n\nTwo.\n"
ID = re.compile(r'\bid="([^"]*)"')


def page(path, role=Role.VIEWER, language="en"):
    response = signed_in(role).get(path, headers={"accept-language": language})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def rewritten(language, text):
    article = Article.objects.with_text().get(language=language, key="limits")
    publish(article, body=a_body(text), author=a_member(Role.REVIEWER), summary="", base=article.published, at=NOON)


# --- two languages --------------------------------------------------------------------------------------------------


def test_a_missing_translation_is_announced_and_the_other_language_served():
    a_published_article(ONE)
    a_published_article("", key="before", language="fr", title="Avant", order=9)

    shown = page("/guide/fr/limits/")

    assert "not yet written in French; here is the English one" in shown
    assert '<article class="prose" lang="en">' in shown
    assert 'rel="prev" href="/guide/fr/before/"' in shown
    assert "Translate this article" not in shown
    assert "Translate this article" in page("/guide/fr/limits/", Role.CONTRIBUTOR)


def test_the_other_language_never_stands_in_for_one_that_is_not_ours():
    a_published_article(ONE)

    assert signed_in().get("/guide/de/limits/").status_code == 404
    assert signed_in().get("/guide/fr/nothing/").status_code == 404


def test_a_text_in_step_says_so():
    a_published_article(ONE)
    a_published_article(ONE, language="fr")

    assert re.search(r"<dt>French</dt><dd><svg.*?</svg>in step</dd>", page("/guide/en/limits/"))


def test_both_sides_say_which_sections_are_behind():
    a_published_article(ONE)
    a_published_article(ONE, language="fr")
    rewritten("en", ONE.replace("Two", "Three"))

    french, english = page("/guide/fr/limits/", Role.CONTRIBUTOR), page("/guide/en/limits/")

    assert french.count("The English text of this section changed on") == 1
    assert french.index('id="b"') < french.index("The English text of this section changed")
    assert "behind in 1 section" in french
    assert 'action="/guide/fr/limits/translate/"' in french
    assert "changed on" not in english
    assert "behind in 1 section" in english
    assert 'href="/guide/fr/limits/#b"' in english


# --- how long -------------------------------------------------------------------------------------------------------


def test_code_is_not_read():
    code = '<figure><pre tabindex="0"><code>not\nthese <span>at all</span></code></pre></figure>'

    assert words(f"<p>Two <b>words</b></p>{code}") == 2


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (299, 1), (301, 2), (2000, 10)])
def test_time_is_counted_at_two_hundred_words_a_minute(count, expected):
    assert minutes(["<p>" + "word " * count + "</p>"]) == expected


def test_an_article_says_how_long_it_takes():
    a_published_article("## A {#a}\n\n" + "word " * 1000)

    assert "5 minutes of reading" in page("/guide/en/limits/")


# --- all on one page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ('<a href="#x">', '<a href="#a.x">'),
        ('<a href="../b/">', '<a href="#b">'),
        ('<a href="../b/#y">', '<a href="#b.y">'),
        ('<a href="/guide/en/b/#y">', '<a href="#b.y">'),
        ('<a href="/guide/fr/b/#y">', '<a href="/guide/fr/b/#y">'),
        ('<a href="../gone/#y">', '<a href="/guide/en/gone/#y">'),
        ('<a class="bare" href="https://example.org/#y">', '<a class="bare" href="https://example.org/#y">'),
        ('<li id="a-fn-1"><a href="#a-fnref-1">', '<li id="a.a-fn-1"><a href="#a.a-fnref-1">'),
        ("<code>&lt;a href=#x&gt;</code>", "<code>&lt;a href=#x&gt;</code>"),
    ],
)
def test_links_between_articles_stay_on_the_page(given_html, expected):
    assert joined(given_html, "en", "a", {"a", "b"}) == expected


@given(st.text(alphabet='<>="#./ abhref', max_size=60))
def test_escaped_text_is_never_changed(text):
    shown = f"<p>{html.escape(text)}</p>"

    assert joined(shown, "en", "a", {"a"}) == shown


def test_the_whole_guide_holds_every_article_in_order_with_ids_of_its_own(shipped_guide):

    shown = signed_in().get("/guide/en/whole/").content.decode()

    ids = ID.findall(shown)
    assert len(ids) == len(set(ids))
    places = [shown.index(f'<h2 id="{one.key}">') for one in Article.objects.in_language("en")]
    assert places == sorted(places)
    inside = set(re.findall(r'href="#([^"]*)"', shown))
    assert inside - set(ids) == set()
    assert 'href="../' not in shown
    assert "hx-get" not in shown.split("<main", 1)[1].split("</main", 1)[0]


def test_the_whole_guide_costs_few_queries(django_assert_max_num_queries):
    for number in range(12):
        a_published_article(ONE, key=f"a-{number}", order=number)
    client = signed_in()

    with django_assert_max_num_queries(9):
        client.get("/guide/en/whole/")
