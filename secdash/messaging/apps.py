"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "secdash.messaging"
    label = "messaging"

    def ready(self) -> None:
        from secdash.messaging import inbox, receivers
        from secdash.posture import context

        receivers.connect()
        context.also(inbox.UNREAD, inbox.unread)
