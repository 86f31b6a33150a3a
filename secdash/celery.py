"""The Celery application: `celery -A secdash worker`, `celery -A secdash beat`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init

from secdash import worker_sign
from secdash.web import kept_connections, log_context, settling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")

app = Celery("secdash")
app.set_default()  # in every thread: the web process answers in several, and a current app is a thread's own
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["secdash.accounts", "secdash.findings", "secdash.scans", "secdash.messaging", "secdash.reports"]
)
app.user_options["worker"].add(worker_sign.OPTION)
app.steps["consumer"].add(worker_sign.Sign)


@task_prerun.connect(dispatch_uid="lines of the log name the task")
def _begin(*, task_id: str, **_told: Any) -> None:
    log_context.begin(task=task_id)


task_postrun.connect(log_context.end, dispatch_uid="and cease to")
task_prerun.connect(kept_connections.renew, dispatch_uid="a connection that broke since the last task ends")
task_postrun.connect(kept_connections.renew, dispatch_uid="and one that met an error in this one")


@worker_init.connect(dispatch_uid="a worker outlives its connection to the queue")
def _survive(**_told: Any) -> None:
    from secdash import lost_queue  # what speaks Redis takes a sixth of the start of each command that needs none

    lost_queue.survive()


@worker_process_init.connect(dispatch_uid="what was loaded is never garbage")
def _settle(**_told: Any) -> None:
    """Each process that does tasks: else the collector walks all modules again and again while it scans."""
    settling.freeze()
