"""Celery's doors: an id in, one call out."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from secdash.messaging import sending, services


@shared_task(acks_late=True, soft_time_limit=45, time_limit=90)
def deliver(delivery_id: int) -> None:
    sending.deliver(delivery_id, at=timezone.now())


@shared_task(time_limit=120, expires=60)
def tick() -> None:
    services.tick(at=timezone.now())
