"""Addresses of which one fails, while it holds what nobody may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from secdash.urls import urlpatterns as ours


def fail(request: HttpRequest) -> HttpResponse:
    key, passphrase = request.POST["private_key"], request.headers["Authorization"]
    raise RuntimeError(f"nothing of {len(key) + len(passphrase)} characters")


urlpatterns = [path("fail/", fail), *ours]
