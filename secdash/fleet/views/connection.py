"""The way to a host: testing it before and after it is saved, replacing what opens the door, pinning a host key."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.facts import ssh_keys
from secdash.fleet import access, connecting, drafts
from secdash.fleet.connecting import Answer
from secdash.fleet.connection_forms import ConnectionForm
from secdash.fleet.forms import HostForm
from secdash.fleet.models import Connection, Host
from secdash.fleet.onboarding import cards
from secdash.fleet.views.filling import kept_for, shown


def reached_host(request: HttpRequest, slug: str) -> Host:
    return access.reached_host(member(request), slug)


@require_POST
@access.needs_somewhere(Act.MANAGE_HOSTS)
@sensitive_post_parameters()
def host_test(request: HttpRequest) -> HttpResponse:
    """A form that is not saved yet: a fragment where htmx asks, else the page with all that was typed."""
    now = timezone.now()
    form = ConnectionForm(request.POST, request.FILES, kept=kept_for(request, now))
    answer = connecting.try_it(form.endpoint) if form.is_valid() else None
    if getattr(request, "htmx", False):
        return render(request, "fleet/_connection_test.html", {"form": form, "answer": answer})
    whole = HostForm(request.POST, request.FILES, kept=form.typed_secrets, user=member(request))
    return shown(request, "fleet/host_add.html", whole, at=now, answer=answer)


@require_safe
@access.needs_somewhere(Act.MANAGE_HOSTS)
def host_commands(request: HttpRequest) -> HttpResponse:
    """What is to be done on the other side, with the names that were typed so far."""
    card = cards.card_of(request.GET)
    template = "fleet/_commands.html" if getattr(request, "htmx", False) else "fleet/commands.html"
    return render(request, template, {"card": card, "cards": cards.LABELS})


def told(host: Host) -> dict[str, Any]:
    """What the pages of a connection show of it."""
    kind, fingerprint = ssh_keys.of_line(host.connection.host_key) if host.connection.host_key else ("", "")
    return {"host": host, "connection": host.connection, "key_kind": kind, "fingerprint": fingerprint}


@require_safe
def host_connection(request: HttpRequest, slug: str) -> HttpResponse:
    host = reached_host(request, slug)
    return render(request, "fleet/connection.html", told(host))


@require_POST
def host_connection_test(request: HttpRequest, slug: str) -> HttpResponse:
    host = reached_host(request, slug)
    context = {"answer": connecting.try_host(host.connection), **told(host)}
    if getattr(request, "htmx", False):
        return render(request, "fleet/_connection_test.html", context)
    return render(request, "fleet/connection.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def host_reach(request: HttpRequest, slug: str) -> HttpResponse:
    """New credentials, or another address: what is left empty stays, and nothing is replaced by what does not work."""
    host, now = reached_host(request, slug), timezone.now()
    data = request.POST if request.method == "POST" else None
    form = ConnectionForm(data, request.FILES, kept=kept_for(request, now), connection=host.connection)
    if not form.is_bound:
        return shown(request, "fleet/host_reach.html", form, at=now, host=host)
    if not form.is_valid():
        return shown(request, "fleet/host_reach.html", form, at=now, status=422, host=host)
    answer = connecting.try_it(form.endpoint)
    forced = request.POST.get("forced") == "yes" and not answer.presented
    if request.POST.get("do") == "test" or not (answer.passed or forced):
        return shown(request, "fleet/host_reach.html", form, at=now, status=422, host=host, answer=answer)
    connecting.reach_otherwise(host, **form.reached(), host_key=form.pinned, by=member(request), at=now)
    drafts.forget(request.session, form.cleaned_data["kept"], at=now)
    messages.success(request, _("The connection of %(name)s is saved, and a scan is due.") % {"name": host.name})
    return redirect("host-connection", host.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def host_key(request: HttpRequest, slug: str) -> HttpResponse:
    """The pinned key of an SSH host beside the one that it shows now."""
    host = reached_host(request, slug)
    if host.connection.kind != Connection.Kind.SSH:
        raise Http404
    line = request.POST.get("line", "")
    if request.POST.get("do") == "pin" and connecting.is_shown_by(host.connection, line):
        connecting.pin(host, line, by=member(request), at=timezone.now())
        messages.success(request, _("The new key of %(name)s is pinned.") % {"name": host.name})
        return redirect("host-connection", host.slug)
    answer = connecting.ask_host_key(host.connection.url) if request.method == "POST" else Answer()
    return render(request, "fleet/host_key.html", {"answer": answer, **told(host)})
