"""Reports."""

from __future__ import annotations

from django.urls import path, re_path

from secdash.reports import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("evidence.csv", views.evidence_file, name="report-csv"),
    re_path(r"^(?P<kind>management|evidence)/$", views.report, name="report"),
    re_path(r"^(?P<kind>management|evidence)/ask/$", views.paper_ask, name="paper-ask"),
    re_path(r"^(?P<kind>management|evidence)/schedule/$", views.schedule_add, name="report-schedule"),
    path("schedules/<int:pk>/remove/", views.schedule_remove, name="report-schedule-remove"),
    path("papers/", views.papers, name="papers"),
    path("papers/<int:pk>.pdf", views.paper_file, name="paper"),
]
