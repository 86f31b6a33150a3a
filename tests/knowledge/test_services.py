"""Publishing, loading the shipped guide, and what is derived from both."""

from __future__ import annotations

import pytest

from knowledge import reading
from knowledge.models import Article, Explains, Frozen, Revision, Section
from knowledge.services import Conflict, Invalid, load_guide, publish
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

MEMORY = "## Memory {#memory}\n\n::: check no-memory-limit\n\n### Why it matters {#memory-why}\n\nBecause.\n"
CPU = "## Processor {#cpu}\n\n::: check no-cpu-limit\n"


def rewrite(article, text, *, base=None, author=None, **meta):
    return publish(
        article,
        body=a_body(text, **meta),
        author=author or a_member(Role.CONTRIBUTOR),
        summary="Better",
        base=base or article.published,
        at=NOON,
    )


def test_publishing_numbers_the_revision_and_moves_the_pointer():
    article = a_published_article(MEMORY)
    first = article.published

    second = rewrite(article, CPU, title="New title", order=7, part="II")

    article.refresh_from_db()
    assert (first.number, second.number, article.published) == (1, 2, second)
    assert (article.title, article.order, article.part) == ("New title", 7, "II")
    assert second.base == first


def test_publishing_makes_sections_and_claims_anew():
    article = a_published_article(MEMORY)

    rewrite(article, CPU)

    assert [one.anchor for one in Section.objects.of(article)] == ["", "cpu"]
    assert [claim.check_name for claim in Explains.objects.all()] == ["no-cpu-limit"]
    assert Section.objects.explaining("no-cpu-limit", "en").get().anchor == "cpu"


def test_a_text_begun_from_an_older_revision_is_a_conflict_and_changes_nothing():
    article = a_published_article(MEMORY)
    begun_from = article.published
    theirs = rewrite(article, CPU)

    with pytest.raises(Conflict) as conflict:
        rewrite(article, MEMORY, base=begun_from)

    assert conflict.value.published == theirs
    assert article.revisions.count() == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## A {#a}\n\n::: check nobody-knows\n", "no check named"),
        ("## A {#a}\n\n## B {#a}\n", "already used"),
        ("## A {#a}\n\n::: check no-cpu-limit\n", "already explained in “Processor”"),
    ],
)
def test_a_text_with_problems_is_not_published(text, words):
    a_published_article(CPU, key="cpu", title="Processor")
    article = a_published_article(MEMORY)

    with pytest.raises(Invalid) as invalid:
        rewrite(article, text)

    assert words in str(invalid.value.problems[0].message)
    assert article.revisions.count() == 1


def test_each_language_claims_for_itself():
    a_published_article(CPU, language="en")
    a_published_article(CPU, language="fr")

    assert Explains.objects.filter(check_name="no-cpu-limit").count() == 2


def test_a_revision_never_changes_and_never_goes():
    revision = a_published_article().published

    revision.body = "other"
    for act in (revision.save, revision.delete, Revision.objects.all().delete):
        with pytest.raises(Frozen):
            act()
    with pytest.raises(Frozen):
        Revision.objects.update(body="other")


# --- the guide that comes with secdash ------------------------------------------------------------------------------


@pytest.fixture
def content(tmp_path):
    for language in ("en", "fr"):
        (tmp_path / language).mkdir()

    def write(key, text, language="en", **meta):
        (tmp_path / language / f"{key}.md").write_text(a_body(text, **meta), encoding="utf-8")

    write("limits", MEMORY)
    write("limits", MEMORY, "fr")
    write.path = tmp_path
    return write


def load(content):
    return load_guide(at=NOON, content=content.path)


def test_loading_twice_changes_nothing(content):
    first, second = load(content), load(content)

    assert (first.created, first.problems) == (["en/limits", "fr/limits"], [])
    assert (second.created, second.updated, second.unchanged) == ([], [], ["en/limits", "fr/limits"])
    assert Revision.objects.count() == 2
    assert Section.objects.count() == 6


def test_a_newer_shipped_text_becomes_a_revision(content):
    load(content)
    content("limits", CPU)

    assert load(content).updated == ["en/limits"]
    article = Article.objects.get(language="en")
    assert article.published.number == 2
    assert [one.anchor for one in Section.objects.of(article)] == ["", "cpu"]


