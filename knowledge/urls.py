"""Addresses of the guide."""

from __future__ import annotations

from django.urls import path

from knowledge.views import editing, merging, reading, versions

urlpatterns = [
    path("", reading.guide, name="guide"),
    path("proposals/<int:number>/edit/", editing.proposal_edit, name="proposal-edit"),
    path("proposals/<int:number>/save/", editing.proposal_save, name="proposal-save"),
    path("proposals/<int:number>/send/", editing.proposal_send, name="proposal-send"),
    path("proposals/<int:number>/merge/", merging.merge, name="proposal-merge"),
    path("proposals/<int:number>/withdraw/", editing.proposal_withdraw, name="proposal-withdraw"),
    path("<slug:language>/", reading.guide_index, name="guide-index"),
    path("<slug:language>/<slug:key>/", reading.article, name="article"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/", reading.revision, name="article-revision"),
    path("<slug:language>/<slug:key>/history/", versions.history, name="article-history"),
    path("<slug:language>/<slug:key>/edit/", editing.edit, name="article-edit"),
    path("<slug:language>/<slug:key>/preview/", editing.preview, name="article-preview"),
    path("<slug:language>/<slug:key>/editors/", editing.editors, name="article-editors"),
]
