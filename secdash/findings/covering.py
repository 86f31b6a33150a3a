"""What acceptances cover, asked of the database: the findings within a scope, and what is in force for a host."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from secdash.facts.model import Image
from secdash.findings.asked import Asked
from secdash.findings.models import Acceptance, Finding, FindingQuerySet, Transition, Why
from secdash.findings.scopes import Agreed, Scope
from secdash.fleet.models import Host

SPURNED = (Why.VOIDED, Why.RETURNED)


def within(asked: Asked | Acceptance) -> Q:
    """The findings in the scope of what is asked, or of an acceptance, whatever their state."""
    if asked.scope == Acceptance.Scope.FINDING:
        return Q(pk=asked.finding.pk) if asked.finding else Q(pk__in=())
    if asked.scope == Acceptance.Scope.CHOSEN:
        return Q(pk__in=_chosen(asked))
    found = Q(check_name=asked.check_name)
    if asked.host:
        found &= Q(host=asked.host)
    if asked.group:
        found &= Q(host__group=asked.group)
    if asked.project:
        found &= Q(project=asked.project)
    return found & of_repository(asked.image) if asked.image else found


def of_repository(name: str) -> Q:
    """Findings of containers made from any tag of it, and of its images themselves."""
    exactly = rf"^{re.escape(name)}(:[^/]*)?$|^{re.escape(name)}(:[^/@]*)?@"
    container = Q(image__startswith=name, image__regex=exactly)
    return container | Q(subject_kind=Image.kind, subject_key__startswith=name, subject_key__regex=exactly)


def _chosen(asked: Asked | Acceptance) -> Iterable[int] | FindingQuerySet:
    if isinstance(asked, Acceptance):
        return asked.chosen.all()
    return [each.pk if isinstance(each, Finding) else each for each in asked.chosen]


def agreed_on(host: Host, held_by: set[int]) -> list[Agreed]:
    """The acceptances in force that hold something on the host, or would hold what turns up there; narrowest first."""
    of_several = Q(host=None, finding=None) & ~Q(scope=Acceptance.Scope.CHOSEN)
    in_place = Q(host=host) | Q(finding__host=host) | (of_several & (Q(group=None) | Q(group=host.group_id)))
    chosen = _chosen_on(host)
    concerned = Q(pk__in=held_by | set(chosen)) | (Q(covers=Acceptance.Covers.LATER) & in_place)
    rows = list(Acceptance.objects.in_force().filter(concerned).order_by("pk"))
    return sorted((_agreed(row, chosen.get(row.pk, set())) for row in rows), key=_width)


def _agreed(row: Acceptance, chosen: set[int]) -> Agreed:
    return Agreed(row.pk, _scope(row, chosen), row.until, row.covers == Acceptance.Covers.LATER)


def _scope(row: Acceptance, chosen: set[int]) -> Scope:
    if row.finding_id is not None:
        return Scope(findings=frozenset({row.finding_id}))
    if row.scope == Acceptance.Scope.CHOSEN:
        return Scope(findings=frozenset(chosen))
    return Scope(row.check_name, row.host_id, row.group_id, row.project, row.image)


def _width(agreed: Agreed) -> tuple[int, int]:
    scope = agreed.scope
    narrowing = sum((bool(scope.project), bool(scope.image), scope.group is not None, 2 * (scope.host is not None)))
    return (0 if scope.findings is not None else 9 - narrowing, agreed.pk)


def _chosen_on(host: Host) -> dict[int, set[int]]:
    """By acceptance that also holds what turns up later: the findings of the host that were chosen for it."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Acceptance.chosen.through.objects.filter(
        acceptance__state=Acceptance.State.IN_FORCE,
        acceptance__covers=Acceptance.Covers.LATER,
        finding__host=host,
    )
    for acceptance, finding in rows.values_list("acceptance_id", "finding_id"):
        found[acceptance].add(finding)
    return found


def spurned(findings: Iterable[int], agreed: Iterable[Agreed]) -> dict[int, frozenset[int]]:
    """By finding: the acceptances that do not take it any more, since it was voided or taken back from them."""
    found: dict[int, set[int]] = defaultdict(set)
    later, pks = [each.pk for each in agreed if each.later], list(findings)
    if later and pks:
        rows = Transition.objects.filter(finding__in=pks, why__in=SPURNED, acceptance__in=later).order_by()
        for finding, acceptance in rows.values_list("finding_id", "acceptance_id"):
            found[finding].add(acceptance)
    return {finding: frozenset(acceptances) for finding, acceptances in found.items()}
