"""/hosts/<slug>/scan/, /scans/<id>/progress/, /sample/…"""

from __future__ import annotations

from django.urls import path

from secdash.scans import offline_views, views

urlpatterns = [
    path("hosts/<slug:slug>/scan/", views.scan_now, name="scan-now"),
    path("hosts/<slug:slug>/snapshots/", offline_views.host_snapshots, name="host-snapshots"),
    path("hosts/<slug:slug>/snapshots/key/", offline_views.host_upload_key, name="host-upload-key"),
    path("hosts/<slug:slug>/collector/", offline_views.host_collector, name="host-collector"),
    path("scans/all/", views.scan_all, name="scan-all"),
    path("scans/<int:pk>/progress/", views.scan_progress, name="scan-progress"),
    path("sample/add/", views.sample_add, name="sample-add"),
    path("sample/remove/", views.sample_remove, name="sample-remove"),
]
