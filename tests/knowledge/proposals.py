"""Proposals as the writing side leaves them, for the tests of reviewing."""

from __future__ import annotations

from datetime import timedelta

from knowledge.models import Article, Proposal, ProposalEvent, ProposalText
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body

HOUR = timedelta(hours=1)
STATE = Proposal.State


def a_proposal(
    article: Article, text: str = "", *, author: User | None = None, state=STATE.IN_REVIEW, at=NOON, **fields
) -> Proposal:
    """Sent for review unless `state` says draft; `text` is the article's whole text below its metadata."""
    title = fields.pop("title", "Limits")
    author = author or a_member(Role.CONTRIBUTOR)
    sent = state != STATE.DRAFT
    proposal = Proposal.objects.create(
        article=article,
        base=fields.pop("base", article.published),
        body=a_body(text, title=title),
        summary=fields.pop("summary", "Say it better"),
        author=author,
        state=state,
        created_at=at,
        changed_at=at,
        submitted_at=at if sent else None,
        **fields,
    )
    if sent:
        kept = ProposalText.objects.create(proposal=proposal, number=1, body=proposal.body, at=at)
        ProposalEvent.objects.create(proposal=proposal, kind="sent", by=author, at=at, text=kept, message="Please look")
    return proposal
