"""The very findings that a change closes, as a query: what its number counts, and what a checklist goes through."""

from __future__ import annotations

from django.db.models import Q

from secdash.facts.model import Container, Image
from secdash.findings.models import FindingQuerySet
from secdash.posture.causes.atoms import silent
from secdash.posture.causes.kinds import CHANGES, IMAGE, OF_IMAGE, SAME, Kind
from secdash.posture.causes.ranking import Ident


def closed_by(ident: Ident, findings: FindingQuerySet) -> FindingQuerySet:
    """Of these open findings those that the change closes."""
    if ident.kind is Kind.PROJECT:
        in_project = findings.filter(host=ident.host, subject_kind=Container.kind, project=ident.key)
        return in_project.filter(check_name__in=SAME)
    if ident.kind is Kind.IMAGE:
        return findings.filter(_of_image(ident.key))
    change = CHANGES[f"{ident.kind}:{ident.key}"]
    own = Q(check_name__in=change.checks)
    made_on = findings.filter(own).values("host")
    for check in change.inherited:
        own |= silent(check) & Q(host__in=made_on)
    return findings.filter(own)


def mended_by(ident: Ident, findings: FindingQuerySet) -> FindingQuerySet:
    """Of these the ones whose own fix is the change: what only follows from it has nothing to be written."""
    closed = closed_by(ident, findings)
    if ident.kind is Kind.DAEMON:
        return closed.filter(check_name__in=CHANGES[f"{ident.kind}:{ident.key}"].checks)
    return closed.filter(subject_kind=Image.kind) if ident.kind is Kind.IMAGE else closed


def _of_image(key: str) -> Q:
    follows = Q()
    for check in OF_IMAGE:
        follows |= silent(check)
    of_containers = follows & Q(subject_kind=Container.kind, image=key)
    return Q(subject_kind=Image.kind, subject_key=key, check_name__in=IMAGE) | of_containers
