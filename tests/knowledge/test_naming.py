"""Renames keep old links working; new articles begin as drafts nobody reads."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import beginning, life, naming
from knowledge.models import Article, FormerKey, Proposal
from knowledge.naming import KeyRefused, Scope
from knowledge.rendering import render
from knowledge.services import load_guide, publish
from knowledge.skeleton import skeleton
from secdash.accounts.roles import Role
from secdash.checks import CATALOGUE
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

TEXT = "## Memory {#memory}\n\nText.\n"


@pytest.fixture
def article():
    return a_published_article(TEXT)


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def rename(article, to, *, scope=Scope.ALL, was="limits", consent=False):
    by = a_member(Role.REVIEWER)
    return naming.rename(article, was=was, to=to, scope=scope, consent=consent, by=by, at=NOON)


def asked(path, **data):
    return signed_in(Role.REVIEWER).post(path, {"scope": "all", "was": "limits", **data})


# --- renaming -------------------------------------------------------------------------------------------------------


def test_translations_are_renamed_together(article):
    french = a_published_article(TEXT, language="fr")

    rename(article, "resources")

    for one in (article, french):
        one.refresh_from_db()
        assert one.key == "resources"
    assert {(event.was, event.now) for event in article.events.all()} == {("limits", "resources")}


def test_one_language_may_be_renamed_alone(article):
    french = a_published_article(TEXT, language="fr")

    rename(article, "resources", scope=Scope.ONE)

    french.refresh_from_db()
    assert french.key == "limits"
    assert signed_in().get("/guide/fr/limits/").status_code == 200


@pytest.mark.parametrize(
    "rest", ["", "history/", "blame/", "revisions/1/", "revisions/1/raw/", "changes.atom", "?from=1&x=%20a"]
)
def test_old_addresses_lead_to_the_same_page_under_the_new_key(article, rest):
    rename(article, "resources")

    answer = signed_in().get(f"/guide/en/limits/{rest}")

    assert (answer.status_code, answer.url) == (301, f"/guide/en/resources/{rest}")
    assert answer["Cache-Control"] == "no-cache"
    assert signed_in().get(answer.url).status_code == 200


def test_what_was_typed_before_a_rename_is_sent_on_whole(article):
    rename(article, "resources")
    data = {"body": a_body("Mine."), "base": 1, "edits": 0, "summary": "Mine", "act": "publish"}

    answer = signed_in(Role.REVIEWER).post("/guide/en/limits/edit/", data)
    assert (answer.status_code, answer.url) == (308, "/guide/en/resources/edit/")

    signed_in(Role.REVIEWER).post("/guide/en/limits/edit/", data, follow=True)
    assert "Mine." in article.revisions.get(number=2).body


def test_a_chain_of_renames_leads_from_each_key_and_back_again(article):
    rename(article, "b")
    rename(article, "c", was="b")
    assert signed_in().get("/guide/en/limits/").url == "/guide/en/c/"
    assert signed_in().get("/guide/en/b/").url == "/guide/en/c/"

    rename(article, "limits", was="c")

    assert signed_in().get("/guide/en/limits/").status_code == 200
    assert signed_in().get("/guide/en/c/").url == "/guide/en/limits/"


def test_a_stranger_learns_nothing_of_renames(article, client):
    rename(article, "resources")

    assert client.get("/guide/en/limits/").url.startswith(reverse("login"))


def test_the_page_lists_the_texts_that_still_link_by_the_old_key(article):
    a_published_article("## Other {#other}\n\n[x](limits.md#memory)\n", key="other", title="The other")
    rename(article, "resources")

    shown = page(signed_in(Role.REVIEWER).get("/guide/en/resources/rename/"))

    assert "should be mended" in shown
    assert 'href="/guide/en/other/#other"' in shown
    assert 'href="../limits/#memory"' in page(signed_in().get("/guide/en/other/"))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("Limits", "small letters"),
        ("a b", "small letters"),
        ("-a", "small letters"),
        ("a--b", "small letters"),
        ("é", "small letters"),
        ("a\n", "small letters"),
        ("a" * 81, "small letters"),
        ("", "small letters"),
        *((word, "an address of the guide") for word in sorted(naming.RESERVED)),
        ("other", "has this key already"),
        ("gone", "when it was removed"),
        ("limits", "its key already"),
    ],
)
def test_a_key_that_cannot_be_taken_says_why(article, key, words):
    a_published_article(key="other")
    gone = a_published_article(key="gone")
    life.remove(gone, why="x", by=a_member(Role.REVIEWER), at=NOON)

    with pytest.raises(KeyRefused, match=words):
        rename(article, key, consent=True)
    assert not FormerKey.objects.exists()


def test_a_former_key_of_another_article_is_taken_only_knowingly(article):
    other = a_published_article(key="other", title="Other")
    rename(article, "resources")

    shown = page(asked("/guide/en/other/rename/", key="limits", was="other"), 422)
    assert "Old links to “Limits”" in shown
    assert 'name="consent"' in shown
    asked("/guide/en/other/rename/", key="limits", was="other", consent="on")

    other.refresh_from_db()
    assert other.key == "limits"
    assert not FormerKey.objects.filter(key="limits").exists()


def test_a_key_of_the_other_language_is_taken_only_knowingly(article):
    a_published_article(TEXT, key="plafonds", language="fr", title="Plafonds")

    with pytest.raises(KeyRefused, match="translations of each other") as refused:
        rename(article, "plafonds")
    assert refused.value.open_to_consent
    rename(article, "plafonds", consent=True)
    assert 'href="/guide/fr/plafonds/"' in page(signed_in().get("/guide/en/plafonds/"))


def test_two_who_rename_the_same_article_do_not_undo_each_other(article):
    rename(article, "resources")

    with pytest.raises(life.NotDone):
        rename(article, "quotas")
    shown = page(
        signed_in(Role.REVIEWER).post("/guide/en/resources/rename/", {"key": "q", "was": "limits", "scope": "all"}), 409
    )
    assert "Somebody renamed this article" in shown
    article.refresh_from_db()
    assert article.key == "resources"


def test_a_title_is_no_key(article):
    publish(article, body=a_body(TEXT, title="Bounds"), author=None, summary="", base=article.published, at=NOON)

    assert article.key == "limits"
    assert not FormerKey.objects.exists()


# --- the shipped guide ----------------------------------------------------------------------------------------------


@pytest.fixture
def content(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "en").mkdir()

    def write(text=TEXT, key="limits"):
        (tmp_path / "en" / f"{key}.md").write_text(a_body(text), encoding="utf-8")
        return load_guide(at=NOON, content=tmp_path)

    return write


def test_a_renamed_article_is_still_known_to_be_the_shipped_one(content):
    content()
    article = Article.objects.get()
    rename(article, "resources")

    assert content().unchanged == ["en/resources"]
    assert content(TEXT + "\nMore.\n").updated == ["en/resources"]
    assert Article.objects.get().published.number == 2


def test_each_of_two_that_changed_keys_gets_its_own_text(content):
    content("## A {#a}\n", key="a")
    content("## B {#b}\n", key="b")
    first, second = Article.objects.order_by("key")
    rename(first, "c", was="a")
    rename(second, "a", was="b", consent=True)

    content("## A {#a}\n\nNewer.\n", key="a")
    report = content("## B {#b}\n\nNewer.\n", key="b")

    assert (report.unchanged, report.updated, report.created) == (["en/c"], ["en/a"], [])
    first.refresh_from_db()
    assert "## A {#a}\n\nNewer." in first.published.body


def test_what_people_began_under_a_key_is_left_to_them(content):
    begin("limits")

    assert content().edited == ["en/limits"]
    assert Article.objects.get().published is None


def test_a_removed_article_does_not_come_back_with_the_shipped_guide(content):
    content()
    life.remove(Article.objects.get(), why="x", by=a_member(Role.REVIEWER), at=NOON)

    assert content(TEXT + "\nMore.\n").removed == ["en/limits"]
    assert not Article.objects.standing().exists()


# --- new articles ---------------------------------------------------------------------------------------------------


def begin(key, **more):
    given = {"title": "Swap", "summary": "On swap.", "language": "en", "by": a_member(Role.CONTRIBUTOR), "at": NOON}
    return beginning.begin(key=key, place=beginning.Place("I", 15), **{**given, **more})


def test_a_new_article_is_a_draft_that_renders_and_that_nobody_reads():
    draft = begin("swap")

    assert (draft.state, draft.base, draft.article.published) == ("draft", None, None)
    assert render(draft.body, checks=CATALOGUE).problems == ()
    assert signed_in(Role.ADMINISTRATOR).get("/guide/en/swap/").status_code == 404
    assert "Swap" not in page(signed_in().get("/guide/en/"))


def test_the_draft_can_be_published():
    draft = begin("swap")

    publish(draft.article, body=draft.body, author=draft.author, summary="New", base=None, at=NOON)

    assert "De quoi" not in page(signed_in().get("/guide/en/swap/"))
    assert draft.article.order == 15


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    title=st.text(max_size=200).filter(lambda text: "".join(text.split()).strip("\"'")),
    summary=st.text(max_size=400),
    language=st.sampled_from(["en", "fr"]),
)
def test_a_skeleton_renders_without_problems_whatever_the_title(title, summary, language):
    found = render(skeleton(language=language, title=f"T{title}", summary=summary), checks=CATALOGUE)

    assert found.problems == ()
    assert found.meta.title.startswith("T")


@pytest.mark.parametrize("title", ['"Quoted"', "'Quoted'", "A: b", "---", "title: x", '"'])
def test_a_skeleton_keeps_its_title_as_it_is(title):
    assert render(skeleton(language="en", title=title), checks=()).meta.title == title


@pytest.mark.parametrize(
    ("part", "after", "order"),
    [("I", "a", 15), ("I", "b", 60), ("I", "", 5), ("II", "c", 110), ("III", "", 110), ("I", "nobody", 5)],
)
def test_a_place_lies_behind_its_neighbour(part, after, order):
    articles = [
        Article(key=key, part=where, order=number)
        for key, where, number in [("a", "I", 10), ("b", "I", 20), ("c", "II", 100)]
    ]

    assert beginning.place(articles, part, after) == beginning.Place(part, order)


def test_a_contributor_begins_an_article_from_the_page(article):
    client = signed_in(Role.CONTRIBUTOR)
    assert "after “Limits”" in page(client.get("/guide/en/new/"))

    answer = client.post("/guide/en/new/", {"title": "Swap  space", "summary": "On swap.", "place": "I:limits"})

    draft = Proposal.objects.get()
    assert answer.url == f"/guide/proposals/{draft.pk}/edit/"
    assert (draft.article.key, draft.article.title, draft.article.order) == ("swap-space", "Swap space", 20)
    assert "title: Swap space" in draft.body


def test_a_key_that_is_taken_is_said_and_nothing_typed_is_lost(article):
    data = {"title": "<b>Mine", "key": "limits", "summary": "Words", "place": "I:"}

    shown = page(signed_in(Role.CONTRIBUTOR).post("/guide/en/new/", data), 422)

    assert "has this key already" in shown
    assert 'value="<b>Mine"' in shown
    assert 'value="Words"' in shown
    assert not Proposal.objects.exists()


def test_a_title_without_letters_asks_for_a_key(article):
    data = {"title": "???", "summary": "Words", "place": "I:"}

    assert "small letters" in page(signed_in(Role.CONTRIBUTOR).post("/guide/en/new/", data), 422)


def test_a_key_of_a_translation_is_taken_only_knowingly(article):
    data = {"title": "Plafonds", "key": "limits", "summary": "Mots", "place": ":"}
    client = signed_in(Role.CONTRIBUTOR)

    assert "translations of each other" in page(client.post("/guide/fr/new/", data), 422)
    assert client.post("/guide/fr/new/", {**data, "consent": "on"}).status_code == 302


def test_what_was_begun_and_given_up_frees_its_key():
    Proposal.objects.filter(pk=begin("swap").pk).update(state=Proposal.State.WITHDRAWN)

    again = begin("swap", title="Swap again")

    assert Article.objects.get() == again.article
    assert again.article.title == "Swap again"


def test_a_key_that_somebody_writes_under_is_taken():
    begin("swap")

    with pytest.raises(KeyRefused, match="has this key already"):
        begin("swap", by=a_member(Role.REVIEWER))


def test_old_links_lead_on_until_the_new_article_is_published(article):
    rename(article, "resources")
    with pytest.raises(KeyRefused, match="Old links"):
        begin("limits")

    draft = begin("limits", consent=True)
    assert signed_in().get("/guide/en/limits/").url == "/guide/en/resources/"
    publish(draft.article, body=draft.body, author=draft.author, summary="New", base=None, at=NOON)

    assert signed_in().get("/guide/en/limits/").status_code == 200
    assert "Former addresses" not in page(signed_in(Role.REVIEWER).get("/guide/en/resources/rename/"))


def test_a_viewer_begins_nothing(article):
    client = signed_in(Role.VIEWER)

    assert client.post("/guide/en/new/", {"title": "x", "summary": "x", "place": "I:"}).status_code == 403
    assert "/guide/en/new/" not in page(client.get("/guide/en/"))


def test_the_page_speaks_of_the_language_of_the_article_not_of_the_reader(article):
    shown = page(signed_in(Role.CONTRIBUTOR).get("/guide/fr/new/", headers={"accept-language": "en"}))

    assert "New article in French" in shown
    assert '<html lang="en"' in shown
