"""The connection to the database that a worker's process keeps from task to task.

Celery would open one for each task: a new process of the server's, which reads its catalogues anew. That costs more
than what the scan of an unchanged host asks of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from secdash.web.unavailable import AWAY

_met_errors: WeakSet[BaseDatabaseWrapper] = WeakSet()  # Django forgets it with the next roll-back that is answered


def renew(*, task: Any, **_told: Any) -> None:
    """Before and after each task: one that grew old or met an error is given up, and the next statement opens another.

    Django asks `SELECT 1` of one that met an error, and keeps it where that is answered. So it is by a former primary
    that only reads by now, which would fail every task until the connection is old. A task that is done at once is
    within somebody's own transaction.
    """
    if task.request.is_eager:
        return
    for each in connections.all():
        if _note_errors not in each.execute_wrappers:
            each.execute_wrappers.append(_note_errors)
        if each.errors_occurred or each in _met_errors:
            each.close()
            _met_errors.discard(each)
        each.close_if_unusable_or_obsolete()


def _note_errors(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Around each statement."""
    try:
        return execute(sql, params, many, context)
    except AWAY:
        _met_errors.add(context["connection"])
        raise
