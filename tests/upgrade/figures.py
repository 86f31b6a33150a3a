"""What must come out the same after an upgrade: figures that pages show, asked of whatever database Django has."""

from __future__ import annotations

from django.db.models import Count, Sum

KEY = "a long random text that opens what this backup has sealed, and nothing else anywhere"


def figures() -> dict[str, object]:
    from knowledge.models import Revision
    from secdash.findings.models import Acceptance, Finding, Transition
    from secdash.fleet.models import Host
    from secdash.fleet.ways import ENGINES
    from secdash.posture.stands import stands
    from secdash.scans.models import PostureDay, Scan

    stand = stands(Host.objects.all())
    return {
        "findings": _counted(Finding.objects.order_by().values_list("state", "severity").annotate(Count("pk"))),
        "transitions": _counted(Transition.objects.order_by().values_list("why", "now").annotate(Count("pk"))),
        "acceptances": _counted(Acceptance.objects.order_by().values_list("state", "scope").annotate(Count("pk"))),
        "scores": {host.slug: stand[host.pk].score for host in Host.objects.order_by("slug") if host.pk in stand},
        "scans": Scan.objects.count(),
        "opened": PostureDay.objects.aggregate(sum=Sum("opened"))["sum"],
        "revisions": Revision.objects.count(),
        "opened_seals": len([host.connection.endpoint for host in Host.objects.filter(connection__kind__in=ENGINES)]),
    }


def _counted(rows: object) -> dict[str, int]:
    return {f"{one} {other}": number for one, other, number in sorted(rows)}
