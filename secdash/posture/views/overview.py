"""The overview: how all hosts stand, what changed since yesterday or the reader's last visit, what awaits them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from secdash.accounts import visits
from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.fleet.access import acts_somewhere
from secdash.posture import feed, since
from secdash.posture import overview as figures
from secdash.posture.context import rooms_of
from secdash.posture.troubles import trouble
from secdash.posture.windows import window_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user, now = member(request), timezone.now()
    visits.look(user, at=now)
    rooms = rooms_of(request, user)
    if not rooms.hosts:
        return render(request, "posture/welcome.html", _may_add(user))
    shows_all = request.GET.get("changes") == "all"
    window = window_of(user, request.GET.get("since", ""), now=now)
    page = figures.overview(user, window, rooms, now=now, most=since.MOST if shows_all else since.LINES)
    mark = "" if shows_all else feed.mark_of(page)  # a list of all stands still
    may_scan = Act.SCAN in acts_somewhere(user)
    context = {
        "page": page,
        "mark": mark,
        "may_scan": may_scan,
        "trouble": trouble(rooms, now=now),
        "today": timezone.localdate(now),
    }
    return render(request, "posture/overview.html", context)


def _may_add(user: User) -> dict[str, bool]:
    """The sample fleet is for whoever manages all hosts."""
    return {"may_add": Act.MANAGE_HOSTS in acts_somewhere(user), "may_manage_all": user.can(Act.MANAGE_HOSTS)}
