"""The connection to the database that a worker's process keeps from task to task.

Celery would open one for each task: a new process of the server's, which reads its catalogues anew. That costs more
than what the scan of an unchanged host asks of it.
"""

from __future__ import annotations

from typing import Any

from django.db import connections


def renew(*, task: Any, **_told: Any) -> None:
    """Before and after each task: one that grew old or met an error is given up, and the next statement opens another.

    Django asks `SELECT 1` of one that met an error, and keeps it where that is answered. So it is by a former primary
    that only reads by now, which would fail every task until the connection is old. A task that is done at once is
    within somebody's own transaction.
    """
    if task.request.is_eager:
        return
    for each in connections.all(initialized_only=True):
        if each.errors_occurred:
            each.close()
        each.close_if_unusable_or_obsolete()
