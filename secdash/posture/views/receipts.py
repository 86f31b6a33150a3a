"""Receipts of checks that were asked again: to read, to print, to keep."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.findings.access import receipt_for
from secdash.posture.receipts import articles, as_data, told


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    found = receipt_for(member(request), pk)
    context = {"receipt": found, "told": told(found), "articles": articles(found)}
    return render(request, "posture/receipt.html", context)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that a page asks for every second; when there is an answer the page reloads itself."""
    found = told(receipt_for(member(request), pk))
    response = render(request, "posture/_asking_again.html", {"told": found})
    if found.outcome:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def receipt_json(request: HttpRequest, pk: int) -> HttpResponse:
    response = JsonResponse(as_data(receipt_for(member(request), pk)), json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="receipt-{pk}.json"'
    return response
