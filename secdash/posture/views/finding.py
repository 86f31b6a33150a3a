"""One finding, with the guide's explanation and the fix written for its subject."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.findings.access import finding_for
from secdash.posture.detail import detail, mended
from secdash.posture.explaining import explained
from secdash.posture.views.common import spoken


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    found = finding_for(user, pk)
    page = detail(user, found, whole=request.GET.get("fix") == "all")
    context = {
        "finding": found,
        "page": page,
        "guide": explained(found.check_name, found),
        "scan": page.under_way,
        "may_scan": user.can(Act.SCAN),
    }
    return render(request, "posture/finding.html", context)


@require_safe
def finding_fix(request: HttpRequest, pk: int) -> HttpResponse:
    """The fix of one finding as it stands in a live block of the guide, in the language of the article."""
    found = finding_for(member(request), pk)
    with translation.override(spoken(request)):
        return render(request, "posture/_live_fix.html", {"finding": found, "mending": mended(found)})
