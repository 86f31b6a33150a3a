"""Celery's door of accounts: what is mailed, is mailed behind the asker's back, so that time tells them nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from secdash.accounts import mail, recovering


@shared_task(
    autoretry_for=(mail.NotSent,), max_retries=3, retry_backoff=30, soft_time_limit=45, time_limit=90, expires=3600
)
def mail_reset(name: str, language: str) -> None:
    recovering.mail_links(name, language=language, at=timezone.now())
