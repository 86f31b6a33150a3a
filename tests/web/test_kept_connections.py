"""A process keeps its connection to the database from task to task, but for one that cannot be relied on."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import InternalError, connection
from django.db.transaction import atomic

from secdash.celery import app
from secdash.scans.tasks import tick
from secdash.web.unavailable import broken
from tests.knowledge.search.databases import a_database, serving

pytestmark = pytest.mark.services


@pytest.fixture
def served(postgres_url, django_db_blocker):
    """A connection of this thread, kept as the settings keep them; in autocommit, as between tasks."""
    with django_db_blocker.unblock(), serving(a_database(postgres_url, "tasks")):
        connection.settings_dict.update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (number int)")
        yield connection


def in_a_task(*statements: str, first: Callable[[], None] = lambda: None) -> int:
    """What happens in a worker around a task that carries these out; the server's process that it had."""
    fixup = DjangoWorkerFixup(app)
    fixup.on_task_prerun(tick)
    task_prerun.send(sender=tick, task_id="one", task=tick)
    try:
        first()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
            for statement in statements:
                cursor.execute(statement)
        return process
    finally:
        task_postrun.send(sender=tick, task_id="one", task=tick)
        fixup.on_task_postrun(tick)


WRITES = "INSERT INTO kept VALUES (1)"


def test_a_sound_connection_serves_task_after_task(served):
    assert len({in_a_task(WRITES) for _ in range(3)}) == 1


def test_one_that_only_reads_serves_no_second_task(served):
    first = in_a_task("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    with pytest.raises(InternalError, match="read-only transaction"):
        in_a_task(WRITES)

    assert served.connection is None
    assert in_a_task(WRITES) != first


def test_nor_does_one_whose_error_was_rolled_back_and_got_over(served):
    first = in_a_task("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")

    def writing():
        with pytest.raises(InternalError, match="read-only transaction"), atomic(), connection.cursor() as cursor:
            cursor.execute(WRITES)

    in_a_task(first=writing)

    assert served.connection is None
    assert in_a_task(WRITES) != first


def test_a_page_that_could_not_write_gives_it_up(served, rf):
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        try:
            cursor.execute(WRITES)
        except InternalError:
            page = broken(rf.get("/"))

    assert page.status_code == 503
    assert served.connection is None


def test_one_that_the_server_ended_fails_no_task(served, postgres_url):
    first = in_a_task(WRITES)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [first])

    assert in_a_task(WRITES) != first


def test_one_that_grew_old_is_replaced(served):
    first = in_a_task(WRITES)
    served.close_at = 0.0  # by the monotonic clock: long ago

    assert in_a_task(WRITES) != first
