"""Fetching findings with the permission inside."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
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


def findings_for(user: User) -> FindingQuerySet:
    return Finding.objects.visible_to(user)


def finding_for(user: User, pk: int) -> Finding:
    """The finding with its host. Raises Http404 for one that does not exist or that this person may not see."""
    return get_object_or_404(
        findings_for(user).select_related("host__group", "host__connection", "assignee", "acceptance"), pk=pk
    )


def comment_for(user: User, pk: int) -> Comment:
    """With its finding. Raises Http404 for one that does not exist or whose finding this person may not see."""
    return get_object_or_404(Comment.objects.select_related("finding"), pk=pk, finding__in=findings_for(user))


def receipt_for(user: User, pk: int) -> Receipt:
    """With its finding and host. Raises Http404 for one that does not exist or that this person may not see."""
    whole = Receipt.objects.select_related("finding__host", "scan")
    return get_object_or_404(whole, pk=pk, finding__in=findings_for(user))


def attestations_for(user: User) -> AttestationQuerySet:
    return Attestation.objects.visible_to(user)


def bulk_act_for(user: User, pk: int) -> BulkAct:
    """An act on many findings, which a team may follow: it tells how many, and none of them. Raises Http404."""
    return get_object_or_404(BulkAct.objects.visible_to(user).select_related("by"), pk=pk)


def acceptances_for(user: User) -> AcceptanceQuerySet:
    return Acceptance.objects.visible_to(user)


def acceptance_for(user: User, pk: int) -> Acceptance:
    """The acceptance with what it is about. Raises Http404 as `finding_for` does."""
    about = ("finding__host", "host", "group", "by", "decided_by", "ended_by")
    return get_object_or_404(acceptances_for(user).select_related(*about), pk=pk)


def view_for(user: User, pk: int) -> SavedView:
    """One's own saved view or one that is shared. Raises Http404."""
    return get_object_or_404(SavedView.objects.visible_to(user), pk=pk)
