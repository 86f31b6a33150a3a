"""What the frame of every page needs: the theme chosen, the other language, where the search box leads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from secdash.web.themes import COOKIE, chosen


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "theme": chosen(request.COOKIES.get(COOKIE)),
        "other_languages": [(code, name) for code, name in settings.LANGUAGES if code != get_language()],
        # Strangers, who may read nothing but the guide, search it on its own page.
        "search_url": _first_url("search", "findings") if _is_signed_in(request) else "",
        "suggest_url": _first_url("search-suggest"),
        "searches_all": bool(_first_url("search")),
        "here": request.get_full_path() if request.method == "GET" else "/",
        "room": getattr(request.resolver_match, "url_name", "") or "",
    }


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _first_url(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
