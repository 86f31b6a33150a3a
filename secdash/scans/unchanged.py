"""Scans of hosts that are as their last scans saw them: nothing is judged or compared, two rows of each are written.

What a scan records follows from the facts, from the code and the release tables that judge them, from what people
said of the host, and from the day. `mark_of` digests all of it that is known before anything is judged; `record` looks,
under the host's lock, whether the rest is as the last scan left it. Where anything differs the scan goes the whole way.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from secdash import checks, facts
from secdash.checks import releases
from secdash.facts.answers import Answers
from secdash.facts.sight import Sight, digest_of_source, sight
from secdash.fleet.models import Host
from secdash.scans.models import Scan

OF_FACTS, OF_JUDGING = 20, 12  # letters of a mark, of six bits each
SOURCES = tuple(Path(str(package.__file__)).parent for package in (facts, checks))


class Mark(NamedTuple):
    """Equal words of one host mean equal facts, judged alike and shown under the same names. `seen` is what of."""

    words: str
    seen: Sight | None


def mark_of(host: Host, answers: Answers) -> Mark:
    """Without words where nobody can tell: what is in the files of images comes to the facts after the answers."""
    if host.image_reading != Host.Images.NONE and not host.is_sample:
        return Mark("", None)
    seen = sight(answers, key=_key())
    told = (digest_of_source(*SOURCES), releases.current().version, host.name, host.group_id)
    return Mark(_words(seen.digest, OF_FACTS) + _words(repr(told), OF_JUDGING), seen)


def judged_alike(one: str, other: str) -> bool:
    """Whether facts were judged by the same code and tables, and shown under the same names, by two marks of a host."""
    return bool(one) and one[OF_FACTS:] == other[OF_FACTS:]


def _words(told: str, length: int) -> str:
    digest = salted_hmac("secdash.scans.unchanged", told, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode()[:length]


@cache
def _key() -> bytes:
    return salted_hmac("secdash.scans.sight", "", algorithm="sha256").digest()


class Same(NamedTuple):
    """A scan that seems to see what the last one saw."""

    scan: Scan
    mark: str
    timings: Mapping[str, int]


def record(several: Sequence[Same], *, at: datetime) -> list[Same]:
    """Close these scans as the last of each host was, in two statements for all of them.

    The ones that were closed. Nothing is written of the others, which must go the whole way: one of many is reason to
    look at each by itself. The hosts' rows are written first, which locks them: findings and acceptances of a host are
    changed under that lock.
    """
    if not several or _close(several, at):
        return list(several)
    return [] if len(several) == 1 else [same for same in several if _close([same], at)]


def _close(several: Sequence[Same], at: datetime) -> bool:
    """All of them, or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(*_seen([same.scan.host_id for same in several], at))
        cursor.execute(*_closed(several, at))
        if cursor.rowcount == len(several):
            return True
        transaction.set_rollback(True)
    return False


def _seen(hosts: Sequence[int], at: datetime) -> tuple[str, list[Any]]:
    """In the order of their keys, as everybody locks them."""
    lock = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    statement = SEEN.format(hosts=", ".join(["%s"] * len(hosts)), lock=lock)
    return statement, [Host.State.REACHABLE, _stored("finished_at", at), *hosts]


def _closed(several: Sequence[Same], at: datetime) -> tuple[str, list[Any]]:
    told = [
        (each.scan.pk, each.scan.host_id, each.scan.attempts, each.mark, _stored("timings", dict(each.timings)))
        for each in several
    ]
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(told))
    now, today = (_stored("finished_at", each) for each in (at, midnight(at)))
    return CLOSE.format(rows=rows), [now, *(value for row in told for value in row), today]


def midnight(at: datetime) -> datetime:
    """What was seen before is judged again, as at the first scan of each day."""
    return datetime.combine(at.date(), time(), tzinfo=at.tzinfo)


def _stored(column: str, value: Any) -> Any:
    """As this database takes it."""
    field: Any = Scan._meta.get_field(column)
    return field.get_db_prep_save(value, connection)


SAME = ("statuses", "tally", "score", "assessed", "containers", "engine_version", "catalogue_version", "snapshot_id")
SEEN = """
UPDATE fleet_host SET state = %s, seen_at = %s
WHERE id IN (WITH held AS (SELECT id FROM fleet_host WHERE id IN ({hosts}) ORDER BY id {lock}) SELECT id FROM held)
"""
# One statement, since at a thousand hosts what a scan costs is the making of its statements. The last scan must have
# seen the same, today: acceptances and attestations end with a day, and each day of a host has a row of its own. No
# finding may have changed since that scan began, but by it, nor be accepted by what is in force no more; and nobody may
# have attested anything since.
CLOSE = f"""
UPDATE scans_scan SET state = 'done', stage = 'done', finished_at = %s, lease_until = NULL,
       timings = known.timings, sight = known.mark, {", ".join(f"{name} = last.{name}" for name in SAME)}
FROM (WITH told (scan, host, attempts, mark, timings) AS (VALUES {{rows}})
      SELECT told.*, (SELECT id FROM scans_scan WHERE host_id = told.host AND state = 'done'
                      ORDER BY created_at DESC, id DESC LIMIT 1) AS last FROM told) AS known
     JOIN scans_scan AS last ON last.id = known.last
WHERE scans_scan.id = known.scan AND scans_scan.state = 'running' AND scans_scan.attempts = known.attempts
  AND scans_scan.created_at > last.created_at AND last.sight = known.mark
  AND last.finished_at >= %s AND last.started_at IS NOT NULL AND last.snapshot_id IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM findings_finding AS f LEFT JOIN findings_acceptance AS a ON a.id = f.acceptance_id
      WHERE f.host_id = known.host
        AND ((f.changed_at > last.started_at AND f.changed_at <> last.finished_at)
             OR (f.state = 'accepted' AND (a.id IS NULL OR a.state <> 'in_force'))))
  AND NOT EXISTS (SELECT 1 FROM findings_attestation AS t WHERE t.host_id = known.host AND t.at > last.started_at)
"""  # noqa: S608 - names of columns that stand above
