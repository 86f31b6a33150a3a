"""Addresses of the guide."""

from __future__ import annotations

from django.urls import path

from knowledge import views

urlpatterns = [
    path("", views.guide, name="guide"),
    path("<slug:language>/", views.guide_index, name="guide-index"),
    path("<slug:language>/<slug:key>/", views.article, name="article"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/", views.revision, name="article-revision"),
    path("<slug:language>/<slug:key>/history/", views.history, name="article-history"),
    path("<slug:language>/<slug:key>/edit/", views.edit, name="article-edit"),
    path("<slug:language>/<slug:key>/preview/", views.preview, name="article-preview"),
]
