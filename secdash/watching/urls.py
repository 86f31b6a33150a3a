"""/hosts/<slug>/watch/"""

from __future__ import annotations

from django.urls import path

from secdash.watching import views

urlpatterns = [path("hosts/<slug:slug>/watch/", views.host_watch, name="host-watch")]
