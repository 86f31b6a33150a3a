"""The pages of tokens: one's own, those of services, making one, revoking one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.api import access, tokens
from secdash.api.forms import ServiceTokenForm, TokenForm
from secdash.api.models import Token, TokenQuerySet
from secdash.web.saying import said


@require_safe
def tokens_page(request: HttpRequest) -> HttpResponse:
    user, now = member(request), timezone.now()
    context = {
        "mine": _with_states(access.own_tokens(user), now),
        "services": _with_states(access.service_tokens(user), now),
        "may_manage": user.can(Act.MANAGE_TOKENS),
    }
    return render(request, "api/tokens.html", context)


def _with_states(found: TokenQuerySet, now: datetime) -> list[tuple[Token, Token.State]]:
    return [(token, token.state_at(now)) for token in found]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_add(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            given = tokens.give(member(request), **form.values(), at=timezone.now())
        except tokens.Refused as refused:
            form.add_error(None, said(refused.message))
        else:
            return _shown_once(request, given)
    return render(request, "api/token_add.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.MANAGE_TOKENS)
def service_token_add(request: HttpRequest) -> HttpResponse:
    form = ServiceTokenForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return _shown_once(request, tokens.give_service(**form.values(), by=member(request), at=timezone.now()))
    return render(request, "api/service_token_add.html", {"form": form}, status=422 if form.is_bound else 200)


@sensitive_variables()
def _shown_once(request: HttpRequest, given: tokens.Given) -> HttpResponse:
    """In the answer to the form itself: what is redirected would have to be kept somewhere in between."""
    return render(request, "api/token_made.html", {"token": given.token, "secret": given.secret})


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    token = access.token_for(user, pk)
    if request.method == "POST":
        tokens.revoke(token, by=user, at=timezone.now())
        messages.success(request, _("The token %(name)s is revoked. It opens nothing any more.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "api/token_revoke.html", {"token": token})
