"""What a load balancer is told, and how little that is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from secdash.web import health


@pytest.fixture
def freshly_started(monkeypatch):
    monkeypatch.setattr(health, "_migrated", health.Migrated())


def test_live_needs_no_database():
    """Nothing marks this test as one that may use a database, so that any use of it fails."""
    answer = Client().get("/health/live")

    assert (answer.status_code, answer.content, answer["Cache-Control"][:9]) == (200, b"ok\n", "max-age=0")


@pytest.mark.django_db
def test_ready_once_the_tables_are_those_of_this_version(freshly_started):
    row = MigrationRecorder(connection).migration_qs.filter(app="scans").last()
    row.delete()
    before = Client().get("/health/ready")
    MigrationRecorder(connection).record_applied("scans", row.name)
    after = Client().get("/health/ready")

    assert (before.status_code, before.content) == (503, b"database not migrated\n")
    assert (after.status_code, after.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_database_that_is_ahead_is_good_enough(freshly_started):
    MigrationRecorder(connection).record_applied("scans", "9999_of_a_later_version")

    assert Client().get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_tables_are_looked_up_once(freshly_started, django_assert_num_queries):
    Client().get("/health/ready")

    with django_assert_num_queries(1):
        Client().get("/health/ready")


@pytest.mark.django_db
def test_a_database_that_is_away_is_said_without_its_address(monkeypatch, settings, tmp_path):
    """A real connection to nowhere: the directory of the file is not there."""
    from django.db.utils import ConnectionHandler

    nowhere = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "none" / "secret-place.sqlite3")}
    monkeypatch.setattr(health, "connection", ConnectionHandler({"default": nowhere})["default"])

    answer = Client().get("/health/ready")

    assert (answer.status_code, answer.content) == (503, b"database unreachable\n")
