"""/metrics, for Prometheus and its like."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from secdash.accounts.roles import Act
from secdash.api import metrics
from secdash.api.models import Scope
from secdash.api.rest import problems
from secdash.api.rest.guard import Bearer
from secdash.api.rest.problems import NO_TOKEN, Problem

GUARD = Bearer(Scope.METRICS, act=Act.SEE_HOSTS)


@login_not_required
@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    try:
        token = GUARD(request)
    except Problem as problem:
        return problems.as_response(problem, request)
    if token is None:
        return problems.as_response(Problem(NO_TOKEN, headers=problems.CHALLENGE), request)
    return HttpResponse(metrics.exposition(token.user, at=timezone.now()), content_type=metrics.CONTENT_TYPE)
