"""Celery's doors: an id in, one call out."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from secdash.reports import mailing, scheduling, writing


@shared_task(acks_late=True, time_limit=300)
def write_paper(paper_id: int) -> None:
    writing.write(paper_id)


@shared_task(acks_late=True, time_limit=60)
def mail_paper(paper_id: int) -> None:
    mailing.mail(paper_id, at=timezone.now())


@shared_task(time_limit=60, expires=60)
def tick() -> None:
    at = timezone.now()
    scheduling.write_due(at=at)
    writing.take_up(at=at)
