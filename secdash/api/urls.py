"""/settings/tokens/…, /settings/health/, /api/v1/…, /metrics, /health/dependencies"""

from __future__ import annotations

from django.urls import include, path, re_path

from secdash.api import metrics_views, reference_views, views
from secdash.api.health import views as health_views
from secdash.api.rest.interface import addresses

urlpatterns = [
    path("settings/tokens/", views.tokens_page, name="tokens"),
    path("settings/tokens/add/", views.token_add, name="token-add"),
    path("settings/tokens/add-service/", views.service_token_add, name="token-add-service"),
    path("settings/tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("api/v1/", reference_views.reference_page, name="api-reference"),
    path("api/v1/openapi.json", reference_views.openapi, name="api-openapi"),
    path("api/v1/", include(addresses())),
    path("settings/health/", health_views.health_page, name="health"),
    path("health/dependencies", health_views.dependencies, name="health-dependencies"),
    path("metrics", metrics_views.metrics_page, name="metrics"),
    re_path("^api/", reference_views.nothing_here, name="api-nothing"),
]
