"""Addresses of the guide."""

from __future__ import annotations

from django.urls import path

from knowledge.views import editing, pictures, reading, versions

urlpatterns = [
    path("", reading.guide, name="guide"),
    path("pictures/", pictures.pictures, name="pictures"),
    path("pictures/<slug:digest>.<slug:kind>", pictures.picture, name="picture"),
    path("<slug:language>/", reading.guide_index, name="guide-index"),
    path("<slug:language>/<slug:key>/", reading.article, name="article"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/", reading.revision, name="article-revision"),
    path("<slug:language>/<slug:key>/history/", versions.history, name="article-history"),
    path("<slug:language>/<slug:key>/edit/", editing.edit, name="article-edit"),
    path("<slug:language>/<slug:key>/preview/", editing.preview, name="article-preview"),
]
