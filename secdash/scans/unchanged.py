"""The scan of a host that is as its last scan saw it: nothing is judged or compared again, and two rows are written.

What a scan records follows from the facts, from the code and the release tables that judge them, from what people
said of the host, and from the day. `mark_of` digests all of it that is known before anything is judged; `record` looks,
under the host's lock, whether the rest is as the last scan left it. Where anything differs the scan goes the whole way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from secdash import checks, facts
from secdash.checks import releases
from secdash.facts.answers import Answers
from secdash.facts.sight import digest_of_source, sight
from secdash.fleet.models import Host
from secdash.scans.models import Scan

SOURCES = tuple(Path(str(package.__file__)).parent for package in (facts, checks))


def mark_of(host: Host, answers: Answers) -> str:
    """Equal marks of one host mean equal facts, judged alike and shown under the same names; "" where nobody can tell.

    What is in the files of images comes to the facts after the answers, so such a host has none.
    """
    if host.image_reading != Host.Images.NONE and not host.is_sample:
        return ""
    told = (
        sight(answers, key=_key()),
        digest_of_source(*SOURCES),
        releases.current().version,
        host.name,
        host.group_id,
    )
    return salted_hmac("secdash.scans.unchanged", repr(told), algorithm="sha256").hexdigest()[:32]


def _key() -> bytes:
    return salted_hmac("secdash.scans.sight", "", algorithm="sha256").digest()


def record(scan: Scan, mark: str, *, timings: Mapping[str, int], at: datetime) -> bool:
    """Close the scan as the last one was. False, and nothing is written, where it must go the whole way.

    The host's row is written first, which locks it: findings and acceptances of a host are changed under that lock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SEEN, [Host.State.REACHABLE, _stored("finished_at", at), scan.host_id])
        cursor.execute(CLOSE, _values(scan, mark, timings, at))
        if not cursor.rowcount:
            transaction.set_rollback(True)
            return False
    return True


def _values(scan: Scan, mark: str, timings: Mapping[str, int], at: datetime) -> dict[str, Any]:
    return {
        "scan": scan.pk,
        "host": scan.host_id,
        "attempts": scan.attempts,
        "mark": mark,
        "timings": _stored("timings", dict(timings)),
        "at": _stored("finished_at", at),
        "today": _stored("finished_at", datetime.combine(at.date(), time(), tzinfo=at.tzinfo)),
    }


def _stored(column: str, value: Any) -> Any:
    """As this database takes it."""
    field: Any = Scan._meta.get_field(column)
    return field.get_db_prep_save(value, connection)


SAME = ("statuses", "tally", "score", "assessed", "containers", "engine_version", "catalogue_version", "snapshot_id")
SEEN = "UPDATE fleet_host SET state = %s, seen_at = %s WHERE id = %s"
# One statement, since at a thousand hosts what a scan costs is the making of its statements. The last scan must have
# seen the same, today: acceptances and attestations end with a day, and each day of a host has a row of its own. No
# finding may have changed since that scan began, but by it, nor be accepted by what is in force no more; and nobody may
# have attested anything since.
CLOSE = f"""
UPDATE scans_scan SET state = 'done', stage = 'done', finished_at = %(at)s, lease_until = NULL,
       timings = %(timings)s, sight = %(mark)s, {", ".join(f"{name} = last.{name}" for name in SAME)}
FROM (SELECT * FROM scans_scan WHERE host_id = %(host)s AND state = 'done'
      ORDER BY created_at DESC, id DESC LIMIT 1) AS last
WHERE scans_scan.id = %(scan)s AND scans_scan.state = 'running' AND scans_scan.attempts = %(attempts)s
  AND scans_scan.created_at > last.created_at AND last.sight = %(mark)s
  AND last.finished_at >= %(today)s AND last.started_at IS NOT NULL AND last.snapshot_id IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM findings_finding AS f LEFT JOIN findings_acceptance AS a ON a.id = f.acceptance_id
      WHERE f.host_id = %(host)s
        AND ((f.changed_at > last.started_at AND f.changed_at <> last.finished_at)
             OR (f.state = 'accepted' AND (a.id IS NULL OR a.state <> 'in_force'))))
  AND NOT EXISTS (SELECT 1 FROM findings_attestation AS t WHERE t.host_id = %(host)s AND t.at > last.started_at)
"""  # noqa: S608 - names of columns that stand above
