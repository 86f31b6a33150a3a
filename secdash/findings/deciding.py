"""The second person: approving or refusing what somebody asks to accept, and refusing what a label proposes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.facts.message import say
from secdash.findings import holding
from secdash.findings.access import may_decide_on
from secdash.findings.asked import NotAcceptable
from secdash.findings.models import Acceptance
from secdash.findings.signals import approval_decided

WAITING, PROPOSED = Acceptance.State.WAITING, Acceptance.State.PROPOSED
ACTS: dict[tuple[str, str], str] = {
    (WAITING, Acceptance.State.IN_FORCE): "approved",
    (WAITING, Acceptance.State.REFUSED): "refused",
    (PROPOSED, Acceptance.State.REFUSED): "declined",
    (PROPOSED, Acceptance.State.ENDED): "taken_up",
}  # as the log of changes calls them


def approve(acceptance: Acceptance, *, by: User, at: datetime, answer: str = "") -> int:
    """Put it in force; how many findings it holds. Raises NotAcceptable where this person may not, or too late."""
    _check_person(acceptance, by)
    if acceptance.until and acceptance.until < at.date():
        raise NotAcceptable(say("Its last day is over. Whoever asked must ask again."))
    _decide(acceptance, WAITING, Acceptance.State.IN_FORCE, by=by, at=at, answer=answer)
    return holding.hold(acceptance, by=by, at=at)


def refuse(acceptance: Acceptance, *, by: User, at: datetime, answer: str) -> None:
    """Say no, and why. Raises NotAcceptable as `approve` does, and where no reason is given."""
    _check_person(acceptance, by)
    if not answer.strip():
        raise NotAcceptable(say("Say why you refuse: whoever asked reads it."))
    _decide(acceptance, WAITING, Acceptance.State.REFUSED, by=by, at=at, answer=answer)


def decline(proposal: Acceptance, *, by: User, at: datetime, answer: str = "") -> None:
    """Say no to what a label proposes; it is not proposed again with the same reason. Raises PermissionDenied."""
    if not may_decide_on(by, Act.ACCEPT_RISK, proposal):
        raise PermissionDenied
    _decide(proposal, PROPOSED, Acceptance.State.REFUSED, by=by, at=at, answer=answer)


def take_up(proposal: Acceptance, *, by: User, at: datetime) -> None:
    """A person made it their own acceptance; the proposal is done with, also where it was decided in the meantime."""
    with suppress(NotAcceptable):
        _decide(proposal, PROPOSED, Acceptance.State.ENDED, by=by, at=at, answer="")


def _check_person(acceptance: Acceptance, by: User) -> None:
    """Raises PermissionDenied for somebody who may not approve risks on every host that it is about."""
    if acceptance.by_id == by.pk:
        raise NotAcceptable(say("Somebody else decides: you asked for it yourself."))
    if not may_decide_on(by, Act.APPROVE_RISK, acceptance):
        raise PermissionDenied


@transaction.atomic
def _decide(acceptance: Acceptance, was: str, now: str, *, by: User, at: datetime, answer: str) -> None:
    """Conditional on what stands, so that of two who decide at once one is told."""
    said = answer.replace("\0", "").strip()[:2000]
    decided = Acceptance.objects.filter(pk=acceptance.pk, state=was).update(
        state=now, decided_by=by, decided_by_name=by.display_name, decided_at=at, answer=said
    )
    acceptance.refresh_from_db()
    if not decided:
        raise NotAcceptable(say("This was decided in the meantime. Nothing was changed."))
    if was == WAITING:
        approval_decided.send(sender=Acceptance, acceptance=acceptance, at=at)
    after = {"state": now, "answer": acceptance.answer}
    record(f"acceptance.{ACTS[was, now]}", by=by, on=acceptance, before={"state": was}, after=after, at=at)
