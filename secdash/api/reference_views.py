"""What programs can ask, for people to read, and as a document for machines."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe

from secdash.api import reference
from secdash.api.rest import described, problems
from secdash.api.rest.guard import admitted


@require_safe
def reference_page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html", reference.page())


@login_not_required
@conditional_page
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """For whoever signed in, and for any usable token."""
    if not request.user.is_authenticated and not _has_token(request):
        return problems.as_response(problems.Problem(problems.NO_TOKEN, headers=problems.CHALLENGE), request)
    return JsonResponse(described.standing())


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and admitted(request, secret, at=timezone.now()) is not None


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address: programs read a problem, not a page."""
    return problems.as_response(problems.Problem(problems.NOT_FOUND), request)
