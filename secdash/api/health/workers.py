"""Who works from the queue: the workers are asked, and those that answer within a second are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.api.health.parts import Level, Part
from secdash.celery import app

PATIENCE = 1.0  # seconds; who answers is not known before, so all of it is waited
SCANS, MESSAGES = (queue.name for queue in settings.CELERY_TASK_QUEUES)


def serving() -> Mapping[str, int]:
    """Queue → how many workers serve it."""
    with app.connection_for_write() as there:
        answers = app.control.inspect(timeout=PATIENCE, connection=there).active_queues() or {}
    return Counter(queue["name"] for queues in answers.values() for queue in queues)


def scanners(serving: Mapping[str, int]) -> Part:
    todo = _("Start “celery -A secdash worker”. Scans wait until then.")
    return _part("worker", _("Worker"), serving.get(SCANS, 0), todo)


def senders(serving: Mapping[str, int]) -> Part:
    todo = _("Start “celery -A secdash worker --queues secdash-messages”. Messages wait until then.")
    return _part("sender", _("Sender of messages"), serving.get(MESSAGES, 0), todo)


def _part(name: str, title: str, number: int, todo: str) -> Part:
    if number:
        said = ngettext("%(number)d process answers.", "%(number)d processes answer.", number) % {"number": number}
        return Part(name, title, Level.GOOD, said)
    return Part(name, title, Level.BAD, _("No process answers."), todo)
