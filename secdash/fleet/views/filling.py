"""Showing a connection form again without losing what was typed, and without a page that carries a secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from secdash.fleet import drafts
from secdash.fleet.connection_forms import ConnectionForm
from secdash.fleet.onboarding import cards

TYPED = ("kind", "address", "server", "port", "account", "socket")


def kept_for(request: HttpRequest, at: datetime) -> dict[str, str]:
    """What this form's earlier sending left in the session."""
    return drafts.kept(request.session, request.POST.get("kept", ""), at=at)


def shown(
    request: HttpRequest, template: str, form: ConnectionForm, *, at: datetime, status: int = 200, **more: Any
) -> HttpResponse:
    if form.is_bound:
        form.kept_as(drafts.keep(request.session, form.typed_secrets, at=at))
    card = cards.card_of({name: str(form[name].value() or "") for name in TYPED})
    return render(request, template, {"form": form, "card": card, **more}, status=status)
