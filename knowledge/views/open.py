"""What programs that read the web are told: the sitemap of the public guide, and which pages they may take."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from knowledge.openness import absolute
from knowledge.sitemap import GuideSitemap


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    if not settings.PUBLIC_GUIDE:
        raise Http404
    return django_sitemap(request, {"guide": GuideSitemap()}, template_name="knowledge/sitemap.xml")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where the guide is public, it may be read by programs; nothing else ever."""
    rules = ["User-agent: *"]
    if settings.PUBLIC_GUIDE:
        rules += ["Allow: /guide/", "Allow: /static/", "Disallow: /", f"Sitemap: {absolute('sitemap')}"]
    else:
        rules += ["Disallow: /"]
    return HttpResponse("\n".join([*rules, ""]), content_type="text/plain; charset=utf-8")
