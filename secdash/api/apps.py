"""For programs: REST, tokens, metrics."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "secdash.api"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from secdash.api.services_stay_out import refuse_service

        user_logged_in.connect(refuse_service)
