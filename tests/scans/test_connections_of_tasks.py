"""A worker's process keeps its connection to the database from task to task, but for one that broke."""

from __future__ import annotations

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import OperationalError, connection

from secdash.celery import app
from secdash.scans.tasks import tick
from tests.knowledge.search.databases import a_database, serving

pytestmark = pytest.mark.services


@pytest.fixture
def served(postgres_url, django_db_blocker):
    """A connection of this thread, kept as the settings keep them."""
    with django_db_blocker.unblock(), serving(a_database(postgres_url, "tasks")):
        connection.settings_dict.update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
        connection.connect()
        yield connection


def a_task_begins_and_ends():
    """As Celery and we do in a worker."""
    fixup = DjangoWorkerFixup(app)
    fixup.on_task_prerun(tick)
    task_prerun.send(sender=tick, task_id="one", task=tick)
    task_postrun.send(sender=tick, task_id="one", task=tick)
    fixup.close_database()


def test_a_sound_connection_serves_the_next_task(served):
    first = served.connection

    a_task_begins_and_ends()

    assert served.connection is first


def test_one_that_broke_does_not(served):
    first = served.connection
    first.close()
    with pytest.raises(OperationalError), served.cursor() as cursor:
        cursor.execute("SELECT 1")

    a_task_begins_and_ends()

    assert served.connection is not first
    with served.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
