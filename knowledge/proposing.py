"""Proposing a change: begin a draft, save it, send it, withdraw it, publish it, bring it up to date.

Nothing that was typed is overwritten by anything but the same tab's next save: whatever else comes second is kept as
a ProposalText. Lock order: the proposal, then its article.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from knowledge import services, steps
from knowledge.models import Article, Proposal, ProposalEvent, ProposalText, Revision
from knowledge.rendering import Problem, render
from knowledge.services import Conflict, Invalid
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.checks import CATALOGUE
from secdash.facts.message import say

__all__ = [
    "Closed",
    "Conflict",
    "Invalid",
    "Saved",
    "bring_up_to_date",
    "keep_in_step",
    "problems_of",
    "publish_directly",
    "put_aside",
    "save",
    "send",
    "standing_of",
    "start",
    "take",
    "withdraw",
]

Kind = ProposalEvent.Kind
State = Proposal.State
Why = ProposalText.Why


class Closed(Exception):
    """The proposal has come to its end meanwhile: published, rejected or withdrawn."""


class Saved(msgspec.Struct, frozen=True):
    """What stands after a save; `kept` is the text that was put aside because another one stands."""

    proposal: Proposal
    kept: ProposalText | None = None


def start(
    article: Article,
    *,
    by: User,
    at: datetime,
    anchor: str = "",
    base: Revision | None = None,
    follows: Revision | None = None,
) -> Proposal:
    """The open proposal of this person for this article, made where there is none; one nobody wrote in begins anew.

    `base`: the revision that the text was begun from, where it is not the published one any more. `follows`: the
    revision of the other language that is translated; the editor shows it beside the text.
    """
    base = base or article.published
    try:
        with transaction.atomic():
            standing = standing_of(article, by, for_update=True)
            if standing is None:
                standing = Proposal(article=article, author=by, created_at=at, changed_at=at)
            elif standing.edits or standing.base is None or standing.body != standing.base.body:
                return _widened(standing, anchor, follows)
            standing.base, standing.body = base, base.body if base else ""
            standing.anchor, standing.follows = anchor, follows or standing.follows
            standing.save()
            return standing
    except IntegrityError:
        # Two tabs began at once, and the other one was faster: its draft stands, or has already come to its end.
        return start(article, by=by, at=at, anchor=anchor, base=base, follows=follows)


def standing_of(article: Article, by: User, *, for_update: bool = False) -> Proposal | None:
    """The open proposal that this person writes here, with its base."""
    found = Proposal.objects.open().filter(article=article, author=by, origin=Proposal.Origin.BROWSER)
    if for_update:
        found = found.select_for_update(of=("self",))
    return found.select_related("article", "author", "base", "follows").first()


def save(proposal: Proposal, *, body: str, summary: str, edits: int, at: datetime) -> Saved:
    """Keep what was typed. `edits` is the count that the tab last saw: where it is behind, its text is put aside.

    A proposal that waits for review leaves the queue with the first change, until it is sent again.
    """
    with transaction.atomic():
        standing = _locked(proposal)
        if (body, summary) == (standing.body, standing.summary):
            return Saved(standing)
        behind = standing.edits != edits and standing.body != body
        if behind or not standing.is_open:
            return Saved(standing, _keep(standing, body, Why.OVERTAKEN, at))
        if body != standing.body and standing.state == State.IN_REVIEW:
            standing.state = State.DRAFT
        _write(standing, body, at, summary=summary)
        return Saved(standing)


def put_aside(proposal: Proposal, *, body: str, at: datetime) -> Saved:
    """Keep a text that can take no other place any more, whatever became of the proposal."""
    with transaction.atomic():
        standing = _locked(proposal)
        return Saved(standing, _keep(standing, body, Why.OVERTAKEN, at))


def take(proposal: Proposal, *, number: int, at: datetime) -> Proposal:
    """Put a kept text in the place of the one that stands, which is kept in turn. No such number: nothing."""
    with transaction.atomic():
        standing = _open(proposal)
        chosen = standing.texts.filter(number=number).first()
        if chosen and chosen.body != standing.body:
            _keep(standing, standing.body, Why.OVERTAKEN, at)
            if standing.state == State.IN_REVIEW:
                standing.state = State.DRAFT
            _write(standing, chosen.body, at)
        return standing


def send(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Ask for review. Raises Closed, Invalid, or Refused from rendering."""
    with transaction.atomic():
        standing = _open(proposal)
        if problems := problems_of(standing):
            raise Invalid(problems)
        again = standing.events.filter(kind=Kind.SENT).exists()
        text = _keep(standing, standing.body, Why.SENT, at)
        _tell(standing, Kind.AMENDED if again else Kind.SENT, by, at, text)
        standing.submitted_at = at
        _end_as(standing, State.IN_REVIEW, at)
        _record("proposal.sent", standing, by, at)
        return standing


