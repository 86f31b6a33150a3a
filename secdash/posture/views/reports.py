"""Reports: what to choose, each as a page to print, as PDF, and the evidence as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.checks.benchmark import EDITIONS
from secdash.posture.reporting import files, paper
from secdash.posture.reporting.asked import Asked
from secdash.posture.reporting.evidence import evidence
from secdash.posture.reporting.management import management
from secdash.posture.scope_choices import offered

MAKE: dict[str, Callable[..., Any]] = {"management": management, "evidence": evidence}


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), _asked(request)
    choices = offered(user, asked.scope)
    context = {"asked": asked, "choices": choices, "editions": EDITIONS, "today": timezone.localdate()}
    return render(request, "posture/reports.html", context)


@require_safe
def report(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as a page of its own, which prints as it is."""
    return render(request, f"posture/report_{kind}.html", _context(member(request), _asked(request), kind))


@require_safe
def report_file(request: HttpRequest, kind: str) -> HttpResponse:
    user, asked = member(request), _asked(request)
    try:
        written = paper.as_pdf(f"posture/report_{kind}.html", _context(user, asked, kind))
    except paper.NoPaper:
        messages.error(
            request, _("This server cannot make PDF, since Pango is not installed on it. Print the page instead.")
        )
        return redirect(f"{reverse('report', args=[kind])}?{asked.query}")
    response = HttpResponse(written, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="secdash-{kind}-{asked.until.isoformat()}.pdf"'
    return response


@require_safe
def evidence_file(request: HttpRequest) -> HttpResponseBase:
    user, asked, now = member(request), _asked(request), timezone.now()
    lines = files.as_csv(user, asked, evidence(user, asked, now=now), now=now)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"cis-docker-{asked.edition}-evidence-{asked.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: HttpRequest) -> Asked:
    return Asked.of(request.GET, today=timezone.localdate())


def _context(user: User, asked: Asked, kind: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "asked": asked,
        "kind": kind,
        "scope_said": offered(user, asked.scope).said(asked.scope),
        "page": MAKE[kind](user, asked, now=now),
        "by": user,
        "now": now,
    }
