"""Nobody changes or removes what the audit log says: the model refuses, and both databases do."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error, connection, transaction

from secdash.audit import append_only
from secdash.audit.models import AuditEntry
from secdash.audit.recording import FIRST, record
from secdash.environment import BASE
from secdash.frozen import Frozen
from tests.knowledge.search.databases import a_database, serving

pytestmark = pytest.mark.django_db

CHANGES = (
    "UPDATE audit_auditentry SET name = 'another'",
    "DELETE FROM audit_auditentry",
)


@pytest.fixture
def guarded(db):
    append_only.guard(connection)
    return connection


def refused(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return append_only.WORDS in str(error)
    return False


def three():
    return [record("host.changed", name=f"host {number}", before={"n": number}) for number in range(3)]


def broken_by(statement, *values):
    """What the command says after somebody with the database in hand took the triggers away for a moment."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    append_only.guard(connection)
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit")
    return str(caught.value)


def test_the_model_refuses():
    entry = record("host.changed", name="web-01")
    acts = [
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(name="another"),
        lambda: AuditEntry.objects.bulk_update([entry], ["name"]),
    ]

    for act in acts:
        with pytest.raises(Frozen), transaction.atomic():
            act()

    assert AuditEntry.objects.get().name == "web-01"


def test_the_database_refuses(guarded):
    three()

    assert [refused(statement) for statement in CHANGES] == [True, True]
    assert AuditEntry.objects.filter(name__startswith="host ").count() == 3


@pytest.fixture
def on_postgresql(postgres_url):
    """A database with the tables of people and of the log alone."""
    url = a_database(postgres_url, "audit_log")
    with serving(url):
        call_command("migrate", "audit", verbosity=0)
        yield url


@pytest.mark.services
def test_postgresql_refuses_too(on_postgresql):
    first, *_rest = three()

    said = [refused(statement) for statement in (*CHANGES, "TRUNCATE audit_auditentry")]

    assert said == [True, True, True]
    call_command("verify_audit", head=first.digest)
    append_only.unguard(connection)
    assert f"does not fit is {first.pk} (" in broken_by(CHANGES[0])


def test_a_whole_log_says_so_and_prints_its_head(guarded, capsys):
    *_others, last = three()

    call_command("verify_audit")

    assert "Rows that hold: 3." in capsys.readouterr().out
    call_command("verify_audit", head=last.digest.upper())
    assert last.digest in capsys.readouterr().out


def test_an_empty_log_is_whole(guarded, capsys):
    call_command("verify_audit", head=FIRST)

    assert FIRST in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE audit_auditentry SET name = 'another' WHERE id = %s", 1),
        ("UPDATE audit_auditentry SET after = '{}', before = '{}' WHERE id = %s", 1),
        ("UPDATE audit_auditentry SET at = '2001-01-01 00:00:00' WHERE id = %s", 1),
        ("UPDATE audit_auditentry SET by_name = 'another' WHERE id = %s", 1),
        ("UPDATE audit_auditentry SET address = '192.0.2.1' WHERE id = %s", 1),
        ("DELETE FROM audit_auditentry WHERE id = %s", 2),
    ],
)
def test_the_first_row_that_does_not_fit_is_named(db, statement, first_broken):
    rows = three()

    said = broken_by(statement, rows[1].pk)

    assert f"does not fit is {rows[first_broken].pk} (" in said


def test_rows_cut_off_at_the_end_are_missed_where_the_head_was_kept(db):
    *_others, last = three()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [last.pk])
    append_only.guard(connection)

    call_command("verify_audit")
    with pytest.raises(CommandError, match="rows are missing"):
        call_command("verify_audit", head=last.digest)


def test_missing_triggers_are_told(db):
    three()

    with pytest.raises(CommandError, match="triggers are missing"):
        call_command("verify_audit")


@pytest.mark.services
def test_many_who_record_at_once_make_one_chain(on_postgresql):
    environment = {"DATABASE_URL": on_postgresql, "SECDASH_SECRET_KEY": "x" * 50, "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-m", "tests.audit.racing"],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert AuditEntry.objects.count() == 60
    call_command("verify_audit")
