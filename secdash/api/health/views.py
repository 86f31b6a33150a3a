"""How the parts are: a page for those who operate secdash, and the same as JSON for what watches over it."""

from __future__ import annotations

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from secdash.accounts.access import needs
from secdash.accounts.roles import Act
from secdash.api.health.looking import look
from secdash.api.health.parts import worst
from secdash.api.models import Scope
from secdash.api.rest import problems
from secdash.api.rest.guard import Bearer
from secdash.api.rest.problems import FORBIDDEN, NO_TOKEN, Problem

GUARD = Bearer(Scope.METRICS, act=Act.SEE_HOSTS)


@require_safe
@never_cache
@needs(Act.MANAGE_HOSTS)
def health_page(request: HttpRequest) -> HttpResponse:
    parts = look(at=timezone.now())
    return render(request, "api/health.html", {"parts": parts, "worst": worst(parts)})


@login_not_required
@require_safe
@never_cache
def dependencies(request: HttpRequest) -> HttpResponse:
    """For a token of the scope `metrics`, of somebody who sees all hosts: it is about the whole installation."""
    try:
        token = GUARD(request)
        if token is None:
            raise Problem(NO_TOKEN, headers=problems.CHALLENGE)
        if not token.user.sees_all:
            raise Problem(FORBIDDEN)
    except Problem as problem:
        return problems.as_response(problem, request)
    parts = look(at=timezone.now())
    said = {"status": worst(parts), "parts": [part._asdict() for part in parts]}
    return HttpResponse(orjson.dumps(said), content_type="application/json")
