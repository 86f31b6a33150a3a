"""The tables of findings: their life, what people decide and say of them, and what they attest."""

from __future__ import annotations

from secdash.findings.models.acceptance import Acceptance, AcceptanceQuerySet
from secdash.findings.models.attestation import Attestation, AttestationQuerySet
from secdash.findings.models.bulk import BulkAct, BulkActQuerySet, BulkStep
from secdash.findings.models.event import FindingEvent
from secdash.findings.models.finding import Finding, FindingQuerySet, State, Transition, Why
from secdash.findings.models.policy import SeverityPolicy
from secdash.findings.models.receipt import Receipt
from secdash.findings.models.stamp import Stamp
from secdash.findings.models.talk import Comment
from secdash.findings.models.view import DefaultView, SavedView, SavedViewQuerySet

__all__ = [
    "Acceptance",
    "AcceptanceQuerySet",
    "Attestation",
    "AttestationQuerySet",
    "BulkAct",
    "BulkActQuerySet",
    "BulkStep",
    "Comment",
    "DefaultView",
    "Finding",
    "FindingEvent",
    "FindingQuerySet",
    "Receipt",
    "SavedView",
    "SavedViewQuerySet",
    "SeverityPolicy",
    "Stamp",
    "State",
    "Transition",
    "Why",
]
