"""What posture's pages share."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def spoken(request: HttpRequest) -> str:
    """The language of the article that a fragment stands in, as its address says it; else the reader's."""
    language = request.GET.get("lang", "")
    return language if language in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
