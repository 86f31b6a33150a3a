"""The history page, who wrote what, the stream of changes with its feeds, and watching."""

from __future__ import annotations

import html
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from knowledge import life, naming, watching
from knowledge.models import Article, Proposal, Watch
from knowledge.services import load_guide, publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

TEXT = "## Memory {#memory}\n\nText.\n\n## Processor {#cpu}\n\nShares.\n"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def article():
    return a_published_article(TEXT)


@pytest.fixture
def writer():
    return a_member(Role.CONTRIBUTOR, first_name="Camille", last_name="Roy")


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def url(name, *more, key="limits", language="en"):
    return reverse(name, args=[language, key, *more])


def rewrite(article, text, *, by=None, summary="Better", at=NOON):
    return publish(article, body=a_body(text), author=by, summary=summary, base=article.published, at=at)


# --- history --------------------------------------------------------------------------------------------------------


def test_the_history_names_who_wrote_reviewed_and_what_to_compare(article, writer):
    second = rewrite(article, TEXT + "\nMore.\n", by=writer)
    rewrite(article, TEXT, by=a_member(Role.OPERATOR))
    Proposal.objects.create(
        article=article,
        body="x",
        author=writer,
        reviewer=a_member(Role.REVIEWER, first_name="Ada", last_name="Lo"),
        published_as=second,
        state=Proposal.State.PUBLISHED,
        created_at=NOON,
        changed_at=NOON,
    )

    shown = page(signed_in(Role.REVIEWER).get(url("article-history")))

    assert "Camille Roy" in shown
    assert "reviewed by Ada Lo" in shown
    assert "Came with secdash" in shown
    assert "/guide/en/limits/compare/?from=1&to=2" in shown
    assert "/guide/en/limits/compare/?from=2&to=3" in shown
    assert url("article-revert", 1) in shown
    assert url("article-revert", 3) not in shown  # published
    assert '<input class="box" type="radio" name="from" value="2"' in shown


def test_a_long_history_comes_in_pages_at_a_constant_cost(article, writer, django_assert_max_num_queries):
    for number in range(60):
        rewrite(article, f"{TEXT}\n{number}\n", by=writer)
    client = signed_in()

    with django_assert_max_num_queries(14):
        shown = page(client.get(url("article-history")))

    assert shown.count('name="to"') == 50
    assert "60 revisions" in shown
    assert page(client.get(url("article-history"), {"page": 2})).count('name="to"') == 11


# --- who wrote what -------------------------------------------------------------------------------------------------


def test_each_block_names_its_author_its_revision_and_the_comparison(article, writer):
    rewrite(article, TEXT.replace("Shares.", "Shares, said better."), by=writer)

    shown = page(signed_in().get(url("article-blame")))

    block = shown[: shown.index("Shares, said better.")].rpartition("blame-row")[2]
    assert "Camille Roy" in block
    assert "/guide/en/limits/compare/?from=1&to=2" in block
    assert url("article-revision", 2) in block
    assert "Camille Roy" not in shown[shown.index("blame-row") : shown.index("Text.")]


def test_the_next_revision_costs_one_comparison_and_says_the_same(article, writer, django_assert_max_num_queries):
    client = signed_in()
    client.get(url("article-blame"))
    rewrite(article, TEXT.replace("Text.", "Other."), by=writer)
    quick = page(client.get(url("article-blame")))
    cache.clear()

    assert page(client.get(url("article-blame"))).count("Camille Roy") == quick.count("Camille Roy") > 0
    with django_assert_max_num_queries(12):
        client.get(url("article-blame"))


def test_the_source_is_shown_and_never_run(article, writer):
    rewrite(article, "## A {#a}\n\n<script>x</script>\n", by=writer, summary="<img src=x>")

    for name in ("article-blame", "article-history"):
        assert b"<script>x" not in signed_in().get(url(name)).content
        assert b"<img src=x>" not in signed_in().get(url(name)).content


# --- a revision's own address ---------------------------------------------------------------------------------------


