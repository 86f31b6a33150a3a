"""The catalogue of checks, one check, and its live fragment for the guide."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.checks import CATALOGUE
from secdash.checks.benchmark import EDITIONS, cis_for
from secdash.checks.engine import Check
from secdash.posture import catalogue, catalogue_export, living
from secdash.posture.context import rooms_of
from secdash.posture.explaining import explained
from secdash.posture.exports import sheets
from secdash.posture.views.common import spoken


@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    user = member(request)
    entries = catalogue.entries(user, rooms_of(request, user).mark)
    return render(request, "posture/checks.html", {"entries": entries, "export_kinds": sheets.LABELS})


@require_safe
def checks_file(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    user = member(request)
    return sheets.response(catalogue_export.sheet(user, rooms_of(request, user).mark), kind)


@require_safe
def check(request: HttpRequest, name: str) -> HttpResponse:
    user, entry = member(request), _entry(name)
    context = {
        "check": entry,
        "page": catalogue.check_page(user, entry, rooms_of(request, user).mark),
        "editions": [(edition, cis_for(name, edition)) for edition in EDITIONS],
        "guide": explained(name),
    }
    return render(request, "posture/check.html", context)


@require_safe
def live_check(request: HttpRequest, name: str) -> HttpResponse:
    """The live block inside a guide section, in the language of the article."""
    user, entry = member(request), _entry(name)
    language = spoken(request)
    with translation.override(language):
        [block] = living.live(user, [entry], language, rooms_of(request, user).mark)
        return render(request, "posture/_live_check.html", {"live": block})


@require_safe
def live_checks(request: HttpRequest) -> HttpResponse:
    """All live blocks of an article in one answer, each swapped into its place; names that are gone answer nothing."""
    names = dict.fromkeys(request.GET.get("checks", "").split(","))
    entries = [CATALOGUE[name] for name in names if name in CATALOGUE]
    user, language = member(request), spoken(request)
    with translation.override(language):
        blocks = living.live(user, entries, language, rooms_of(request, user).mark)
        return render(request, "posture/_live_checks.html", {"blocks": blocks})


def _entry(name: str) -> Check:
    if name not in CATALOGUE:
        raise Http404
    return CATALOGUE[name]
