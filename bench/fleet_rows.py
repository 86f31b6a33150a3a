"""The rows of a large fleet, written by PostgreSQL itself from one host that was scanned as any other.

What varies is what queries depend on: which checks fail, states, ages, projects, images, assignees, groups. What a page
reads of one host (its snapshot, its tallies) is the template host's, so that each answer is one the product could give.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from psycopg import sql

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.fleet.models import Connection, Group, Host, Tag

GROUPS, TAGS, PEOPLE, DAYS = 20, 10, 8, 365
ENVIRONMENTS = ("production", "staging", "test")
A_HOST_OPEN = 200


class Size(NamedTuple):
    """`findings` and `moves` are of one host: its findings, and the transitions of each."""

    hosts: int
    findings: int
    moves: int


def write(size: Size, *, template: int, today: date) -> None:
    """Fill the tables beside the template host, whose id is given. Takes minutes at full size."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET max_wal_size = '16GB'")  # or a checkpoint is written every few seconds
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("SET session_replication_role = replica")  # no check of foreign keys, row by row
        cursor.execute("SET maintenance_work_mem = '512MB'")
        _people_and_hosts(size)
        for statement in (SCANS, SUBJECTS):
            _run(cursor, statement, size, template, today)
        for table, statement in LARGE.items():
            _without_indexes(cursor, table, statement, size, template, today)
        cursor.execute("RESET session_replication_role")
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("ALTER SYSTEM RESET max_wal_size")
        cursor.execute("SELECT pg_reload_conf()")
        for table in SEQUENCES:
            newest = sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {}))")
            cursor.execute(newest.format(sql.Identifier(table)), [table])
        cursor.execute("VACUUM ANALYZE")


def _people_and_hosts(size: Size) -> None:
    """The few rows, by the models: they gain columns, and with them what stands there where nothing is said."""
    now = timezone.now()
    groups = Group.objects.bulk_create(Group(name=f"Group {n}", slug=f"group-{n}") for n in range(1, GROUPS + 1))
    User.objects.bulk_create(User(username=f"person-{n}", role=Role.OPERATOR) for n in range(1, PEOPLE + 1))
    hosts = Host.objects.bulk_create(
        Host(
            name=f"fleet-{n:04}",
            slug=f"fleet-{n:04}",
            group=groups[n % GROUPS],
            environment=ENVIRONMENTS[n % len(ENVIRONMENTS)],
            interval=60,
            file_reading=Host.Files.NONE,
            state=Host.State.UNREACHABLE if n % 40 == 0 else Host.State.REACHABLE,
            seen_at=now - timedelta(seconds=n),
            created_at=now - timedelta(days=400),
        )
        for n in range(1, size.hosts)
    )
    tags = Tag.objects.bulk_create(Tag(name=f"tag-{n}") for n in range(TAGS))
    tagged = (Host.tags.through(host=host, tag=tags[n % TAGS]) for n, host in enumerate(hosts))
    Host.tags.through.objects.bulk_create(tagged)
    Connection.objects.bulk_create(Connection(host=host, kind="unix", address="/run/docker.sock") for host in hosts)


def _run(cursor: Any, statement: str, size: Size, template: int, today: date) -> None:
    values = {
        "hosts": size.hosts,
        "findings": size.findings,
        "moves": size.moves,
        "open": A_HOST_OPEN,
        "people": PEOPLE,
        "days": DAYS,
        "template": template,
        "today": today,
        "first_day": today - timedelta(days=DAYS - 1),
    }
    cursor.execute(statement, values)


def _without_indexes(cursor: Any, table: str, statement: str, size: Size, template: int, today: date) -> None:
    """Write into a table whose indexes are made anew after, which is several times as fast. Constraints keep theirs."""
    cursor.execute(INDEXES, [table])
    indexes: Sequence[tuple[str, str]] = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    _run(cursor, statement, size, template, today)
    for _name, definition in indexes:
        cursor.execute(definition)


INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
SEQUENCES = ("fleet_host", "fleet_group", "fleet_connection", "scans_scan", "findings_finding", "findings_transition")