def test_a_revision_leads_to_what_is_published_and_is_downloaded_as_text(article, writer):
    rewrite(article, "## New {#new}\n", by=writer)
    client = signed_in(Role.REVIEWER)

    old = page(client.get(url("article-revision", 1)))
    raw = client.get(url("article-raw", 1))

    assert '<link rel="canonical" href="http://testserver/guide/en/limits/">' in old
    assert "/guide/en/limits/compare/?from=1&to=2" in old
    assert url("article-revert", 1) in old
    assert url("article-revert", 1) not in page(signed_in().get(url("article-revision", 1)))
    assert raw.content.decode() == article.revisions.get(number=1).body
    assert raw["Content-Type"] == "text/markdown; charset=utf-8"
    assert raw["Content-Disposition"] == 'attachment; filename="en-limits-v1.md"'
    assert raw["X-Content-Type-Options"] == "nosniff"
    assert "canonical" not in page(client.get(url("article")))


# --- changes --------------------------------------------------------------------------------------------------------


def test_changes_of_both_languages_stand_by_day_newest_first(article, writer):
    french = a_published_article(TEXT, language="fr", title="Limites", author=writer)
    rewrite(article, "## A {#a}\n", by=writer, summary="Said better", at=NOON + timedelta(days=2))
    life.remove(french, why="Doubled", by=a_member(Role.REVIEWER), at=NOON + timedelta(days=1))

    shown = page(signed_in().get("/guide/changes/"))

    places = [shown.index(word) for word in ("26 Nov 2026", "Said better", "25 Nov 2026", "Doubled", "24 Nov 2026")]
    assert places == sorted(places)
    assert "/guide/en/limits/compare/?from=1&to=2" in shown
    assert "/guide/fr/limits/" not in shown  # removed: nothing to lead to
    only = page(signed_in().get("/guide/changes/", {"language": "fr"}))
    assert "Doubled" in only
    assert "Said better" not in only


def test_the_first_texts_fold_into_one_line(writer, tmp_path):
    for language in ("en", "fr"):
        (tmp_path / language).mkdir()
    for number in range(6):
        (tmp_path / "en" / f"a{number}.md").write_text(a_body(TEXT), encoding="utf-8")
    load_guide(at=NOON, content=tmp_path)

    shown = page(signed_in().get("/guide/changes/"))

    assert "6 texts came with secdash" in shown


def test_a_page_of_changes_costs_few_queries(article, writer, django_assert_max_num_queries):
    for number in range(55):
        rewrite(article, f"{TEXT}\n{number}\n", by=writer)
    client = signed_in()

    with django_assert_max_num_queries(14):
        shown = page(client.get("/guide/changes/"))
    assert "1 to 50 of 56" in shown


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "999"}, {"language": "de"}, {"language": "<b>"}])
def test_an_odd_question_is_answered(article, query):
    assert "Limits" in page(signed_in().get("/guide/changes/", query))


# --- feeds ----------------------------------------------------------------------------------------------------------


def feed(path, client=None):
    answer = (client or signed_in()).get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def told(found, what="a:title"):
    return [entry.findtext(what, namespaces=ATOM) for entry in found.findall("a:entry", ATOM)]


def test_the_feed_tells_what_people_changed(article, writer):
    a_published_article(TEXT, language="fr", title="Limites")
    rewrite(article, "## A {#a}\n", by=writer, summary="Said better")
    life.remove(article, why="Doubled", by=a_member(Role.REVIEWER), at=NOON + timedelta(days=1))

    assert told(feed("/guide/changes.atom")) == ["Limits: removed", "Limits: Said better"]
    assert told(feed("/guide/changes.atom?language=fr")) == []
    assert told(feed("/guide/changes.atom"), "a:author/a:name") == ["reviewer", "Camille Roy"]


def test_an_entry_keeps_its_name_through_a_rename_and_leads_to_what_changed(article, writer):
    rewrite(article, "## A {#a}\n", by=writer)
    before = told(feed(url("article-feed")), "a:id")
    naming.rename(article, was="limits", to="r", scope=naming.Scope.ALL, by=writer, at=NOON + timedelta(days=1))

    found = feed(url("article-feed", key="r"))

    assert told(found)[0] == "Limits: renamed limits → r"
    assert told(found, "a:id")[1:] == before
    links = [entry.find("a:link", ATOM).get("href") for entry in found.findall("a:entry", ATOM)]
    assert links == ["http://testserver/guide/en/r/", "http://testserver/guide/en/r/compare/?from=1&to=2"]


