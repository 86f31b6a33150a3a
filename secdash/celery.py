"""The Celery application: `celery -A secdash worker`, `celery -A secdash beat`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")

app = Celery("secdash")
app.set_default()  # in every thread: the web process answers in several, and a current app is a thread's own
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["secdash.accounts", "secdash.findings", "secdash.scans", "secdash.messaging", "secdash.reports"]
)
