"""The acts on many findings, by the name that an act is kept under."""

from __future__ import annotations

from secdash.accounts.roles import Act
from secdash.findings import bulk_accepting, bulk_acts
from secdash.findings.bulk_acts import BulkKind
from secdash.findings.models import BulkAct

ACTS: dict[str, BulkKind] = {
    BulkAct.Kind.ASSIGN: BulkKind(Act.TRIAGE, bulk_acts.assign, bulk_acts.assign_back),
    BulkAct.Kind.DUE: BulkKind(Act.TRIAGE, bulk_acts.set_due, bulk_acts.set_due_back),
    BulkAct.Kind.COMMENT: BulkKind(Act.DISCUSS, bulk_acts.comment, bulk_acts.comment_back),
    BulkAct.Kind.ACCEPT: BulkKind(Act.ACCEPT_RISK, bulk_accepting.take, bulk_accepting.take_back),
}
