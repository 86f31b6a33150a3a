"""Groups, tags and environments: their names, and what is empty."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.fleet import grouping
from secdash.fleet.models import Group
from secdash.web.saying import said


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.MANAGE_HOSTS)
def groups(request: HttpRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if request.method == "POST" and kind in grouping.RENAMING:
        _rename(request, kind)
        return redirect("groups")
    context = {"groups": grouping.groups(), "tags": grouping.tags(), "environments": grouping.environments()}
    return render(request, "fleet/groups.html", context)


def _rename(request: HttpRequest, kind: str) -> None:
    key, name = request.POST.get("key", ""), request.POST.get("name", "")
    try:
        moved = grouping.rename(kind, key, name, by=member(request), at=timezone.now())
    except grouping.Refused as refused:
        messages.error(request, said(refused.message))
        return
    told = ngettext("%(n)d host is now under %(name)s.", "%(n)d hosts are now under %(name)s.", moved)
    messages.success(request, told % {"n": moved, "name": name.strip()})


@require_POST
@needs(Act.MANAGE_HOSTS)
def group_remove(request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group, slug=slug)
    try:
        grouping.remove(group, by=member(request), at=timezone.now())
    except grouping.Refused as refused:
        messages.error(request, said(refused.message))
    else:
        messages.success(request, _("The group %(name)s is removed.") % {"name": group.name})
    return redirect("groups")
