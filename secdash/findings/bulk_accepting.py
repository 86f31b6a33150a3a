"""Accepting the risk of many findings at once: one acceptance of all that were chosen, filled chunk by chunk.

The acceptance is made with the first chunk and its id kept in the act's arguments, so that an act which is taken up
again goes on with the same one. Where the policy asks for a second person, it waits with what was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Q

from secdash.accounts.roles import Act
from secdash.checks.outcome import Severity
from secdash.facts.message import say
from secdash.findings import accepting, holding
from secdash.findings.access import may_decide_on
from secdash.findings.asked import NotAcceptable
from secdash.findings.bulk_acts import CannotAct, Taken
from secdash.findings.chunking import chunks
from secdash.findings.models import Acceptance, BulkAct, BulkStep, Finding, FindingQuerySet, State, Why

NOTHING_OPEN = say("Nothing of what was chosen stands open, so nothing was accepted.")


def take(act: BulkAct, findings: Sequence[int], at: datetime) -> dict[int, Taken]:
    """Of what still stands open. Raises CannotAct where the policy does not let it be accepted so long."""
    is_new = not act.arguments.get("acceptance")
    acceptance = _acceptance(act, at)
    standing = Finding.objects.allowing(act.by, Act.ACCEPT_RISK).open().filter(pk__in=findings)
    held = list(standing.order_by("host_id", "pk").values_list("host_id", "pk"))
    acceptance.chosen.add(*(pk for _, pk in held))
    if is_new:
        accepting.ask_approval(acceptance, at=at)
    if acceptance.state == Acceptance.State.IN_FORCE:
        for chunk in chunks(held):
            holding.hold_rows(acceptance, chunk, by=act.by, at=at)
    return {pk: Taken({"acceptance": None}, {"acceptance": acceptance.pk}) for _, pk in held}


def _acceptance(act: BulkAct, at: datetime) -> Acceptance:
    made = act.arguments.get("acceptance")
    if made:
        return Acceptance.objects.get(pk=made)
    chosen = BulkStep.objects.filter(act=act).values("finding")
    severity = worst(Finding.objects.allowing(act.by, Act.ACCEPT_RISK).filter(pk__in=chosen))
    if severity is None:
        raise CannotAct(NOTHING_OPEN)
    try:
        acceptance = accepting.begin_chosen(act.arguments["reason"], _until(act), severity, by=act.by, at=at)
    except NotAcceptable as error:
        raise CannotAct(error.message) from error
    act.arguments["acceptance"] = acceptance.pk
    act.save(update_fields=["arguments"])
    return acceptance


def worst(findings: FindingQuerySet) -> Severity | None:
    """Of what stands open among them."""
    found: int | None = findings.open().order_by().aggregate(worst=Max("severity"))["worst"]
    return None if found is None else Severity(found)


def _until(act: BulkAct) -> date | None:
    text = act.arguments.get("until")
    return date.fromisoformat(text) if text else None


def take_back(act: BulkAct, steps: Sequence[BulkStep], at: datetime) -> set[int]:
    """What the acceptance still holds is open again; what it lost since stays as it is."""
    ours = Acceptance.objects.filter(pk=act.arguments.get("acceptance")).first()
    chosen = [step.finding_id for step in steps if step.left is not None]
    if ours is None:
        return set()
    if ours.state == Acceptance.State.WAITING:
        if not may_decide_on(act.by, Act.ACCEPT_RISK, ours):
            return set()
        accepting.end(ours, by=act.by, at=at)
        return set(chosen)
    held = Finding.objects.filter(pk__in=chosen, acceptance=ours, state=State.ACCEPTED)
    found = set(held.values_list("pk", flat=True))
    holding.release(Q(pk__in=found), why=Why.RETURNED, by=act.by, at=at)
    holding.conclude(ours.pk, Acceptance.Ended.WITHDRAWN, at=at, by=act.by)
    return found if ours.state == Acceptance.State.IN_FORCE else found | _never_held(ours, chosen)


def _never_held(ours: Acceptance, chosen: Sequence[int]) -> set[int]:
    """What was chosen for an acceptance that was refused or withdrawn before it held anything."""
    return set(chosen) if ours.ended_at and not ours.transitions.exists() else set()
