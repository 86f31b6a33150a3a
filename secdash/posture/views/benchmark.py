"""The benchmark: its table, the table as a file, and what people attest of one item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge.reading import FALLBACK, guide_urls
from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.checks.benchmark import EDITIONS
from secdash.findings import attesting
from secdash.findings.forms import AttestationForm
from secdash.fleet.access import acts_somewhere, host_for, may
from secdash.fleet.models import Host
from secdash.posture import attestations, benchmark_export
from secdash.posture import benchmark as table
from secdash.posture.asked import Asked, offered
from secdash.posture.attestations import Asking

KINDS_OF_FILE = {"csv": (benchmark_export.as_csv, "text/csv"), "json": (benchmark_export.as_json, "application/json")}


@require_safe
def benchmark(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), Asked.of(request.GET)
    choices = offered(user, asked)
    page = table.page(user, asked, day=timezone.now().date())
    context = {
        "page": page,
        "sections": table.by_section(page.lines),
        "asked": asked,
        "choices": choices,
        "chips": list(asked.chips(choices)),
        "tabs": [(edition, asked.query(edition=edition)) for edition in EDITIONS],
        "query": asked.query(),
        "cleared": Asked(edition=asked.edition).query(),
        "guide": guide_urls(get_language() or FALLBACK),
        "may_attest": Act.ATTEST in acts_somewhere(user),
    }
    return render(request, "posture/benchmark.html", context)


@require_safe
def benchmark_file(request: HttpRequest, kind: str) -> HttpResponse:
    asked = Asked.of(request.GET)
    write, content_type = KINDS_OF_FILE[kind]
    page = table.page(member(request), asked, day=timezone.now().date())
    response = HttpResponse(write(page, asked), content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cis-docker-{asked.edition}.{kind}"'
    return response


@require_safe
def benchmark_item(request: HttpRequest, item: str) -> HttpResponse:
    user, asking = member(request), _asking(item)
    lines = attestations.on_all_hosts(user, asking.manual, day=timezone.now().date())
    context = {"asking": asking, "lines": lines, "may_attest": Act.ATTEST in acts_somewhere(user)}
    return render(request, "posture/benchmark_item.html", context)


@require_safe
def attestation(request: HttpRequest, item: str, slug: str) -> HttpResponse:
    host = host_for(member(request), slug)
    return _attestation(request, _asking(item), host, AttestationForm(today=timezone.now().date()))


@require_POST
def attest(request: HttpRequest, item: str, slug: str) -> HttpResponse:
    user, now = member(request), timezone.now()
    asking, host = _asking(item), host_for(user, slug, Act.ATTEST)
    form = AttestationForm(request.POST, today=now.date())
    if not form.is_valid():
        return _attestation(request, asking, host, form, status=422)
    attesting.attest(host, item, **form.cleaned_data, by=user, at=now)
    messages.success(request, _("Attested for %(host)s. The score takes it in with the next scan.") % {"host": host})
    return redirect("attestation", item, host.slug)


@require_POST
def attestation_withdraw(request: HttpRequest, item: str, slug: str) -> HttpResponse:
    user = member(request)
    asking, host = _asking(item), host_for(user, slug, Act.ATTEST)
    if attesting.withdraw(host, asking.manual.name, by=user, at=timezone.now()):
        messages.success(
            request, _("Withdrawn for %(host)s. The score leaves it out from the next scan on.") % {"host": host}
        )
    else:
        messages.warning(request, _("Nothing is attested for %(host)s, so nothing was withdrawn.") % {"host": host})
    return redirect("attestation", item, host.slug)


def _attestation(
    request: HttpRequest, asking: Asking, host: Host, form: AttestationForm, *, status: int = 200
) -> HttpResponse:
    user = member(request)
    context: dict[str, Any] = {
        "asking": asking,
        "host": host,
        "page": attestations.on_host(user, asking.manual, host, day=timezone.now().date()),
        "form": form,
        "may_attest": may(user, Act.ATTEST, host),
    }
    return render(request, "posture/attestation.html", context, status=status)


def _asking(item: str) -> Asking:
    asking = attestations.asking(item)
    if asking is None:
        raise Http404
    return asking
