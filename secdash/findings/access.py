"""Fetching findings with the permission inside."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings.models import (
    Acceptance,
    AcceptanceQuerySet,
    Attestation,
    AttestationQuerySet,
    BulkAct,
    Comment,
    Finding,
    FindingQuerySet,
    Receipt,
    SavedView,
)
from secdash.fleet.access import need


def findings_for(user: User) -> FindingQuerySet:
    return Finding.objects.visible_to(user)


def finding_for(user: User, pk: int, act: Act = Act.SEE_HOSTS) -> Finding:
    """The finding with its host. Raises Http404 for one that does not exist or that this person may not see.

    Raises PermissionDenied for one that they see, on a host where they may not do that.
    """
    whole = findings_for(user).select_related("host__group", "host__connection", "assignee", "acceptance")
    found = get_object_or_404(whole, pk=pk)
    need(user, act, found.host)
    return found


def comment_for(user: User, pk: int, act: Act = Act.SEE_HOSTS) -> Comment:
    """With its finding. Raises Http404 and PermissionDenied as `finding_for` does."""
    whole = Comment.objects.select_related("finding__host")
    found = get_object_or_404(whole, pk=pk, finding__in=findings_for(user))
    need(user, act, found.finding.host)
    return found


def receipt_for(user: User, pk: int) -> Receipt:
    """With its finding and host. Raises Http404 for one that does not exist or that this person may not see."""
    whole = Receipt.objects.select_related("finding__host", "scan")
    return get_object_or_404(whole, pk=pk, finding__in=findings_for(user))


def attestations_for(user: User) -> AttestationQuerySet:
    return Attestation.objects.visible_to(user)


def bulk_act_for(user: User, pk: int) -> BulkAct:
    """An act on many findings, which a team may follow where all are theirs: it tells how many. Raises Http404."""
    return get_object_or_404(BulkAct.objects.visible_to(user).select_related("by"), pk=pk)


def acceptances_for(user: User) -> AcceptanceQuerySet:
    return Acceptance.objects.visible_to(user)


def acceptance_for(user: User, pk: int, act: Act = Act.SEE_HOSTS) -> Acceptance:
    """The acceptance with what it is about. Raises Http404 and PermissionDenied as `finding_for` does."""
    about = ("finding__host", "host", "group", "by", "decided_by", "ended_by")
    found = get_object_or_404(acceptances_for(user).select_related(*about), pk=pk)
    if not may_decide_on(user, act, found):
        raise PermissionDenied
    return found


def may_decide_on(user: User, act: Act, acceptance: Acceptance) -> bool:
    """Whether they may do that on every host in the scope of an acceptance that they see."""
    if act == Act.SEE_HOSTS or (user.sees_all and user.can(act)):
        return True
    return Acceptance.objects.allowing(user, act).filter(pk=acceptance.pk).exists()


def view_for(user: User, pk: int) -> SavedView:
    """One's own saved view or one that is shared. Raises Http404."""
    return get_object_or_404(SavedView.objects.visible_to(user), pk=pk)
