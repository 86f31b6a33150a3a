"""The merge page: what comes together by itself, what somebody chooses, and what moves while they do."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from knowledge import proposing
from knowledge.models import Proposal
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

BASE = "## One {#one}\n\nFirst.\n\n## Two {#two}\n\nSecond.\n"


@pytest.fixture
def proposal():
    """In review, while the article has moved on: both changed the first section, each another place too."""
    article = a_published_article(BASE)
    begun = proposing.start(article, by=a_member(Role.CONTRIBUTOR, first_name="Camille"), at=NOON)
    proposing.save(begun, body=a_body(BASE.replace("First.", "Mine."), order=7), summary="Mine", edits=0, at=NOON)
    proposing.send(begun, by=begun.author, at=NOON)
    publish_theirs(article, BASE.replace("First.", "Theirs.").replace("Second.", "Another."))
    return Proposal.objects.get()


def publish_theirs(article, text):
    author = a_member(Role.REVIEWER, first_name="Marie")
    return publish(article, body=a_body(text), author=author, summary="", base=article.published, at=NOON)


def url(proposal):
    return reverse("proposal-merge", args=[proposal.pk])


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def bring(proposal, role=Role.CONTRIBUTOR, **data):
    return signed_in(role).post(url(proposal), {"onto": 2, "edits": 1, **data})


def test_only_what_both_changed_is_asked(proposal):
    shown = page(signed_in(Role.CONTRIBUTOR).get(url(proposal)))

    assert "in one place" in shown
    assert "Camille" in shown
    assert "Marie" in shown
    assert shown.count('name="choice-1"') == 4


@pytest.mark.parametrize(
    ("choice", "first"),
    [
        ({"choice-1": "ours"}, "Mine."),
        ({"choice-1": "theirs"}, "Theirs."),
        ({"choice-1": "both"}, "Mine.\n\nTheirs."),
        ({"choice-1": "hand", "hand-1": "Ours.\r\n\r\nTogether."}, "Ours.\n\nTogether."),
    ],
)
def test_a_choice_brings_the_proposal_up_to_date_and_keeps_it_in_review(proposal, choice, first):
    bring(proposal, **choice)

    proposal.refresh_from_db()
    assert proposal.body == a_body(BASE.replace("First.", first).replace("Second.", "Another."), order=7)
    assert (proposal.base.number, proposal.state) == (2, "in_review")
    assert proposal.texts.last().body == a_body(BASE.replace("First.", "Mine."), order=7)


@pytest.mark.parametrize("choice", [{}, {"choice-1": "nonsense"}])
def test_without_a_choice_nothing_happens_and_the_page_says_so(proposal, choice):
    assert "Choose what stands" in page(bring(proposal, **choice), 422)

    proposal.refresh_from_db()
    assert proposal.base.number == 1


def test_the_preview_shows_the_merged_text_and_keeps_what_was_typed(proposal):
    shown = page(bring(proposal, act="preview", **{"choice-1": "hand", "hand-1": "By <hand>."}))

    assert "<p>By <hand>.</p>" in shown
    assert shown.count("By <hand>.") == 2
    assert 'value="hand" checked' in shown
    proposal.refresh_from_db()
    assert proposal.base.number == 1


def test_what_is_typed_is_escaped(proposal):
    answer = bring(proposal, act="preview", **{"choice-1": "hand", "hand-1": "</textarea><script>x</script>"})

    assert b"<script>x" not in answer.content


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_reviewers_may_merge(proposal, role):
    assert bring(proposal, role, **{"choice-1": "ours"}).status_code == 302

    proposal.refresh_from_db()
    assert proposal.events.last().by.role == role


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_others_may_not(proposal, role):
    assert signed_in(role).get(url(proposal)).status_code == 403
    assert bring(proposal, role, **{"choice-1": "ours"}).status_code == 403


def test_without_a_conflict_one_press_is_enough(proposal):
    article = proposal.article
    bring(proposal, **{"choice-1": "ours"})
    article.refresh_from_db()
    publish_theirs(article, BASE.replace("First.", "Theirs.").replace("Second.", "Once more."))

    assert "both come together by themselves" in page(signed_in(Role.CONTRIBUTOR).get(url(proposal)))
    bring(proposal, onto=3, edits=2)

    proposal.refresh_from_db()
    assert (proposal.base.number, "Once more." in proposal.body, "Mine." in proposal.body) == (3, True, True)


def test_a_draft_that_changed_while_somebody_merged_stays_and_what_was_written_by_hand_is_kept(proposal):
    proposing.save(proposal, body=a_body("Newer."), summary="", edits=1, at=NOON)

    response = bring(proposal, **{"choice-1": "hand", "hand-1": "By hand."})

    assert response.url == url(proposal)
    proposal.refresh_from_db()
    assert (proposal.body, proposal.base.number) == (a_body("Newer."), 1)
    assert proposal.texts.last().body == "By hand."


def test_what_is_published_while_somebody_merges_is_compared_anew(proposal):
    article = proposal.article
    article.refresh_from_db()
    publish_theirs(article, BASE.replace("First.", "Once more."))

    assert "Once more." in page(bring(proposal, **{"choice-1": "theirs"})).replace("<mark>", "").replace("</mark>", "")

    proposal.refresh_from_db()
    assert proposal.base.number == 1


def test_a_proposal_that_stands_on_what_is_published_has_nothing_to_merge(proposal):
    bring(proposal, **{"choice-1": "ours"})

    assert "Nothing was published" in page(signed_in(Role.CONTRIBUTOR).get(url(proposal)))
    assert "Nothing was published" in page(bring(proposal, **{"choice-1": "ours"}))


def test_a_proposal_that_has_ended_is_not_merged_and_what_was_typed_is_kept(proposal):
    proposing.withdraw(proposal, by=proposal.author, at=NOON)

    bring(proposal, **{"choice-1": "hand", "hand-1": "By hand."})

    proposal.refresh_from_db()
    assert (proposal.state, proposal.base.number) == ("withdrawn", 1)
    assert proposal.texts.last().body == "By hand."
