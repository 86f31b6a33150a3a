"""Reports: what to choose, each as a page to print, as PDF that a worker writes, and regularly by mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.checks.benchmark import EDITIONS
from secdash.posture.asked_days import is_no_range
from secdash.posture.scope_choices import offered
from secdash.reports import files, making, posting, scheduling, writing
from secdash.reports.access import paper_for, papers_for, schedule_for, schedules_for
from secdash.reports.asked import Asked
from secdash.reports.evidence import evidence
from secdash.reports.models import Paper, Schedule


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), _asked(request.GET)
    context = {
        "asked": asked,
        "choices": offered(user, asked.scope),
        "misread": is_no_range(request.GET.get("since", ""), request.GET.get("until", ""), timezone.localdate()),
        "editions": EDITIONS,
        "today": timezone.localdate(),
        "every": Schedule.Every.choices,
        "schedules": schedules_for(user),
        "has_mail": bool(settings.MAIL) and bool(user.email),
        **_papers(user),
    }
    return render(request, "reports/reports.html", context)


@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """The list of PDFs, which asks for itself again while one is written."""
    return render(request, "reports/_papers.html", _papers(member(request)))


def _papers(user: User) -> dict[str, Any]:
    found = papers_for(user)
    return {"papers": found, "under_way": any(paper.is_under_way for paper in found)}


@require_safe
def report(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as a page of its own, which prints as it is."""
    asked = _asked(request.GET)
    context = making.context(member(request), asked, kind, now=timezone.now())
    return render(request, making.TEMPLATES[kind], context)


@require_POST
def paper_ask(request: HttpRequest, kind: str) -> HttpResponse:
    asked = _asked(request.POST)
    writing.ask(member(request), kind, asked.query, language=get_language() or "en", at=timezone.now())
    messages.success(request, _("The PDF is being written. It stands in the list below when it is done."))
    return _back(asked)


@require_safe
def paper_file(request: HttpRequest, pk: int) -> HttpResponse:
    paper = paper_for(member(request), pk)
    if paper.state != Paper.State.DONE:
        raise Http404
    response = HttpResponse(bytes(paper.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{posting.file_name(paper)}"'
    return response


@require_safe
def evidence_file(request: HttpRequest) -> HttpResponseBase:
    user, asked, now = member(request), _asked(request.GET), timezone.now()
    lines = files.as_csv(user, asked, evidence(user, asked, now=now), now=now)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"cis-docker-{asked.edition}-evidence-{asked.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def schedule_add(request: HttpRequest, kind: str) -> HttpResponse:
    every, asked = request.POST.get("every", ""), _asked(request.POST)
    if every not in Schedule.Every.values:
        messages.error(request, _("Choose how often the report is to come."))
        return _back(asked)
    language = get_language() or "en"
    try:
        scheduling.schedule(member(request), kind, asked.query, every, language=language, at=timezone.now())
    except scheduling.TooMany:
        messages.error(request, _("You have %(most)s reports by mail. Stop one first.") % {"most": scheduling.MOST})
    else:
        messages.success(request, _("The report will come by mail."))
    return _back(asked)


@require_POST
def schedule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    scheduling.stop(schedule_for(user, pk), by=user, at=timezone.now())
    messages.success(request, _("The report does not come any more."))
    return redirect("reports")


def _back(asked: Asked) -> HttpResponse:
    """To the form as it was filled in, for the other report of the same hosts and days."""
    return redirect(f"{reverse('reports')}?{asked.query}")


def _asked(query: QueryDict) -> Asked:
    return Asked.of(query, today=timezone.localdate())
