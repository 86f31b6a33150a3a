"""How large five years of a fleet are, with what is let go of as they pass: sizes by table, for 1,000 hosts.

Run as `python -m bench.years` (some minutes); `python -m bench.years 10 20` takes other numbers of hosts. Each fleet is
filled month by month, and after each month `secdash.scans.forgetting` does what the worker does. The last two months
have a scan an hour; the others have two a day, one of which is let go of: of 24 no more would stay. Two sizes say
whether a host costs the same in both; then the larger one times so many is 1,000 hosts: a fleet of 1,000 is never
filled, and one size alone is not judged.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bench.figures import tell, verdict
from bench.fleet import CONTAINERS, prepare
from tests.engine.services import running_postgres

DAYS, MONTH = 1830, 30
HOURLY, SELDOM, HOURLY_DAYS = 24, 2, 60  # scans a day
A_DAY_NEW, A_DAY_BACK = 4, 4  # of each host: findings that are never seen again, and such that are fixed and come back
STATED = 25_000_000_000  # bytes, as docs/operations.md says of 1,000 hosts
UNLIKE = 0.15  # what a host may cost more in the larger fleet than in the smaller
TABLES = ("scans_scan", "scans_snapshot", "findings_finding", "findings_transition", "scans_postureday")


class Sized(NamedTuple):
    """A fleet after its years: bytes and rows by table, seconds of the longest batch, and of all that was let go of."""

    hosts: int
    tables: dict[str, tuple[int, int]]
    longest: float
    forgetting: float

    @property
    def a_host(self) -> float:
        return sum(size for size, _rows in self.tables.values()) / self.hosts


def main(sizes: list[int]) -> int:
    found: list[Sized] = []
    for hosts in sizes:
        with tempfile.TemporaryDirectory() as folder, running_postgres() as url:
            if not found:
                prepare(url, folder)
            found.append(lived(url, hosts))
            print(table(found[-1]), flush=True)
    small, large = found[0], found[-1]
    unlike = abs(large.a_host / small.a_host - 1)
    if large.hosts != small.hosts:
        print(f"\na host costs {unlike:.0%} more or less in {large.hosts} than in {small.hosts} (at most {UNLIKE:.0%})")
    total = large.a_host * 1000
    reckoned = f"{large.hosts} hosts of {DAYS:,} days, times {1000 / large.hosts:.0f}"
    print(f"\n1,000 hosts, reckoned from {reckoned}: {total / 1e9:.1f} GB (stated: {STATED / 1e9:.0f} GB)")
    for name, (size, _rows) in large.tables.items():
        tell("years", "a host", name, size / large.hosts / 1e3)
    return verdict(kept=total <= STATED and unlike <= UNLIKE, judged=large.hosts > small.hosts)


def lived(url: str, hosts: int) -> Sized:
    """Years of such a fleet in a new database."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from bench.pages import scanned_host
    from secdash.environment import database
    from secdash.fleet.models import Host

    connection.close()
    connection.settings_dict.update(database(url))
    call_command("migrate", verbosity=0)
    end = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    pattern = scanned_host("pattern", 0, CONTAINERS, at=end - timedelta(days=DAYS))
    Host.objects.bulk_create(
        Host(name=f"y-{n}", slug=f"y-{n}", interval=60, state=pattern.state, created_at=pattern.created_at)
        for n in range(hosts)
    )
    _run(FINDINGS, pattern=pattern.pk)
    took = [
        month(end - timedelta(days=ago), pattern.pk, HOURLY if ago <= HOURLY_DAYS else SELDOM)
        for ago in range(DAYS, 0, -MONTH)
    ]
    _run("VACUUM ANALYZE")
    sized = Sized(hosts, dict(_sizes()), max(longest for longest, _all in took), sum(each for _longest, each in took))
    connection.close()
    return sized


def month(start: datetime, pattern: int, scans: int) -> tuple[float, float]:
    """Write it, then let go of what is old; seconds of the longest batch and of all."""
    from secdash.scans.forgetting import steps

    for statement in (SNAPSHOTS, SCANS, NEW, BACK, POSTURE):
        _run(statement, start=start, month=MONTH, pattern=pattern, new=A_DAY_NEW, back=A_DAY_BACK, scans=scans)
    _run(f"VACUUM ANALYZE {', '.join(TABLES)}")
    took = []
    for step in steps(start + timedelta(days=MONTH)):
        number = 1
        while number:
            begun = time.perf_counter()
            number = step(500)
            took.append(time.perf_counter() - begun)
    print(f"  {start:%Y-%m}: {sum(took):.1f} s of forgetting", file=sys.stderr, flush=True)
    return max(took), sum(took)


def table(found: Sized) -> str:
    head = f"\n{found.hosts} hosts, {DAYS} days; longest batch {found.longest:.2f} s, all {found.forgetting:.0f} s\n"
    lines = ["| table | rows of a host | KB of a host | GB of 1,000 hosts |", "|---|---|---|---|"]
    for name, (size, rows) in found.tables.items():
        each = size / found.hosts
        lines.append(f"| {name} | {rows / found.hosts:,.0f} | {each / 1e3:,.0f} | {each / 1e6:.2f} |")
    return head + "\n".join(lines)


def _sizes() -> list[tuple[str, tuple[int, int]]]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = []
        for name in TABLES:
            cursor.execute(f"SELECT pg_total_relation_size('{name}'), count(*) FROM {name}")  # noqa: S608 - our names
            found.append((name, cursor.fetchone()))
    return found


