"""Pages and acts of the frame itself: the theme, and the page of all parts for those who build."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from secdash.web import samples
from secdash.web.themes import COOKIE, YEAR, chosen


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    theme = chosen(request.POST.get("theme"))
    response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    return render(request, "web/parts.html", samples.everything())