def test_a_feed_holds_whatever_people_type(article, writer):
    rewrite(article, "## A {#a}\n", by=writer, summary="a\x01 <b>&\ufffe")

    found = feed(url("article-feed"))
    assert "<b>&" in told(found)[0]
    assert "&lt;b&gt;&amp;" in told(found, "a:summary")[0]  # HTML by its type


def test_a_feed_that_did_not_change_is_not_sent_again(article, writer):
    rewrite(article, "## A {#a}\n", by=writer)
    client = signed_in()
    first = client.get("/guide/changes.atom")

    assert client.get("/guide/changes.atom", headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/guide/changes.atom", "/guide/en/limits/changes.atom"])
def test_feeds_are_open_where_the_guide_is(article, settings, path):
    assert Client().get(path).url.startswith(reverse("login"))
    assert "shown the door" in page(signed_in().get("/guide/changes/"))

    settings.PUBLIC_GUIDE = True

    assert feed(path, Client()) is not None
    assert "open to everybody, as the guide is" in page(signed_in().get("/guide/changes/"))
    assert Client().get("/guide/changes/").status_code == 302


def test_strangers_are_told_of_what_stands_and_of_nobody(article, writer, settings):
    settings.PUBLIC_GUIDE = True
    other = a_published_article(TEXT, key="other", title="Withdrawn", author=writer)
    rewrite(article, "## A {#a}\n", by=writer, summary="Take the name of our host out")
    life.remove(other, why="It said too much", by=writer, at=NOON + timedelta(days=1))

    shown = Client().get("/guide/changes.atom").content.decode()
    gone = page(Client().get("/guide/en/other/changes.atom"), 410)

    assert told(feed("/guide/changes.atom", Client())) == ["Limits"]
    assert 'href="http://testserver/guide/en/limits/"' in shown
    for inside in ("Camille", "our host", "Withdrawn", "too much", "compare"):
        assert inside not in shown
    assert "Camille" not in gone
    assert "too much" not in gone


# --- watching -------------------------------------------------------------------------------------------------------


def watch(client, do="watch"):
    return client.post(url("article-watch"), {"do": do})


def test_who_watches_is_told_in_the_index_and_on_the_list_until_they_look(article, writer):
    client = signed_in()
    watch(client)
    assert "nothing new" in page(client.get("/guide/changes/"))
    assert ">changed<" not in page(client.get("/guide/en/"))

    rewrite(article, "## A {#a}\n", by=writer)
    rewrite(article, "## B {#b}\n", by=writer)

    assert ">changed<" in page(client.get("/guide/en/"))
    news = page(client.get("/guide/changes/"))
    assert "2 new revisions" in news
    assert "/guide/en/limits/compare/?from=1&to=3" in news
    page(client.get(url("article")))
    assert "nothing new" in page(client.get("/guide/changes/"))
    assert ">changed<" not in page(client.get("/guide/en/"))


def test_all_news_can_be_marked_as_seen(article, writer):
    client = signed_in()
    watch(client)
    rewrite(article, "## A {#a}\n", by=writer)

    client.post("/guide/changes/")

    assert watching.with_news(a_member(Role.VIEWER)) == set()


def test_what_one_wrote_oneself_is_no_news(article, writer):
    watching.watch(article, by=writer)

    rewrite(article, "## A {#a}\n", by=writer)
    assert watching.with_news(writer) == set()
    rewrite(article, "## B {#b}\n")
    assert watching.with_news(writer) == {article.pk}


def test_watching_twice_is_once_and_can_end(article):
    client = signed_in()
    watch(client)
    watch(client)

    assert Watch.objects.count() == 1
    assert 'value="unwatch"' in page(client.get(url("article")))

    watch(client, "unwatch")
    watch(client, "unwatch")

    assert Watch.objects.count() == 0
    assert 'value="watch"' in page(client.get(url("article")))


def test_each_person_watches_alone(article, writer):
    watching.watch(article, by=writer)

    assert watching.watched(a_member(Role.VIEWER)) == []
    assert 'value="watch"' in page(signed_in().get(url("article")))


def test_a_removed_article_is_no_news(article, writer):
    watching.watch(article, by=writer)
    rewrite(article, "## A {#a}\n")
    life.remove(article, why="x", by=a_member(Role.REVIEWER), at=NOON)

    assert watching.watched(writer) == []
    assert Article.objects.count() == 1
