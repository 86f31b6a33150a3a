"""Which sections are in step with the other language: the rule alone, and what is stored about it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.beside import source_of
from knowledge.models import Article, Proposal
from knowledge.services import load_guide, publish
from knowledge.steps import step_of, steps, still_followed
from knowledge.translating import only_behind, translate
from knowledge.translation import Standing, Synced, standings
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines may be busy
TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123"))
ONE = "## A {#a}\n\nOne.\n\n## B {#b}\n\nTwo.\n"


@PATIENT
@given(TEXTS, TEXTS)
def test_texts_that_were_synced_as_they_are_are_never_behind(here, there):
    found = standings(here, there, Synced(here, there))

    assert set(found) == {*here, *there}
    assert Standing.BEHIND not in found.values()


@PATIENT
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_only_what_the_other_side_changed_is_behind(here, there, here_then, there_then):
    found = standings(here, there, Synced(here_then, there_then))

    for anchor in set(here) & set(there):
        assert (found[anchor] is Standing.BEHIND) == (there[anchor] != there_then.get(anchor))
    assert {a for a, one in found.items() if one is Standing.MISSING} == set(there) - set(here)
    assert {a for a, one in found.items() if one is Standing.EXTRA} == set(here) - set(there)


@PATIENT
@given(TEXTS)
def test_where_nobody_said_so_nothing_is_in_step_nor_behind(text):
    assert set(standings(text, text, None).values()) <= {Standing.UNSAID}


# --- what is stored -------------------------------------------------------------------------------------------------


def fresh(language="en", key="limits"):
    return Article.objects.with_text().get(language=language, key=key)


def rewrite(language, text, *, follows=None, author=True):
    article = fresh(language)
    return publish(
        article,
        body=a_body(text),
        author=a_member(Role.REVIEWER) if author else None,
        summary="Better",
        base=article.published,
        at=NOON,
        follows=follows,
    )


def behind(language="fr"):
    other = "en" if language == "fr" else "fr"
    return [one.anchor for one in step_of(fresh(language), fresh(other)).behind]


@pytest.fixture
def pair(db):
    english = a_published_article(ONE)
    french = a_published_article(ONE, language="fr")
    return english, french


def test_a_changed_section_leaves_the_other_language_behind(pair):
    rewrite("en", ONE.replace("Two", "Three"))

    step = step_of(fresh("fr"), fresh("en"))
    assert [(one.anchor, one.title, one.changed_at) for one in step.behind] == [("b", "B", NOON)]
    assert step.since == 1
    assert behind("en") == []


def test_a_section_that_only_the_other_has_is_missing(pair):
    rewrite("en", ONE + "\n## C {#c}\n\nNew.\n")

    [one] = step_of(fresh("fr"), fresh("en")).behind
    assert (one.anchor, one.standing) == ("c", Standing.MISSING)
    assert [one.standing for one in step_of(fresh("en"), fresh("fr")).sections][-1] is Standing.EXTRA


def test_a_text_that_follows_the_other_is_in_step_again(pair):
    newer = rewrite("en", ONE.replace("Two", "Three"))
    rewrite("fr", ONE.replace("Two", "Trois"), follows=newer)

    assert (behind("fr"), behind("en")) == ([], [])


def test_following_an_older_text_leaves_what_came_after_it_behind(pair):
    older = rewrite("en", ONE.replace("One", "Uno"))
    rewrite("en", ONE.replace("One", "Uno").replace("Two", "Due"))
    rewrite("fr", ONE.replace("One", "Un"), follows=older)

    assert behind("fr") == ["b"]


def test_both_sides_can_be_behind_each_other(pair):
    rewrite("en", ONE.replace("One", "Uno"))
    rewrite("fr", ONE.replace("Two", "Deux"))

    assert (behind("fr"), behind("en")) == (["a"], ["b"])


def test_a_change_that_means_nothing_to_the_other_language_may_say_so(pair):
    rewrite("en", ONE.replace("Two", "Twoo"), follows=still_followed(fresh("en")))

    assert (behind("fr"), behind("en")) == ([], [])


def test_it_can_only_be_said_where_the_texts_were_in_step(pair):
    rewrite("en", ONE.replace("One", "Uno"))

    assert still_followed(fresh("en")) is None
    assert still_followed(fresh("fr")) is None
    rewrite("fr", ONE.replace("Two", "Deux"), follows=still_followed(fresh("fr")))
    assert behind("fr") == ["a"]


def test_texts_of_people_were_never_compared_until_somebody_says_so(db):
    a_published_article(ONE, author=a_member(Role.REVIEWER))
    a_published_article(ONE, language="fr", author=a_member(Role.REVIEWER))

    step = step_of(fresh("fr"), fresh("en"))
    assert (step.is_said, step.is_in_step, step.behind) == (False, False, [])


def test_all_articles_cost_as_many_queries_as_one(db, django_assert_max_num_queries):
    for key in ("limits", "other", "third"):
        a_published_article(ONE, key=key, title=key)
        a_published_article(ONE, key=key, language="fr", title=key)
    rewrite("en", ONE.replace("Two", "Three"))

    articles = list(Article.objects.with_text())
    with django_assert_max_num_queries(4):
        found = steps(articles)
    assert sorted(len(step.behind) for step in found.values()) == [0, 0, 0, 0, 0, 1]


# --- shipped texts --------------------------------------------------------------------------------------------------


@pytest.fixture
def content(tmp_path, db):
    def write(language, text):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / "limits.md").write_text(a_body(text), encoding="utf-8")

    write("en", ONE)
    write("fr", ONE)
    write.path = tmp_path
    load_guide(at=NOON, content=tmp_path)
    return write


def load(content, **texts):
    for language, text in texts.items():
        content(language, text)
    load_guide(at=NOON, content=content.path)


def test_shipped_texts_are_loaded_in_step(content):
    assert fresh("fr").published.follows == fresh("en").published
    assert (behind("fr"), behind("en")) == ([], [])


@pytest.mark.parametrize("changed", [("en",), ("fr",), ("en", "fr")])
def test_a_newer_shipped_text_stays_in_step_whichever_changed(content, changed):
    load(content, **{language: ONE.replace("Two", f"Two of {language}") for language in changed})

    assert (behind("fr"), behind("en")) == ([], [])
    assert fresh(changed[-1]).published.follows is not None


def test_a_shipped_text_does_not_follow_what_a_person_wrote(content):
    rewrite("en", ONE.replace("One", "Mine"))
    load(content, en=ONE, fr=ONE.replace("Two", "Deux"))

    assert fresh("fr").published.follows is None
    assert (behind("fr"), behind("en")) == (["a"], ["b"])


# --- translate this -------------------------------------------------------------------------------------------------


def test_a_translation_begins_as_a_proposal_that_follows_its_source(pair):
    source = rewrite("en", ONE.replace("Two", "Three"))
    proposal = translate(source, "fr", by=a_member(Role.CONTRIBUTOR), at=NOON)

    assert (proposal.article, proposal.base, proposal.follows) == (fresh("fr"), fresh("fr").published, source)
    assert proposal.body == fresh("fr").published.body
    assert proposal.state == Proposal.State.DRAFT


def test_a_missing_article_is_made_without_a_published_text(db):
    source = a_published_article(ONE).published
    proposal = translate(source, "fr", by=a_member(Role.CONTRIBUTOR), at=NOON)

    assert proposal.article.published is None
    assert (proposal.base, proposal.body) == (None, source.body)
    assert not Article.objects.in_language("fr").exists()


def test_translating_again_goes_on_with_the_same_proposal_and_keeps_what_was_typed(pair):
    by = a_member(Role.CONTRIBUTOR)
    first = translate(fresh("en").published, "fr", by=by, at=NOON)
    Proposal.objects.filter(pk=first.pk).update(body="Typed.")
    newer = rewrite("en", ONE.replace("Two", "Three"))

    again = translate(newer, "fr", by=by, at=NOON)

    assert again.pk == first.pk
    assert (again.body, again.follows) == ("Typed.", newer)
    with pytest.raises(IntegrityError):
        Proposal.objects.create(article=first.article, author=by, body="", created_at=NOON, changed_at=NOON)


def test_beside_a_translation_is_marked_what_changed_since_both_were_in_step(pair):
    source = rewrite("en", ONE.replace("Two", "Three"))

    side = source_of(translate(source, "fr", by=a_member(Role.CONTRIBUTOR), at=NOON))

    assert side.since == source.article.revisions.get(number=1)
    assert [row.kind for row in side.rows if row.kind != "same"] == ["del", "add"]


def test_beside_a_translation_in_step_nothing_is_marked(pair):
    side = source_of(translate(fresh("en").published, "fr", by=a_member(Role.CONTRIBUTOR), at=NOON))

    assert side.since is None
    assert {row.kind for row in side.rows} == {"same"}


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        (ONE.replace("Two", "Three"), "b"),
        (ONE.replace("Two", "Three").replace("One", "Four"), ""),  # two are behind: the whole article
        (f"{ONE}\n## C {{#c}}\n\nNew.\n", ""),  # there is no section to open yet
        (ONE, ""),
    ],
)
def test_the_one_section_that_is_behind_is_opened(pair, text, anchor):
    source = rewrite("en", text)

    assert only_behind(translate(source, "fr", by=a_member(Role.CONTRIBUTOR), at=NOON), source) == anchor