def test_what_a_person_edited_is_left_alone_and_reported(content):
    load(content)
    article = Article.objects.with_text().get(language="en")
    mine = rewrite(article, CPU)
    content("limits", MEMORY + "\nMore.\n")

    assert load(content).edited == ["en/limits"]
    article.refresh_from_db()
    assert article.published == mine


def test_a_check_may_move_between_articles_whatever_their_order(content):
    content("after", "## B {#b}\n")
    load(content)
    content("limits", "## A {#a}\n")
    content("after", MEMORY)

    report = load(content)

    assert report.problems == []
    assert Section.objects.explaining("no-memory-limit", "en").get().article.key == "after"
    content("limits", MEMORY)
    content("after", "## B {#b}\n")
    load(content)
    assert Section.objects.explaining("no-memory-limit", "en").get().article.key == "limits"


def test_a_claim_that_a_person_wrote_wins_over_a_shipped_one(content):
    content("zebra", "## Z {#z}\n")
    load(content)
    rewrite(Article.objects.with_text().get(key="zebra"), CPU)
    content("limits", CPU)

    report = load(content)

    assert "already explained in en/zebra" in report.problems[0]
    assert Section.objects.explaining("no-cpu-limit", "en").get().article.key == "zebra"


def test_a_shipped_text_with_problems_is_loaded_and_they_are_reported(content):
    content("limits", "## A {#a}\n\n::: check nobody-knows\n")

    assert load(content).problems == ["en/limits:12: There is no check named “nobody-knows”."]
    assert Article.objects.get(language="en").title == "Limits"


def test_sections_are_made_again_when_the_catalogue_changed(content, monkeypatch):
    load(content)
    Section.objects.all().delete()
    load(content)
    assert Section.objects.count() == 0

    monkeypatch.setattr("knowledge.deriving.VERSION", 999)
    load(content)
    assert Section.objects.count() == 6
    assert Explains.objects.count() == 2


# --- what other rooms read ------------------------------------------------------------------------------------------

WHOLE = """## Memory {#memory}

What it is, see [the processor](#cpu) and [namespaces](namespaces.md#pid).

::: check no-memory-limit

### Why it matters {#memory-why}

Because[^1].

### See it yourself {#memory-see}

Look.

### Fix it {#memory-fix}

Set it.

#### What may break {#memory-break}

Things.

#### How to undo it {#memory-undo}

Unset it.

## Processor {#cpu}

[^1]: A note.
"""


def test_the_parts_of_an_explanation_read_alone(django_assert_num_queries):
    a_published_article(WHOLE)

    with django_assert_num_queries(2):
        found = reading.explanation("no-memory-limit", "en")

    assert (found.article, found.section, found.url) == ("Limits", "Memory", "/guide/en/limits/#memory")
    assert (found.see, found.fix) == ("<p>Look.</p>", "<p>Set it.</p>")
    assert (found.break_, found.undo) == ("<p>Things.</p>", "<p>Unset it.</p>")
    assert 'href="/guide/en/limits/#cpu"' in found.intro
    assert 'href="/guide/en/namespaces/#pid"' in found.intro
    assert "data-check" not in found.intro
    assert 'href="/guide/en/limits/#a-fn-1"' in found.why
    assert " id=" not in found.why


def test_english_stands_in_where_french_is_missing():
    a_published_article(WHOLE)

    assert reading.explanation("no-memory-limit", "fr").language == "en"
    assert reading.guide_url("no-memory-limit", "fr") == "/guide/en/limits/#memory"
    a_published_article(WHOLE, language="fr")
    assert reading.explanation("no-memory-limit", "fr").language == "fr"
    assert reading.guide_url("no-memory-limit", "fr") == "/guide/fr/limits/#memory"


def test_nothing_is_said_of_a_check_that_no_article_explains(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert reading.guide_urls("en") == {}
    assert reading.explanation("no-memory-limit", "en") is None
    assert reading.guide_url("no-memory-limit", "en") is None


def test_a_section_knows_which_revision_last_changed_it():
    article = a_published_article("## One {#one}\n\nText.\n\n## Two {#two}\n\nText.\n")
    first = article.published
    changed = first.body.replace("## Two {#two}\n\nText.", "## Two {#two}\n\nBetter.")

    second = publish(article, body=changed, author=None, summary="", base=first, at=NOON)

    assert dict(Section.objects.of(article).values_list("anchor", "changed_in__number")) == {"": 1, "one": 1, "two": 2}
    assert second.number == 2
