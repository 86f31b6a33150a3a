"""The containers of a host as a file, worst first, as its page has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from secdash.fleet.models import Host
from secdash.posture import containers
from secdash.posture.containers import ContainerRow
from secdash.posture.exports.sheets import Sheet
from secdash.posture.latest import newest_scan
from secdash.posture.replay import replay

COLUMNS = (
    *("host", "container", "key", "project", "image", "state", "created", "worst", "open"),
    *("passed", "failed", "unknown", "not_applicable", "published", "on_host_network"),
)


def sheet(host: Host) -> Sheet:
    headings = {
        "container": _("Container"),
        "project": _("Project"),
        "image": _("Image"),
        "worst": _("Worst"),
        "open": _("Open"),
        "unknown": _("Unknown"),
        "published": _("Published"),
    }
    title = _("Containers of %(host)s") % {"host": host.name}
    return Sheet(f"containers-{host.slug}", title, COLUMNS, headings, _rows(host))


def _rows(host: Host) -> Iterator[dict[str, Any]]:
    """One look at the newest snapshot; nothing where it is not kept any more."""
    seen = replay(newest_scan(host))
    if seen is None:
        return
    accepted, about = containers.accepted_on(host), seen.once(containers.verdicts_by_container)
    for each in containers.worst_first(seen, accepted):
        yield record_of(host, containers.container_row(each, about[each.key], accepted))


def record_of(host: Host, row: ContainerRow) -> dict[str, Any]:
    return {
        "host": host.name,
        "container": row.name,
        "key": row.key,
        "project": row.project,
        "image": row.image,
        "state": row.state,
        "created": row.created.isoformat() if row.created else None,
        "worst": row.worst.word if row.worst is not None else None,
        "open": row.open,
        "passed": row.faces.passed,
        "failed": row.faces.failed,
        "unknown": row.faces.unknown,
        "not_applicable": row.faces.not_applicable,
        "published": [port.text for port in row.ports],
        "on_host_network": row.on_host_network,
    }