def publish_directly(proposal: Proposal, *, by: User, at: datetime) -> Revision:
    """Make it the published text without a review; `by` must hold PUBLISH_GUIDE.

    Raises Closed, Conflict, Invalid or Refused, and the draft stands as it was.
    """
    with transaction.atomic():
        standing = _open(proposal)
        if problems := problems_of(standing):
            raise Invalid(problems)
        revision = services.publish(
            standing.article,
            body=standing.body,
            author=standing.author,
            summary=standing.summary,
            base=standing.base,
            follows=standing.follows,
            at=at,
        )
        standing.published_as = revision
        _tell(standing, Kind.PUBLISHED, by, at)
        _end_as(standing, State.PUBLISHED, at)
        before, after = (services.version(text) for text in (standing.base, revision))
        record("article.published", by=by, on=standing.article, before=before, after=after, at=at)
        return revision


def keep_in_step(proposal: Proposal) -> Proposal:
    """Say that the other language needs no change for this text; it counts only where the two were in step."""
    with transaction.atomic():
        standing = _open(proposal)
        if standing.follows is None:
            standing.follows = steps.still_followed(standing.article)
            standing.save(update_fields=["follows"])
        return standing


def withdraw(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Give it up. Its text stays readable."""
    with transaction.atomic():
        standing = _open(proposal)
        _tell(standing, Kind.WITHDRAWN, by, at)
        _end_as(standing, State.WITHDRAWN, at)
        _record("proposal.withdrawn", standing, by, at)
        return standing


def bring_up_to_date(proposal: Proposal, *, body: str, onto: Revision, edits: int, by: User, at: datetime) -> Saved:
    """Take over a merged text, made from the text at `edits` and `onto`, which becomes the base. The state stays.

    Where the text was changed meanwhile, the merged one is put aside and nothing else happens.
    """
    with transaction.atomic():
        standing = _open(proposal)
        if standing.edits != edits:
            return Saved(standing, _keep(standing, body, Why.OVERTAKEN, at))
        before = _keep(standing, standing.body, Why.MERGED, at)
        standing.base = onto
        _write(standing, body, at)
        _tell(standing, Kind.MERGED, by, at, before)
        _record("proposal.merged", standing, by, at)
        return Saved(standing)


def problems_of(proposal: Proposal) -> list[Problem]:
    """All that keeps the proposal from being sent. Raises Refused from rendering."""
    problems = services.problems_of(proposal.article, proposal.body, render(proposal.body, checks=CATALOGUE))
    if proposal.article.deleted_at:
        problems.append(Problem(0, say("This article was taken away; it has to be brought back first.")))
    if proposal.base and proposal.body == proposal.base.body:
        problems.append(Problem(0, say("Nothing is changed yet: this is the text that was published.")))
    return problems


def _widened(standing: Proposal, anchor: str, follows: Revision | None) -> Proposal:
    """A draft in which two sections are edited is one of the whole article."""
    anchor = anchor if anchor == standing.anchor else ""
    if (anchor, follows or standing.follows) != (standing.anchor, standing.follows):
        standing.anchor, standing.follows = anchor, follows or standing.follows
        standing.save()
    return standing


def _locked(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=("self",)).select_related("article", "author", "base").get(pk=proposal.pk)
    )


def _open(proposal: Proposal) -> Proposal:
    standing = _locked(proposal)
    if not standing.is_open:
        raise Closed
    return standing


def _write(standing: Proposal, body: str, at: datetime, **more: str) -> None:
    standing.body, standing.changed_at = body, at
    standing.edits += 1
    for name, value in more.items():
        setattr(standing, name, value)
    standing.save()


def _end_as(standing: Proposal, state: str, at: datetime) -> Proposal:
    standing.state, standing.changed_at = state, at
    standing.save()
    return standing


def _keep(standing: Proposal, body: str, why: str, at: datetime) -> ProposalText:
    """The proposal is locked. The same text for the same reason is kept once in a row."""
    last = standing.texts.order_by("-number").first()
    if last and (last.body, last.why) == (body, why):
        return last
    number = last.number + 1 if last else 1
    return ProposalText.objects.create(proposal=standing, number=number, body=body, why=why, at=at)


def _tell(standing: Proposal, kind: str, by: User, at: datetime, text: ProposalText | None = None) -> None:
    ProposalEvent.objects.create(proposal=standing, kind=kind, by=by, at=at, text=text)


def _record(act: str, standing: Proposal, by: User, at: datetime) -> None:
    after = {"proposal": standing.pk, "summary": standing.summary}
    record(act, by=by, on=standing, name=str(standing.article), after=after, at=at)
