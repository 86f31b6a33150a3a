"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "secdash.messaging"
    label = "messaging"

    def ready(self) -> None:
        from secdash import keeping_sealed
        from secdash.messaging import inbox, receivers
        from secdash.posture import context

        receivers.connect()
        keeping_sealed.keeps("messaging.Channel", "sealed")
        context.also(inbox.UNREAD, inbox.unread)
