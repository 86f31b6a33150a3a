"""Who changed what: for those who may read it. The log holds names of all hosts, so nobody else does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import needs
from secdash.accounts.log import files
from secdash.accounts.log.asked import Asked
from secdash.accounts.log.page import acts, chips, page
from secdash.accounts.roles import Act


@require_safe
@needs(Act.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    asked, before = Asked.of(request.GET), request.GET.get("before", "")
    shown = page(asked, int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None)
    context = {"page": shown, "asked": asked, "chips": chips(asked), "acts": acts(), "before": before}
    return render(request, "accounts/audit.html", context)


@require_safe
@needs(Act.READ_AUDIT)
def audit_export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    write, content_type = files.KINDS[kind]
    response = StreamingHttpResponse(
        write(Asked.of(request.GET).entries()), content_type=f"{content_type}; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return response
