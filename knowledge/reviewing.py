"""What a reviewer does with a proposal: publish it, ask for changes, reject it. Each is one transaction."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from knowledge import services
from knowledge.models import Proposal, ProposalEvent, Revision
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record


class Decision(TextChoices):
    PUBLISH = "publish", _("Approve and publish")
    ASK = "ask", _("Ask for changes")
    REJECT = "reject", _("Reject")


class AlreadyDecided(Exception):
    """It is no longer in review: somebody was faster. `proposal` is as it stands now."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(f"proposal {proposal.pk} is {proposal.state}")
        self.proposal = proposal


class Amended(Exception):
    """Its text is another one than the reviewer saw."""


class Stale(Exception):
    """Its base is no longer what is published; it must be brought up to date first."""

    def __init__(self, published: Revision | None) -> None:
        super().__init__("the base is not the published revision")
        self.published = published


class NeedsReason(Exception):
    """Who is asked to do something, or refused, is told why."""


def decisions(proposal: Proposal, by: User) -> tuple[Decision, ...]:
    """What this person may decide now. One's own proposal is published, or else amended or withdrawn."""
    if not by.can(Act.PUBLISH_GUIDE) or proposal.state != Proposal.State.IN_REVIEW:
        return ()
    return (Decision.PUBLISH,) if proposal.author_id == by.pk else tuple(Decision)


def publish(proposal: Proposal, *, by: User, at: datetime, message: str = "", seen: int | None = None) -> Revision:
    """The proposal's author becomes the author of the revision. `seen`: the count of edits of the text approved.

    Raises AlreadyDecided, Amended, Stale; Invalid or Refused, as publishing does, for a text with problems.
    """
    with transaction.atomic():
        locked = _locked(proposal, Decision.PUBLISH, by, seen)
        try:
            revision = services.publish(
                locked.article,
                body=locked.body,
                author=locked.author,
                summary=locked.summary,
                base=locked.base,
                follows=locked.follows,
                at=at,
            )
        except services.Conflict as conflict:
            raise Stale(conflict.published) from None
        locked.published_as = revision
        _decide(locked, Proposal.State.PUBLISHED, by=by, at=at, message=message)
        before, after = (services.version(text) for text in (locked.base, revision))
        record("article.published", by=by, on=locked.article, before=before, after=after, at=at)
    return revision


def ask_for_changes(proposal: Proposal, *, by: User, at: datetime, message: str, seen: int | None = None) -> None:
    """Raises AlreadyDecided, Amended, NeedsReason."""
    _refuse(proposal, Decision.ASK, by=by, at=at, message=message, seen=seen)


def reject(proposal: Proposal, *, by: User, at: datetime, message: str, seen: int | None = None) -> None:
    """Raises AlreadyDecided, Amended, NeedsReason."""
    _refuse(proposal, Decision.REJECT, by=by, at=at, message=message, seen=seen)


STATES = {Decision.ASK: Proposal.State.CHANGES_ASKED, Decision.REJECT: Proposal.State.REJECTED}


def _refuse(proposal: Proposal, decision: Decision, *, by: User, at: datetime, message: str, seen: int | None) -> None:
    if not message.strip():
        raise NeedsReason
    with transaction.atomic():
        _decide(_locked(proposal, decision, by, seen), STATES[decision], by=by, at=at, message=message)


def _locked(proposal: Proposal, decision: Decision, by: User, seen: int | None) -> Proposal:
    """As it stands now, and nobody else's until the transaction ends."""
    locked = Proposal.objects.select_for_update(of=("self",)).with_names().get(pk=proposal.pk)
    if not by.can(Act.PUBLISH_GUIDE):
        raise PermissionDenied
    if locked.state != Proposal.State.IN_REVIEW:
        raise AlreadyDecided(locked)
    if decision not in decisions(locked, by):
        raise PermissionDenied
    if seen is not None and seen != locked.edits:
        raise Amended
    return locked


def _decide(locked: Proposal, state: Proposal.State, *, by: User, at: datetime, message: str) -> None:
    locked.state, locked.reviewer, locked.changed_at = state, by, at
    locked.save(update_fields=["state", "reviewer", "changed_at", "published_as"])
    kind = ProposalEvent.Kind(state)
    ProposalEvent.objects.create(
        proposal=locked, kind=kind, by=by, at=at, message=message.strip(), text=locked.texts.last()
    )
    after = {"state": state, "message": message.strip()}
    record("proposal.decided", by=by, on=locked, name=str(locked.article), after=after, at=at)
