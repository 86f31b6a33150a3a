"""Addresses of the guide."""

from __future__ import annotations

from django.urls import path

from knowledge.views import (
    changes,
    comparing,
    editing,
    life,
    merging,
    pictures,
    reading,
    reviewing,
    talking,
    tending,
    versions,
)

urlpatterns = [
    path("", reading.guide, name="guide"),
    path("proposals/", reviewing.proposals, name="proposals"),
    path("proposals/<int:number>/", reviewing.proposal, name="proposal"),
    path("proposals/<int:number>/decide/", reviewing.decide, name="proposal-decide"),
    path("proposals/<int:number>/comments/", reviewing.comment, name="proposal-comment"),
    path("proposals/<int:number>/edit/", editing.proposal_edit, name="proposal-edit"),
    path("proposals/<int:number>/save/", editing.proposal_save, name="proposal-save"),
    path("proposals/<int:number>/send/", editing.proposal_send, name="proposal-send"),
    path("proposals/<int:number>/merge/", merging.merge, name="proposal-merge"),
    path("proposals/<int:number>/withdraw/", editing.proposal_withdraw, name="proposal-withdraw"),
    path("changes/", changes.changes, name="guide-changes"),
    path("changes.atom", changes.guide_feed, name="guide-feed"),
    path("removed/", life.removed, name="articles-removed"),
    path("<slug:language>/new/", life.new, name="article-new"),
    path("pictures/", pictures.pictures, name="pictures"),
    path("pictures/<slug:digest>.<slug:kind>", pictures.picture, name="picture"),
    path("work/", tending.work, name="guide-work"),
    path("<slug:language>/", reading.guide_index, name="guide-index"),
    path("<slug:language>/whole/", reading.whole_guide, name="guide-whole"),
    path("<slug:language>/<slug:key>/", reading.article, name="article"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/", reading.revision, name="article-revision"),
    path("<slug:language>/<slug:key>/revisions/<int:number>/raw/", versions.raw, name="article-raw"),
    path("<slug:language>/<slug:key>/history/", versions.history, name="article-history"),
    path("<slug:language>/<slug:key>/compare/", comparing.compare, name="article-compare"),
    path("<slug:language>/<slug:key>/comments/", talking.comments, name="article-comments"),
    path("<slug:language>/<slug:key>/blame/", versions.blame, name="article-blame"),
    path("<slug:language>/<slug:key>/revert/<int:number>/", life.revert, name="article-revert"),
    path("<slug:language>/<slug:key>/rename/", life.rename, name="article-rename"),
    path("<slug:language>/<slug:key>/remove/", life.remove, name="article-remove"),
    path("<slug:language>/<slug:key>/changes.atom", changes.article_feed, name="article-feed"),
    path("<slug:language>/<slug:key>/watch/", changes.watch, name="article-watch"),
    path("<slug:language>/<slug:key>/edit/", editing.edit, name="article-edit"),
    path("<slug:language>/<slug:key>/preview/", editing.preview, name="article-preview"),
    path("<slug:language>/<slug:key>/translate/", tending.translate_article, name="article-translate"),
    path("<slug:language>/<slug:key>/reviewed/", tending.section_reviewed, name="section-reviewed"),
    path("<slug:language>/<slug:key>/editors/", editing.editors, name="article-editors"),
]
