"""What changed, for an overview that stays open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture import feed, tickets
from secdash.posture.windows import window_of


@never_cache
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """204, which changes nothing on the page, while the lines are those that the page has already."""
    now = timezone.now()
    user = member(request)
    answer = feed.answer(user, window_of(user, request.GET.get("since", ""), now=now), now=now)
    is_known = request.GET.get("mark") == answer.mark
    response = HttpResponse(status=204) if is_known else HttpResponse(answer.html)
    response["X-Mark"] = answer.mark
    if user.sees_all:
        response[tickets.HEADER] = tickets.ticket(answer.beat, answer.mark, now=now)
    return response
