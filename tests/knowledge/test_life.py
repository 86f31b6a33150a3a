"""Articles put back, removed and brought back: what is done, what is refused, and who is told."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from knowledge import life
from knowledge.models import Article, ArticleEvent, Explains, Frozen, Proposal, Section
from knowledge.services import Conflict, Invalid, Removed, publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

MEMORY = "## Memory {#memory}\n\n::: check no-memory-limit\n\nText.\n"
CPU = "## Processor {#cpu}\n\n::: check no-cpu-limit\n"
NOT_PUBLISHERS = [Role.VIEWER, Role.CONTRIBUTOR, Role.OPERATOR]


@pytest.fixture
def article():
    return a_published_article(MEMORY)


@pytest.fixture
def reviewer():
    return a_member(Role.REVIEWER)


def rewrite(article, text, *, by=None, summary="Better"):
    author = by or a_member(Role.CONTRIBUTOR)
    return publish(article, body=a_body(text), author=author, summary=summary, base=article.published, at=NOON)


def a_proposal(article, *, state=Proposal.State.IN_REVIEW, role=Role.CONTRIBUTOR):
    return Proposal.objects.create(
        article=article,
        base=article.published,
        body="x",
        summary="Swap",
        author=a_member(role),
        state=state,
        created_at=NOON,
        changed_at=NOON,
    )


def url(name, *more, key="limits", language="en"):
    return reverse(name, args=[language, key, *more])


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def remove(article, by, why="Out of date"):
    life.remove(article, why=why, by=by, at=NOON)


# --- an older text put back -----------------------------------------------------------------------------------------


def revert(article, to, by, base=None):
    return life.revert(article, to=to, base=base or article.published, by=by, at=NOON, summary="Back")


def test_reverting_writes_a_new_revision_with_the_old_text(article, reviewer):
    first = article.published
    second = rewrite(article, CPU)

    third = revert(article, first, reviewer)

    assert (third.number, third.body, third.base, third.author) == (3, first.body, second, reviewer)
    assert [claim.check_name for claim in Explains.objects.all()] == ["no-memory-limit"]


def test_reverting_while_somebody_publishes_is_a_conflict(article, reviewer):
    first = article.published
    seen = rewrite(article, CPU)
    theirs = rewrite(article, "## Other {#other}\n")

    with pytest.raises(Conflict) as conflict:
        revert(article, first, reviewer, base=seen)

    assert conflict.value.published == theirs
    assert article.revisions.count() == 3


def test_an_old_text_that_claims_what_another_article_explains_now_is_refused(article, reviewer):
    first = article.published
    rewrite(article, CPU)
    a_published_article(MEMORY, key="other", title="Other")

    with pytest.raises(Invalid, match="already explained in “Other”"):
        revert(article, first, reviewer)

    assert article.revisions.count() == 2


def test_reverting_to_what_is_published_does_nothing(article, reviewer):
    with pytest.raises(life.NotDone):
        revert(article, article.published, reviewer)
    assert article.revisions.count() == 1
    assert "nothing to undo" in page(signed_in(Role.REVIEWER).get(url("article-revert", 1)))


def test_the_page_names_what_reverting_undoes(article):
    rewrite(article, CPU, summary="Said better")

    shown = page(signed_in(Role.REVIEWER).get(url("article-revert", 1)))

    assert "2 go, 4 return" in shown
    assert "Said better" in shown
    assert shown.index("lose their section") < shown.index("no-cpu-limit")
    assert shown.index("gain one") < shown.index("no-memory-limit")


def test_a_reviewer_reverts_from_the_page(article):
    rewrite(article, CPU)

    answer = signed_in(Role.REVIEWER).post(url("article-revert", 1), {"summary": "Back", "base": 2})

    assert answer.url == url("article")
    assert article.revisions.get(number=3).summary == "Back"


def test_the_page_tells_of_a_conflict_and_then_counts_it_in(article):
    rewrite(article, CPU)
    rewrite(article, "## Other {#other}\n")

    shown = page(signed_in(Role.REVIEWER).post(url("article-revert", 1), {"summary": "Mine", "base": 2}), 409)

    assert "Somebody published version 3" in shown
    assert 'name="base" value="3"' in shown
    assert 'value="Mine"' in shown


def test_an_old_text_with_problems_can_only_be_opened_in_the_editor(article, reviewer):
    rewrite(article, CPU)
    a_published_article(MEMORY, key="other", title="Other")
    client = signed_in(Role.REVIEWER)

    shown = page(client.get(url("article-revert", 1)))
    refused = page(client.post(url("article-revert", 1), {"summary": "Back", "base": 2}), 422)
    opened = client.post(url("article-revert", 1), {"summary": "Back", "base": 2, "do": "edit"})

    assert "already explained in “Other”" in shown
    assert "already explained in “Other”" in refused
    assert 'class="btn main"' not in shown
    draft = Proposal.objects.get()
    assert opened.url == f"/guide/proposals/{draft.pk}/edit/"
    assert (draft.author, draft.base.number, draft.body) == (reviewer, 2, article.revisions.get(number=1).body)


def test_who_writes_already_is_led_to_that_draft(article):
    rewrite(article, CPU)
    draft = a_proposal(article, state=Proposal.State.DRAFT, role=Role.REVIEWER)

    shown = page(
        signed_in(Role.REVIEWER).post(url("article-revert", 1), {"summary": "B", "base": 2, "do": "edit"}), 409
    )

    assert f"/guide/proposals/{draft.pk}/edit/" in shown
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("role", NOT_PUBLISHERS)
@pytest.mark.parametrize("name", ["article-revert", "article-rename", "article-remove"])
def test_only_who_may_publish_acts_on_whole_articles(article, role, name):
    more = [1] if name == "article-revert" else []

    assert signed_in(role).post(url(name, *more), {"summary": "x", "why": "x", "base": 1}).status_code == 403
    assert url(name, *more) not in page(signed_in(role).get(url("article")))


# --- removed --------------------------------------------------------------------------------------------------------


def test_removing_frees_the_checks_and_is_on_record(article, reviewer):
    remove(article, reviewer)

    assert not Article.objects.standing().exists()
    assert not Explains.objects.exists()
    event = ArticleEvent.objects.get()
    assert (event.kind, event.by, event.at, event.why) == ("removed", reviewer, NOON, "Out of date")
    a_published_article(MEMORY, key="other")


def test_nothing_on_record_changes(article, reviewer):
    remove(article, reviewer)
    event = ArticleEvent.objects.get()

    for act in (event.save, event.delete, ArticleEvent.objects.all().delete):
        with pytest.raises(Frozen):
            act()
    with pytest.raises(Frozen):
        ArticleEvent.objects.update(why="other")


def test_the_second_of_two_who_remove_is_told(article, reviewer):
    remove(article, reviewer)

    with pytest.raises(life.NotDone, match="already"):
        remove(article, a_member(Role.ADMINISTRATOR))
    assert ArticleEvent.objects.count() == 1


def test_an_article_is_not_removed_while_somebody_waits_for_a_review(article, reviewer):
    a_proposal(article)

    with pytest.raises(life.NotDone, match="waits for review"):
        remove(article, reviewer)
    shown = page(signed_in(Role.REVIEWER).get(url("article-remove")))
    assert "Swap" in shown
    assert 'name="why"' not in shown
    assert Article.objects.standing().exists()


def test_a_draft_stays_with_its_author(article, reviewer):
    draft = a_proposal(article, state=Proposal.State.DRAFT)
    assert "Kept with their authors" in page(signed_in(Role.REVIEWER).get(url("article-remove")))

    remove(article, reviewer)

    assert Proposal.objects.get() == draft


def test_nobody_publishes_into_a_removed_article(article, reviewer):
    remove(article, reviewer)

    with pytest.raises(Removed):
        rewrite(article, CPU)
    assert article.revisions.count() == 1


def test_the_page_names_what_hangs_on_the_article(article):
    a_published_article("## Other {#other}\n\nSee [limits](limits.md#memory).\n", key="other", title="The other")

    shown = page(signed_in(Role.REVIEWER).get(url("article-remove")))

    assert "Remove “Limits”" in shown
    assert "no-memory-limit" in shown
    assert 'href="/guide/en/other/#other"' in shown


def test_a_reviewer_removes_with_a_reason(article):
    client = signed_in(Role.REVIEWER)

    assert "required" in page(client.post(url("article-remove"), {"why": ""}), 422)
    client.post(url("article-remove"), {"why": "Doubled"})

    listed = page(client.get(reverse("articles-removed")))
    assert "Doubled" in listed
    assert f'value="{article.pk}"' in listed


@pytest.mark.parametrize("name", ["article", "article-history", "article-blame", "article-edit"])
def test_the_address_of_a_removed_article_says_so(article, reviewer, name):
    remove(article, reviewer)

    shown = page(signed_in(Role.CONTRIBUTOR).get(url(name)), 410)

    assert "“Limits” was removed" in shown
    assert "Out of date" in shown
    assert reverse("articles-removed") not in shown
    assert "Bring it back" in page(signed_in(Role.REVIEWER).get(url("article")), 410)


def test_who_wrote_while_the_article_was_removed_gets_the_text_back(article, reviewer):
    remove(article, reviewer)
    data = {"body": "Mine <b>whole</b>.", "base": 1, "summary": "x"}

    shown = page(signed_in(Role.CONTRIBUTOR).post(url("article-edit"), data), 410)

    assert "Mine <b>whole</b>." in shown
    assert "while you wrote" in shown


def test_the_text_of_a_removed_article_is_read_by_those_who_may_bring_it_back(article, reviewer):
    remove(article, reviewer)

    assert signed_in(Role.REVIEWER).get(url("article-raw", 1)).status_code == 200
    assert signed_in(Role.CONTRIBUTOR).get(url("article-raw", 1)).status_code == 410


# --- brought back ---------------------------------------------------------------------------------------------------


def test_an_article_comes_back_with_its_sections_and_claims(article, reviewer):
    changed_in = set(Section.objects.of(article).values_list("anchor", "changed_in"))
    remove(article, reviewer)

    assert life.restore(article, by=reviewer, at=NOON) == []

    assert Article.objects.standing().get() == article
    assert [claim.check_name for claim in Explains.objects.all()] == ["no-memory-limit"]
    assert set(Section.objects.of(article).values_list("anchor", "changed_in")) == changed_in
    assert [event.kind for event in article.events.all()] == ["removed", "restored"]


def test_what_another_article_explains_by_now_stays_there_and_is_told(article, reviewer):
    remove(article, reviewer)
    other = a_published_article(MEMORY, key="other", title="Other")

    answer = signed_in(Role.REVIEWER).post(reverse("articles-removed"), {"article": article.pk}, follow=True)

    assert "already explained in “Other”" in page(answer)
    assert Section.objects.explaining("no-memory-limit", "en").get().article == other


def test_the_second_of_two_who_bring_back_is_told(article, reviewer):
    remove(article, reviewer)
    life.restore(article, by=reviewer, at=NOON)

    answer = signed_in(Role.REVIEWER).post(reverse("articles-removed"), {"article": article.pk}, follow=True)

    assert "already" in page(answer)
    assert article.events.count() == 2


@pytest.mark.parametrize("number", ["", "x", "999", "9" * 40, "-1"])
def test_what_was_never_there_cannot_be_brought_back(article, number):
    assert signed_in(Role.REVIEWER).post(reverse("articles-removed"), {"article": number}).status_code == 404


@pytest.mark.parametrize("role", NOT_PUBLISHERS)
def test_only_who_may_publish_brings_back(article, reviewer, role):
    remove(article, reviewer)

    assert signed_in(role).post(reverse("articles-removed"), {"article": article.pk}).status_code == 403
    assert not Article.objects.standing().exists()
