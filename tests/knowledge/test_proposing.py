"""A proposal's life: begun, saved, sent, published, withdrawn, brought up to date; no text is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge import proposing
from knowledge.models import Proposal, ProposalText
from knowledge.proposing import Closed, Conflict, Invalid
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=5)
TEXT = "## Memory {#memory}\n\nText.\n"
State = Proposal.State


@pytest.fixture
def article():
    return a_published_article(TEXT)


@pytest.fixture
def author():
    return a_member(Role.CONTRIBUTOR)


def begun(article, author, text="Mine.\n", *, summary="Said better"):
    proposal = proposing.start(article, by=author, at=NOON)
    return proposing.save(proposal, body=a_body(text), summary=summary, edits=proposal.edits, at=NOON).proposal


def somebody_publishes(article, text="Theirs.\n"):
    return publish(
        article, body=a_body(text), author=a_member(Role.REVIEWER), summary="", base=article.published, at=NOON
    )


def kept(proposal):
    return list(proposal.texts.values_list("number", "why", "body"))


def kinds(proposal):
    return list(proposal.events.values_list("kind", flat=True))


def test_a_draft_begins_with_what_is_published_and_is_found_again(article, author):
    first = proposing.start(article, by=author, at=NOON, anchor="memory")

    assert (first.base, first.body, first.anchor, first.state) == (
        article.published,
        article.published.body,
        "memory",
        State.DRAFT,
    )
    assert proposing.start(article, by=author, at=LATER) == first
    assert proposing.start(article, by=a_member(Role.REVIEWER), at=LATER) != first


def test_a_draft_that_nobody_wrote_in_follows_what_is_published(article, author):
    proposing.start(article, by=author, at=NOON)
    theirs = somebody_publishes(article)

    again = proposing.start(article, by=author, at=LATER)

    assert (again.base, again.body) == (theirs, theirs.body)


def test_a_draft_that_was_written_in_stays(article, author):
    mine = begun(article, author)
    somebody_publishes(article)

    again = proposing.start(article, by=author, at=LATER)

    assert (again, again.body, again.base) == (mine, a_body("Mine.\n"), mine.base)


def test_a_draft_in_which_a_second_section_is_edited_is_one_of_the_whole_article(article, author):
    proposal = proposing.start(article, by=author, at=NOON, anchor="memory")
    proposing.save(proposal, body=a_body("Mine."), summary="", edits=0, at=NOON)

    assert proposing.start(article, by=author, at=NOON, anchor="memory").anchor == "memory"
    assert proposing.start(article, by=author, at=NOON, anchor="cpu").anchor == ""


def test_translating_goes_on_in_the_draft_that_stands(article, author):
    source = a_published_article(language="fr").published
    proposal = begun(article, author)

    assert proposing.start(article, by=author, at=LATER, follows=source).follows == source
    assert proposing.start(article, by=author, at=LATER) == proposal
    proposal.refresh_from_db()
    assert (proposal.follows, proposal.body) == (source, a_body("Mine.\n"))


def test_saving_counts_and_saving_the_same_again_does_not(article, author):
    proposal = begun(article, author)

    again = proposing.save(proposal, body=proposal.body, summary=proposal.summary, edits=0, at=LATER)

    assert (again.proposal.edits, again.kept, again.proposal.changed_at) == (1, None, NOON)


def test_a_tab_that_is_behind_overwrites_nothing_and_its_text_is_kept(article, author):
    proposal = begun(article, author, "First tab.")

    answer = proposing.save(proposal, body=a_body("Second tab."), summary="x", edits=0, at=LATER)

    assert answer.proposal.body == a_body("First tab.")
    assert answer.kept.body == a_body("Second tab.")
    assert kept(proposal) == [(1, "overtaken", a_body("Second tab."))]
    proposing.save(proposal, body=a_body("Second tab."), summary="x", edits=0, at=LATER)
    assert proposal.texts.count() == 1


def test_a_kept_text_may_take_the_place_of_the_one_that_stands_which_is_kept(article, author):
    proposal = begun(article, author, "First tab.")
    proposing.save(proposal, body=a_body("Second tab."), summary="x", edits=0, at=LATER)

    taken = proposing.take(proposal, number=1, at=LATER)

    assert (taken.body, taken.edits) == (a_body("Second tab."), 2)
    assert kept(proposal)[1] == (2, "overtaken", a_body("First tab."))


def test_a_proposal_that_was_sent_waits_with_its_text_kept(article, author):
    proposal = proposing.send(begun(article, author), by=author, at=LATER)

    assert (proposal.state, proposal.submitted_at) == (State.IN_REVIEW, LATER)
    assert list(Proposal.objects.in_review()) == [proposal]
    assert kept(proposal) == [(1, "sent", a_body("Mine.\n"))]
    assert proposal.events.get().text.number == 1


def test_changing_what_was_sent_takes_it_from_the_queue_until_it_is_sent_again(article, author):
    proposal = proposing.send(begun(article, author), by=author, at=NOON)

    changed = proposing.save(proposal, body=a_body("Better."), summary="x", edits=1, at=LATER).proposal

    assert changed.state == State.DRAFT
    assert proposing.send(changed, by=author, at=LATER).state == State.IN_REVIEW
    assert kinds(proposal) == ["sent", "amended"]
    assert [text for _, why, text in kept(proposal) if why == "sent"] == [a_body("Mine.\n"), a_body("Better.")]


@pytest.mark.parametrize(
    ("text", "words"),
    [("## A {#a}\n\n::: check nobody-knows\n", "no check named"), (TEXT, "Nothing is changed yet")],
)
def test_a_text_with_problems_is_saved_and_not_sent(article, author, text, words):
    proposal = begun(article, author, text)

    with pytest.raises(Invalid) as invalid:
        proposing.send(proposal, by=author, at=NOON)

    assert words in str(invalid.value.problems[-1].message)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.body) == (State.DRAFT, a_body(text))


def test_publishing_directly_ends_the_proposal_as_its_revision(article, author):
    proposal = begun(article, author)
    proposal.follows = a_published_article(language="fr").published
    proposal.save()

    revision = proposing.publish_directly(proposal, by=author, at=LATER)

    article.refresh_from_db()
    proposal.refresh_from_db()
    assert article.published == revision == proposal.published_as
    assert (revision.body, revision.author, revision.summary) == (a_body("Mine.\n"), author, "Said better")
    assert revision.follows == proposal.follows
    assert (proposal.state, kinds(proposal)) == (State.PUBLISHED, ["published"])


def test_who_publishes_second_keeps_the_text_as_a_draft(article, author):
    proposal = begun(article, author)
    theirs = somebody_publishes(article)

    with pytest.raises(Conflict) as conflict:
        proposing.publish_directly(proposal, by=author, at=LATER)

    proposal.refresh_from_db()
    assert conflict.value.published == theirs
    assert (proposal.state, proposal.body, kinds(proposal)) == (State.DRAFT, a_body("Mine.\n"), [])


def test_bringing_up_to_date_changes_the_base_and_keeps_the_text_before(article, author):
    proposal = proposing.send(begun(article, author), by=author, at=NOON)
    theirs = somebody_publishes(article)
    reviewer = a_member(Role.REVIEWER)

    merged = proposing.bring_up_to_date(
        proposal, body=a_body("Both."), onto=theirs, edits=proposal.edits, by=reviewer, at=LATER
    ).proposal

    assert (merged.base, merged.body, merged.state) == (theirs, a_body("Both."), State.IN_REVIEW)
    assert kept(proposal)[-1] == (2, "merged", a_body("Mine.\n"))
    assert (kinds(proposal)[-1], proposal.events.last().by) == ("merged", reviewer)
    proposing.publish_directly(merged, by=reviewer, at=LATER)
    article.refresh_from_db()
    assert (article.published.body, article.published.author) == (a_body("Both."), author)


def test_a_merge_of_a_text_that_changed_meanwhile_is_put_aside(article, author):
    proposal = begun(article, author)
    theirs = somebody_publishes(article)
    proposing.save(proposal, body=a_body("Newer."), summary="", edits=1, at=NOON)

    answer = proposing.bring_up_to_date(proposal, body=a_body("Both."), onto=theirs, edits=1, by=author, at=LATER)

    assert (answer.proposal.body, answer.kept.body) == (a_body("Newer."), a_body("Both."))
    assert answer.proposal.base != theirs


def test_after_the_end_nothing_changes_and_what_is_typed_is_kept(article, author):
    proposal = proposing.withdraw(begun(article, author), by=author, at=NOON)

    answer = proposing.save(proposal, body=a_body("Late."), summary="", edits=1, at=LATER)

    assert (answer.proposal.state, answer.proposal.body) == (State.WITHDRAWN, a_body("Mine.\n"))
    assert answer.kept.body == a_body("Late.")
    for act in (proposing.send, proposing.withdraw, proposing.publish_directly):
        with pytest.raises(Closed):
            act(proposal, by=author, at=LATER)
    assert proposing.start(article, by=author, at=LATER) != proposal
    assert ProposalText.objects.count() == 1


def test_an_article_that_was_taken_away_takes_nothing(article, author):
    proposal = begun(article, author)
    article.deleted_at = NOON
    article.save()

    with pytest.raises(Invalid, match="taken away"):
        proposing.publish_directly(proposal, by=author, at=NOON)
