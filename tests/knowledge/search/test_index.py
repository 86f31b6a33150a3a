"""The index follows what is published, in the same transaction, on both databases; and no query troubles either."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.models import Article, IndexedSection
from knowledge.search.finding import find
from knowledge.services import load_guide, publish
from tests.knowledge.articles import NOON, a_body, a_published_article
from tests.knowledge.search.test_shared_set import place, places

pytestmark = pytest.mark.xdist_group("search")  # two databases with the whole guide, made once

WORD = "zanzibar"
INTEGRITY = """INSERT INTO knowledge_indexedsection_fts(knowledge_indexedsection_fts, rank)
    VALUES ('integrity-check', 1)"""
TYPED = st.text(max_size=60) | st.text(alphabet="\"'()*:&|!<->^{}~\\%_;-.,=/ aàANDORNEARlimit«»", max_size=60)


@contextmanager
def undone():
    """What happens inside leaves the shared guide as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rewrite(article, text):
    publish(article, body=a_body(text), author=None, summary="", base=article.published, at=NOON)


def test_a_published_section_is_found_and_its_former_words_are_not(guide):
    with undone():
        article = a_published_article(f"## A {WORD} {{#z}}\n\nText.\n")
        assert places(WORD, "en") == [("en", "limits#z")]

        rewrite(article, "## Something else {#y}\n\nQuokka.\n")

        assert places(WORD, "en") == []
        assert places("quokka", "en") == [("en", "limits#y")]


def test_a_rollback_leaves_the_index_as_it_was(guide):
    with undone():
        article = a_published_article(f"{WORD}\n")
        with transaction.atomic():
            rewrite(article, "Quokka.\n")
            assert places("quokka", "en") == [("en", "limits")]
            transaction.set_rollback(True)

        assert places("quokka", "en") == []
        assert places(WORD, "en") == [("en", "limits")]


def test_what_was_taken_away_is_not_found_until_it_is_brought_back(guide):
    with undone():
        article = a_published_article(f"{WORD}\n")
        Article.objects.filter(pk=article.pk).update(deleted_at=NOON)
        assert places(WORD, "en") == []

        Article.objects.filter(pk=article.pk).update(deleted_at=None)
        assert places(WORD, "en") == [("en", "limits")]


def test_the_index_is_made_anew_when_it_is_out_of_date(guide):
    with undone():
        IndexedSection.objects.all().delete()
        load_guide()
        assert places("memory limit", "en") == []  # nothing said that it was out of date

        Article.objects.update(rendered_with="another version")
        load_guide()

        assert places("memory limit", "en")[0] == ("en", "cgroups#memory")


def test_a_change_of_a_row_is_followed(guide):
    with undone():
        row = IndexedSection.objects.filter(language="en").first()
        row.body = f" {WORD}~{WORD} "
        row.save()

        assert [hit.anchor for group in find(WORD, "en").groups for hit in group.hits] == [row.section.anchor]


def test_the_index_of_the_database_agrees_with_its_table(guide):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(INTEGRITY)  # raises where they differ
    assert IndexedSection.objects.count() > 1000


def test_the_other_language_follows_where_the_first_has_few(guide):
    assert {language for language, _place in places("memory limit", "en")} == {"en"}
    assert [language for language, _place in places("/etc/subuid", "fr")][:3] == ["fr", "fr", "en"]
    assert places("limiter la mémoire", "en")[0] == ("fr", "cgroups#memory")


def test_where_no_section_holds_all_words_some_do(guide):
    found = find("memory zebra", "en")

    assert found.lacking
    assert place(found.groups[0].hits[0]) == "cgroups#memory"
    assert not find("memory", "en").lacking
    assert find("zebra", "en").groups == ()


def test_a_hit_tells_where_it_stands_and_shows_the_words(guide):
    hit = find("limiting memory", "en").groups[0].hits[0]

    assert (hit.url, hit.above) == ("/guide/en/cgroups/#memory", ("Control groups",))
    assert [run.text for run in hit.heading if run.marked] == ["Memory limit"]
    assert any(run.marked for run in hit.excerpt)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TYPED)
def test_whatever_is_typed_is_answered(guide, text):
    for language in ("en", "fr"):
        found = find(text, language, most=3)
        assert all(group.total >= len(group.hits) > 0 for group in found.groups)


@pytest.mark.parametrize(
    "text", ['"', "a" * 5000, "-- '; drop table x", "NEAR(a b)", "heading:memory", "{above}:x", "\0"]
)
def test_the_syntax_of_the_databases_means_nothing(guide, text):
    assert find(text, "en").total >= 0
