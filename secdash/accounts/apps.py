"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "secdash.accounts"
    label = "accounts"

    def ready(self) -> None:
        from secdash.accounts import factors, receivers

        factors.listen()
        receivers.listen()
