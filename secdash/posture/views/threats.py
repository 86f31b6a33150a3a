"""The risks of the threat model: the matrix over hosts or groups, one risk, and the attack stories of a host."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from knowledge.reading import FALLBACK
from secdash.accounts.access import member
from secdash.fleet.access import host_for
from secdash.posture.context import rooms_of
from secdash.posture.host_stories import stories_of
from secdash.posture.latest import newest_scan
from secdash.posture.replay import replay
from secdash.posture.scope_choices import offered_places
from secdash.posture.threats import matrix as table
from secdash.posture.threats.asked import GROUPS, HOSTS, Asked
from secdash.posture.threats.cells import Stand
from secdash.posture.threats.risk import risk_of, risk_page


@require_safe
def threats(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), Asked.of(request.GET)
    choices = offered_places(user, asked.scope)
    matrix = table.matrix(user, asked, rooms_of(request, user).mark, number=request.GET.get("page", "1"))
    context = {
        "matrix": matrix,
        "stands": [(stand, matrix.stands[stand]) for stand in Stand],
        "asked": asked,
        "choices": choices,
        "chips": list(asked.chips(choices)),
        "tabs": [(by, asked.query(by=by)) for by in (GROUPS, HOSTS)],
        "cleared": Asked(by=asked.by).query(),
    }
    return render(request, "posture/threats.html", context)


@require_safe
def threat(request: HttpRequest, risk: str) -> HttpResponse:
    found = risk_of(risk)
    if found is None:
        raise Http404
    user, asked = member(request), Asked.of(request.GET)
    choices = offered_places(user, asked.scope)
    language = get_language() or FALLBACK
    context = {
        "page": risk_page(
            user, found, asked, language, rooms_of(request, user).mark, number=request.GET.get("page", "1")
        ),
        "asked": asked,
        "choices": choices,
        "chips": list(asked.chips(choices)),
        "cleared": Asked(by=asked.by).query(),
    }
    return render(request, "posture/threat.html", context)


@require_safe
def host_stories(request: HttpRequest, slug: str) -> HttpResponse:
    host = host_for(member(request), slug)
    scan = newest_scan(host)
    seen = replay(scan)
    stories = stories_of(seen, host) if seen else None
    return render(request, "posture/stories.html", {"host": host, "scan": scan, "stories": stories})
