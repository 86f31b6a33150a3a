"""Open findings counted by the database, as finely as changes tell them apart, and where each host stands."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, CharField, Count, F, IntegerField, Q, Sum, Value, When

from secdash.checks.confinement import OPTIONS
from secdash.checks.outcome import Severity
from secdash.facts.model import Container, Image
from secdash.findings.models import FindingQuerySet, State
from secdash.findings.score import WEIGHTS
from secdash.fleet.models import HostQuerySet
from secdash.posture.causes.arithmetic import Standing, standing
from secdash.posture.causes.kinds import IMAGE, OF_IMAGE, SAME
from secdash.posture.causes.ranking import Atom
from secdash.posture.threats import places
from secdash.posture.threats.places import Seen

MOST_PROJECTS = 40
MOST_IMAGES = 40
WEIGHT = Case(
    *(When(severity=int(severity), then=Value(weight)) for severity, weight in WEIGHTS.items()),
    default=Value(0),
    output_field=IntegerField(),
)
# A container that leaves the matter to the Engine or to its image says nothing itself: the first of the evidence shows.
SILENT: dict[str, list[object]] = {
    "no-new-privileges-off": [OPTIONS, []],
    "seccomp-disabled": [OPTIONS, []],
    "runs-as-root": ["Config.User", ""],
    "no-healthcheck": ["Config.Healthcheck.Test", []],
}
NOT_PRIVILEGED = [
    "HostConfig.Privileged",
    False,
]  # a privileged container has no seccomp, whatever the Engine's profile


class Weighed(NamedTuple):
    """The projects (host, name) and images whose changes are weighed: those with most open weight."""

    projects: list[tuple[int, str]]
    images: list[str]


def weighed(findings: FindingQuerySet) -> Weighed:
    """Two queries, each bounded."""
    in_projects = findings.filter(subject_kind=Container.kind, check_name__in=SAME).exclude(project="")
    of_images = findings.filter(subject_kind=Image.kind, check_name__in=IMAGE)
    return Weighed(
        projects=[(host, name) for host, name, _ in _heaviest(in_projects, "host", "project")[:MOST_PROJECTS]],
        images=[key for key, _ in _heaviest(of_images, "subject_key")[:MOST_IMAGES]],
    )


def _heaviest(findings: FindingQuerySet, *columns: str) -> Any:
    return findings.order_by().values_list(*columns).annotate(weight=Sum(WEIGHT)).order_by("-weight", *columns)


def atoms(findings: FindingQuerySet, chosen: Weighed) -> list[Atom]:
    """One query; a row for each host and check, and more only where a change tells findings of these apart."""
    names = {name for _host, name in chosen.projects}
    project = Case(When(project__in=names, subject_kind=Container.kind, then=F("project")), default=Value(""))
    image = Case(
        When(subject_kind=Image.kind, check_name__in=IMAGE, subject_key__in=chosen.images, then=F("subject_key")),
        When(subject_kind=Container.kind, check_name__in=OF_IMAGE, image__in=chosen.images, then=F("image")),
        default=Value(""),
        output_field=CharField(),
    )
    counted = (
        findings.order_by()
        .annotate(in_project=project, of_image=image, silent=_silent())
        .values_list("host", "check_name", "severity", "subject_kind", "in_project", "of_image", "silent")
        .annotate(Count("pk"))
    )
    weighed_projects = set(chosen.projects)
    return [
        Atom(host, check, severity, number, kind, name if (host, name) in weighed_projects else "", key, silent)
        for host, check, severity, kind, name, key, silent, number in counted
    ]


def _silent() -> Case:
    whens = [When(silent(check), then=Value(True)) for check in SILENT]
    return Case(*whens, default=Value(False), output_field=BooleanField())


def silent(check: str) -> Q:
    """The findings of a check whose container leaves the matter to others."""
    found = Q(check_name=check, evidence__0=SILENT[check])
    return found & Q(evidence__1=NOT_PRIVILEGED) if check == "seccomp-disabled" else found


def standings(hosts: HostQuerySet, findings: FindingQuerySet) -> tuple[list[Seen], dict[int, Standing]]:
    """The hosts, and where those with a score stand: the sums of their newest scans without what is accepted."""
    seen = places.seen_hosts(hosts)
    sums = places.sums(seen)
    accepted = _accepted(findings)
    found = {}
    for host, sum_ in sums.items():
        counts = [sum_.of_severity(severity)[:2] for severity in Severity]
        stands = standing(counts, accepted.get(host, {}))
        if stands.value is not None:
            found[host] = stands
    return seen, found


def _accepted(findings: FindingQuerySet) -> dict[int, dict[int, int]]:
    rows = findings.filter(state=State.ACCEPTED).order_by().values_list("host", "severity").annotate(Count("pk"))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for host, severity, number in rows:
        found[host][severity] = number
    return found
