"""The table of addresses: one include per room."""

from __future__ import annotations

from django.urls import include, path

from knowledge.views import open as opening
from secdash.web import health

# /hosts/add/ and its like come before /hosts/<slug>/.
handler500 = "secdash.web.unavailable.broken"
urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("healthz", health.ready, name="healthz"),  # as it was called first
    path("sitemap.xml", opening.sitemap, name="sitemap"),
    path("robots.txt", opening.robots, name="robots"),
    path("", include("secdash.fleet.urls")),
    path("", include("secdash.scans.urls")),
    path("", include("secdash.watching.urls")),
    path("", include("secdash.posture.urls")),
    path("", include("secdash.messaging.urls")),
    path("reports/", include("secdash.reports.urls")),
    path("", include("secdash.api.urls")),
    path("", include("secdash.accounts.urls")),
    path("", include("secdash.accounts.log.urls")),
    path("", include("secdash.web.urls")),
    path("guide/", include("knowledge.urls")),
]
