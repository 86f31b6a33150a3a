"""What acceptances cover, asked of the database: the findings within a scope, and what is in force for a host."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import F, Q

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


def agreed_on(held_on: Mapping[Host, Collection[int]]) -> dict[int, list[Agreed]]:
    """By host's id: the acceptances in force that hold something on it, or would hold what turns up there; narrowest
    first. `held_on` has those that hold something that is looked at. Two queries.
    """
    chosen = _chosen_on(held_on)
    of_several = Q(host=None, finding=None) & ~Q(scope=Acceptance.Scope.CHOSEN)
    groups, hosts = {host.group_id for host in held_on}, [host.pk for host in held_on]
    in_place = Q(host__in=hosts) | Q(finding__host__in=hosts)
    in_place |= of_several & (Q(group=None) | Q(group__in=groups - {None}))
    named = {pk for held in held_on.values() for pk in held}.union(*(found.keys() for found in chosen.values()))
    concerned = Q(pk__in=named) | (Q(covers=Acceptance.Covers.LATER) & in_place)
    rows = list(Acceptance.objects.in_force().filter(concerned).annotate(at_host=F("finding__host")).order_by("pk"))
    return {host.pk: _narrowest_first(host, held, chosen[host.pk], rows) for host, held in held_on.items()}


def _narrowest_first(
    host: Host, held: Collection[int], chosen: Mapping[int, set[int]], rows: Iterable[Acceptance]
) -> list[Agreed]:
    concerned = (row for row in rows if row.pk in held or row.pk in chosen or _covers_later(row, host))
    return sorted((_agreed(row, chosen.get(row.pk, set())) for row in concerned), key=_width)


def _covers_later(row: Acceptance, host: Host) -> bool:
    """Whether it would hold what turns up on that host, going by the place that it is for."""
    if row.covers != Acceptance.Covers.LATER:
        return False
    if row.host_id is not None or row.finding_id is not None:
        return host.pk in (row.host_id, row.at_host)  # type: ignore[attr-defined]  # annotated
    return row.scope != Acceptance.Scope.CHOSEN and row.group_id in (None, host.group_id)


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


def _chosen_on(hosts: Iterable[Host]) -> dict[int, dict[int, set[int]]]:
    """By host's id and acceptance that also holds what turns up later: the findings that were chosen for it."""
    found: dict[int, dict[int, set[int]]] = {host.pk: defaultdict(set) for host in hosts}
    rows = Acceptance.chosen.through.objects.filter(
        acceptance__state=Acceptance.State.IN_FORCE,
        acceptance__covers=Acceptance.Covers.LATER,
        finding__host__in=found,
    )
    for host, acceptance, finding in rows.values_list("finding__host", "acceptance_id", "finding_id"):
        found[host][acceptance].add(finding)
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