SCANS = """
INSERT INTO scans_snapshot (host_id, digest, content, created_at)
SELECT h.id, s.digest, s.content, s.created_at FROM fleet_host h, scans_snapshot s
WHERE s.host_id = %(template)s AND h.id <> %(template)s;
INSERT INTO scans_scan (host_id, trigger, state, stage, progress_done, progress_total, attempts, created_at, started_at,
                        finished_at, timings, statuses, tally, score, assessed, containers, engine_version,
                        catalogue_version, error, snapshot_id)
SELECT h.id, s.trigger, s.state, s.stage, 0, 0, 1, s.created_at - d * interval '1 day',
       s.created_at - d * interval '1 day', s.created_at - d * interval '1 day', s.timings, s.statuses, s.tally,
       s.score, s.assessed, s.containers, s.engine_version, s.catalogue_version, s.error,
       (SELECT id FROM scans_snapshot p WHERE p.host_id = h.id)
FROM fleet_host h, scans_scan s, generate_series(0, 29) d
WHERE s.host_id = %(template)s AND h.id <> %(template)s;
"""

# The template's own findings, numbered: those of each host are these over again, with other names where they repeat.
SUBJECTS = """
CREATE TEMPORARY TABLE pattern AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS many, f.*
FROM findings_finding f WHERE host_id = %(template)s
"""

FINDINGS = """
INSERT INTO findings_finding (host_id, check_name, subject_kind, subject_key, subject_name, project, image, severity,
                              state, reason, evidence, opened_at, changed_at, assignee_id, due_on, bound_to)
SELECT h.id, p.check_name, p.subject_kind,
       p.subject_key || CASE WHEN k < p.many THEN '' ELSE '-' || k / p.many END,
       p.subject_name || CASE WHEN k < p.many THEN '' ELSE '-' || k / p.many END,
       p.project, p.image, p.severity, CASE WHEN k < %(open)s THEN 'open' ELSE 'resolved' END, p.reason, p.evidence,
       now() - ((h.id * 7 + k * 13) %% 300 + 1) * interval '1 day', now() - ((h.id + k) %% 60) * interval '1 day',
       CASE WHEN k < %(open)s AND k %% 5 = 0
            THEN (SELECT id FROM accounts_user WHERE username = 'person-' || ((h.id + k) %% %(people)s + 1)) END,
       CASE WHEN k < %(open)s THEN %(today)s::date + ((h.id * 3 + k * 7) %% 120 - 40)::int END, '{}'
FROM fleet_host h, generate_series(0, %(findings)s - 1) k JOIN pattern p ON p.n = k %% p.many
WHERE h.id <> %(template)s
"""

# Seen, fixed, seen again …, the last in the state that the finding has.
TRANSITIONS = """
INSERT INTO findings_transition (finding_id, at, was, now, why, lasted, note)
SELECT f.id, f.opened_at - (m.last - k) * interval '3 hours',
       CASE WHEN k = 1 THEN '' WHEN k %% 2 = 0 THEN 'open' ELSE 'resolved' END,
       CASE WHEN k %% 2 = 0 THEN 'resolved' ELSE 'open' END,
       CASE WHEN k = 1 THEN 'seen' WHEN k %% 2 = 0 THEN 'fixed' ELSE 'reopened' END,
       CASE WHEN k %% 2 = 0 THEN 10800 END, '{}'
FROM findings_finding f,
     LATERAL (SELECT %(moves)s + CASE WHEN f.state = 'open' THEN 1 ELSE 0 END AS last) m,
     LATERAL generate_series(1, m.last) k
WHERE f.host_id <> %(template)s
"""

DAY_ROWS = """
INSERT INTO scans_postureday (host_id, host_ident, host_name, group_id, day, catalogue_version, score, assessed, passed,
                              failed, unknown, critical, high, medium, low, info, accepted, opened, resolved,
                              accepted_begun, accepted_ended, fixed_in_time, fixed_late, fix_times, moves, moved)
SELECT h.id, h.id, h.name, h.group_id, %(first_day)s::date + d, '', 40 + (h.id + d / 7) %% 50, 0.9, 4000, 200, 300,
       2, 20, 90, 60, 28, 3, (h.id + d) %% 4, (h.id + d) %% 5, 0, 0, (h.id + d) %% 3, (h.id + d) %% 2,
       '{"medium": {"160": 2, "200": 1}, "high": {"120": 1}}',
       CASE WHEN (h.id + d) %% 7 = 0 THEN '{"fixed": {"no-memory-limit": 1}}' ELSE '{}' END::jsonb, (h.id + d) %% 7 = 0
FROM fleet_host h, generate_series(0, %(days)s - 1) d WHERE h.id <> %(template)s
"""

LARGE = {"findings_finding": FINDINGS, "findings_transition": TRANSITIONS, "scans_postureday": DAY_ROWS}
