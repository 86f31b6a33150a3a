"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "secdash.accounts"
    label = "accounts"

    def ready(self) -> None:
        from secdash import keeping_sealed
        from secdash.accounts import factors, receivers

        keeping_sealed.keeps("mfa.Authenticator", "data", "secret", "seed")
        factors.listen()
        receivers.listen()