def _run(statement: str, **values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


FINDINGS = """
INSERT INTO findings_finding (host_id, check_name, subject_kind, subject_key, subject_name, project, image, severity,
                              state, reason, evidence, opened_at, changed_at, bound_to)
SELECT h.id, f.check_name, f.subject_kind, f.subject_key, f.subject_name, f.project, f.image, f.severity, f.state,
       f.reason, f.evidence, f.opened_at, f.changed_at, f.bound_to
FROM fleet_host h, findings_finding f WHERE f.host_id = %(pattern)s AND h.id <> %(pattern)s
"""
# What a host has changes once a day.
SNAPSHOTS = """
INSERT INTO scans_snapshot (host_id, digest, content, created_at)
SELECT h.id, md5(h.id || '.' || d) || md5(d::text), s.content, d
FROM fleet_host h, scans_snapshot s,
     generate_series(%(start)s::timestamptz, %(start)s::timestamptz + (%(month)s - 1) * interval '1 day', '1 day') d
WHERE s.host_id = %(pattern)s AND h.id <> %(pattern)s
"""
SCANS = """
INSERT INTO scans_scan (host_id, trigger, state, stage, progress_done, progress_total, attempts, created_at, started_at,
                        finished_at, timings, statuses, tally, score, assessed, containers, engine_version,
                        catalogue_version, error, snapshot_id)
SELECT p.host_id, s.trigger, 'done', 'done', 0, 0, 1, n.at, n.at, n.at, s.timings, s.statuses, s.tally, s.score,
       s.assessed, s.containers, s.engine_version, s.catalogue_version, s.error, p.id
FROM scans_snapshot p, scans_scan s,
     LATERAL (SELECT p.created_at + k * interval '1 day' / %(scans)s AS at FROM generate_series(0, %(scans)s - 1) k) n
WHERE s.host_id = %(pattern)s AND p.host_id <> %(pattern)s AND p.created_at >= %(start)s
ORDER BY n.at
"""
NEW = """
WITH made AS (
  INSERT INTO findings_finding (host_id, check_name, subject_kind, subject_key, subject_name, project, image, severity,
                                state, reason, evidence, opened_at, changed_at, bound_to)
  SELECT p.host_id, f.check_name, f.subject_kind, f.subject_key || p.id || '-' || n, f.subject_name || p.id, f.project,
         f.image, f.severity, 'resolved', f.reason, f.evidence, p.created_at, p.created_at + interval '10 days', '{}'
  FROM scans_snapshot p, generate_series(1, %(new)s) n,
       (SELECT * FROM findings_finding WHERE host_id = %(pattern)s
        ORDER BY length(evidence::text) DESC OFFSET 50 LIMIT 1) f
  WHERE p.host_id <> %(pattern)s AND p.created_at >= %(start)s
  RETURNING id, host_id, opened_at, changed_at
)
INSERT INTO findings_transition (finding_id, at, was, now, why, lasted, note, scan_id)
SELECT made.id, CASE WHEN k = 1 THEN opened_at ELSE changed_at END, CASE WHEN k = 1 THEN '' ELSE 'open' END,
       CASE WHEN k = 1 THEN 'open' ELSE 'resolved' END, CASE WHEN k = 1 THEN 'seen' ELSE 'fixed' END,
       CASE WHEN k = 2 THEN 864000 END, '{}', s.id
FROM made JOIN scans_scan s ON s.host_id = made.host_id AND s.created_at = made.opened_at, generate_series(1, 2) k
"""
BACK = """
INSERT INTO findings_transition (finding_id, at, was, now, why, lasted, note, scan_id)
SELECT f.id, p.created_at + k * interval '4 hours', CASE WHEN k = 1 THEN 'open' ELSE 'resolved' END,
       CASE WHEN k = 1 THEN 'resolved' ELSE 'open' END, CASE WHEN k = 1 THEN 'fixed' ELSE 'reopened' END,
       CASE WHEN k = 1 THEN 14400 END, '{}', s.id
FROM scans_snapshot p JOIN scans_scan s ON s.snapshot_id = p.id AND s.created_at = p.created_at
     CROSS JOIN LATERAL (SELECT id FROM findings_finding g WHERE g.host_id = p.host_id AND g.state = 'open'
                         ORDER BY md5(g.id || '.' || p.id) LIMIT %(back)s) f,
     generate_series(1, 2) k
WHERE p.host_id <> %(pattern)s AND p.created_at >= %(start)s
"""
POSTURE = """
INSERT INTO scans_postureday (host_id, host_ident, host_name, day, catalogue_version, score, assessed, passed, failed,
                              unknown, critical, high, medium, low, info, accepted, opened, resolved, accepted_begun,
                              accepted_ended, fixed_in_time, fixed_late, fix_times, moves, moved)
SELECT h.id, h.id, h.name, p.created_at::date, '', 40 + p.id %% 50, 0.9, 4000, 200, 300, 2, 20, 90, 60, 28, 3,
       %(new)s + %(back)s, %(new)s + %(back)s, 0, 0, 4, 4, '{"medium": {"160": 2, "200": 1}, "high": {"120": 1}}',
       '{"fixed": {"no-memory-limit": 1, "privileged-container": 3}, "new": {"no-memory-limit": -1}}', true
FROM fleet_host h JOIN scans_snapshot p ON p.host_id = h.id
WHERE h.id <> %(pattern)s AND p.created_at >= %(start)s
"""


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or [5, 10]))
