"""/hosts/<slug>/scan/, /scans/<id>/progress/, /sample/…"""

from __future__ import annotations

from django.urls import path

from secdash.scans import views

urlpatterns = [
    path("hosts/<slug:slug>/scan/", views.scan_now, name="scan-now"),
    path("scans/all/", views.scan_all, name="scan-all"),
    path("scans/<int:pk>/progress/", views.scan_progress, name="scan-progress"),
    path("sample/add/", views.sample_add, name="sample-add"),
    path("sample/remove/", views.sample_remove, name="sample-remove"),
]
