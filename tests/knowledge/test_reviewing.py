"""Deciding about a proposal: who may, what it writes, and what happens when two decide at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from knowledge import reviewing, services
from knowledge.models import Proposal, Revision
from knowledge.reviewing import AlreadyDecided, Amended, Decision, NeedsReason, Stale
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article
from tests.knowledge.at_once import at_once, on_disk  # noqa: F401 - a fixture
from tests.knowledge.proposals import HOUR, STATE, a_proposal

TEXT = "## Memory {#memory}\n\nText.\n"
LATER = NOON + HOUR


@pytest.fixture
def article(db):
    return a_published_article(TEXT)


@pytest.fixture
def proposal(article):
    return a_proposal(article, TEXT + "More.\n")


@pytest.fixture
def reviewer(db):
    return a_member(Role.REVIEWER)


def test_publishing_makes_a_revision_of_the_proposals_author(article, proposal, reviewer):
    revision = reviewing.publish(proposal, by=reviewer, at=LATER, message=" Thank you ")

    article.refresh_from_db()
    proposal.refresh_from_db()
    assert article.published == revision == proposal.published_as
    assert (revision.author, revision.summary, revision.body) == (proposal.author, "Say it better", proposal.body)
    assert (proposal.state, proposal.reviewer) == (STATE.PUBLISHED, reviewer)
    event = proposal.events.last()
    assert (event.kind, event.by, event.at, event.message) == ("published", reviewer, LATER, "Thank you")
    assert event.text == proposal.texts.get()


@pytest.mark.parametrize(
    ("act", "state"), [(reviewing.ask_for_changes, STATE.CHANGES_ASKED), (reviewing.reject, STATE.REJECTED)]
)
def test_asking_and_rejecting_write_why_and_publish_nothing(article, proposal, reviewer, act, state):
    act(proposal, by=reviewer, at=LATER, message="Say why.")

    proposal.refresh_from_db()
    assert (proposal.state, proposal.reviewer, proposal.body) == (state, reviewer, a_body(TEXT + "More.\n"))
    assert (proposal.events.last().kind, proposal.events.last().message) == (state, "Say why.")
    assert article.revisions.count() == 1


@pytest.mark.parametrize("act", [reviewing.ask_for_changes, reviewing.reject])
def test_asking_and_rejecting_need_a_reason(proposal, reviewer, act):
    with pytest.raises(NeedsReason):
        act(proposal, by=reviewer, at=LATER, message="  ")

    proposal.refresh_from_db()
    assert proposal.state == STATE.IN_REVIEW


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.OPERATOR])
def test_who_may_not_publish_decides_nothing(article, proposal, role):
    by = a_member(role)

    assert reviewing.decisions(proposal, by) == ()
    for act in (reviewing.publish, reviewing.ask_for_changes, reviewing.reject):
        with pytest.raises(PermissionDenied):
            act(proposal, by=by, at=LATER, message="x")
    assert article.revisions.count() == 1


def test_a_reviewer_may_publish_their_own_and_has_nothing_to_ask_of_themselves(article, reviewer):
    mine = a_proposal(article, TEXT + "Mine.\n", author=reviewer)

    assert reviewing.decisions(mine, reviewer) == (Decision.PUBLISH,)
    with pytest.raises(PermissionDenied):
        reviewing.reject(mine, by=reviewer, at=LATER, message="x")
    assert reviewing.publish(mine, by=reviewer, at=LATER).author == reviewer


@pytest.mark.parametrize("state", [STATE.DRAFT, STATE.CHANGES_ASKED, STATE.PUBLISHED, STATE.REJECTED, STATE.WITHDRAWN])
def test_what_is_not_in_review_is_not_decided(article, reviewer, state):
    proposal = a_proposal(article, TEXT, state=state)

    with pytest.raises(AlreadyDecided) as told:
        reviewing.publish(proposal, by=reviewer, at=LATER)

    assert told.value.proposal.state == state


def test_a_text_that_was_amended_since_it_was_read_is_not_published(article, proposal, reviewer):
    Proposal.objects.filter(pk=proposal.pk).update(edits=3, body=a_body("Other."))

    with pytest.raises(Amended):
        reviewing.publish(proposal, by=reviewer, at=LATER, seen=0)

    assert article.revisions.count() == 1
    assert reviewing.publish(proposal, by=reviewer, at=LATER, seen=3).body == a_body("Other.")


def test_a_base_that_moved_keeps_it_from_being_published(article, proposal, reviewer):
    theirs = services.publish(
        article, body=a_body("Theirs."), author=reviewer, summary="", base=article.published, at=NOON
    )

    with pytest.raises(Stale) as stale:
        reviewing.publish(proposal, by=reviewer, at=LATER)

    proposal.refresh_from_db()
    assert stale.value.published == theirs
    assert (proposal.state, proposal.reviewer, proposal.events.count()) == (STATE.IN_REVIEW, None, 1)


def test_a_text_with_problems_stays_in_review(article, reviewer):
    proposal = a_proposal(article, "## A {#a}\n\n::: check nobody-knows\n")

    with pytest.raises(services.Invalid):
        reviewing.publish(proposal, by=reviewer, at=LATER)

    proposal.refresh_from_db()
    assert proposal.state == STATE.IN_REVIEW


# --- at once --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_disk")
@pytest.mark.parametrize("second", [reviewing.publish, reviewing.reject, reviewing.ask_for_changes])
def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told(second):
    article = a_published_article(TEXT)
    proposal = a_proposal(article, TEXT + "More.\n")
    one, other = a_member(Role.REVIEWER), a_member(Role.ADMINISTRATOR)

    outcomes = at_once(
        lambda: reviewing.publish(proposal, by=one, at=LATER, message="yes"),
        lambda: second(proposal, by=other, at=LATER, message="well"),
    )

    told = [outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided)]
    assert len(told) == 1, outcomes
    proposal.refresh_from_db()
    assert told[0].proposal.state == proposal.state
    assert proposal.events.exclude(kind="sent").count() == 1
    assert article.revisions.count() == (2 if proposal.published_as else 1)


@pytest.mark.usefixtures("on_disk")
def test_publishing_while_somebody_else_publishes_never_loses_a_text():
    article = a_published_article(TEXT)
    proposal = a_proposal(article, TEXT + "More.\n")
    reviewer, other = a_member(Role.REVIEWER), a_member(Role.ADMINISTRATOR)
    base = article.published

    outcomes = at_once(
        lambda: reviewing.publish(proposal, by=reviewer, at=LATER),
        lambda: services.publish(article, body=a_body("Theirs."), author=other, summary="", base=base, at=LATER),
    )

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) in (
        [Stale],
        [services.Conflict],
    )
    proposal.refresh_from_db()
    assert Revision.objects.filter(article=article).count() == 2
    assert (proposal.state == STATE.PUBLISHED) == isinstance(outcomes[0], Revision)
