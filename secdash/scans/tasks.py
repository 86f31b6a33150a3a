"""Celery's doors: an id in, one call out."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from secdash.facts.images.reading import SECONDS_A_SCAN
from secdash.scans import asking_again, forgetting, rejudging, services, ticking, together


@shared_task(acks_late=True, time_limit=settings.SCAN_SECONDS + SECONDS_A_SCAN + 60)
def run_scan(scan_id: int) -> None:
    services.run(scan_id)


@shared_task(acks_late=True, time_limit=settings.SCAN_SECONDS + 60)
def run_scans(scan_ids: list[int]) -> None:
    together.run(scan_ids)


@shared_task(acks_late=True, time_limit=settings.SCAN_SECONDS + SECONDS_A_SCAN + 60)
def ask_again(receipt_id: int) -> None:
    asking_again.run(receipt_id)


@shared_task(time_limit=60, expires=30)
def tick() -> None:
    ticking.tick(at=timezone.now())


@shared_task(time_limit=300, expires=300)
def rejudge() -> None:
    rejudging.run(at=timezone.now())


@shared_task(time_limit=300, expires=600)
def forget() -> None:
    forgetting.run(at=timezone.now())
