"""Celery's door to acts on many findings: an id in, one call out."""

from __future__ import annotations

from celery import shared_task

from secdash.findings import bulk

SECONDS = 900


@shared_task(acks_late=True, time_limit=SECONDS)
def run_bulk_act(act_id: int) -> None:
    bulk.run(act_id)
