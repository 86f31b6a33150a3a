"""The overview: how all hosts stand, what changed since yesterday, what is worst."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.posture import overview as figures


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user = member(request)
    page = figures.overview(user, now=timezone.now())
    context = {"page": page, "may_scan": user.can(Act.SCAN), "may_add": user.can(Act.MANAGE_HOSTS)}
    template = "posture/overview.html" if page.summary.hosts else "posture/welcome.html"
    return render(request, template, context)
