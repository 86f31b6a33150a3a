"""Addresses of the guide."""

from __future__ import annotations

from django.urls import path

from knowledge.views import editing, reading, tending, versions

urlpatterns = [
    path("", reading.guide, name="guide"),
    path("work/", tending.work, name="guide-work"),
    path("<slug:language>/", reading.guide_index, name="guide-index"),
    path("<slug:language>/whole/", reading.whole_guide, name="guide-whole"),
    path("<slug:language>/<slug:key>/", reading.article, name="article"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/", reading.revision, name="article-revision"),
    path("<slug:language>/<slug:key>/history/", versions.history, name="article-history"),
    path("<slug:language>/<slug:key>/edit/", editing.edit, name="article-edit"),
    path("<slug:language>/<slug:key>/preview/", editing.preview, name="article-preview"),
    path("<slug:language>/<slug:key>/translate/", tending.translate_article, name="article-translate"),
    path("<slug:language>/<slug:key>/reviewed/", tending.section_reviewed, name="section-reviewed"),
]
