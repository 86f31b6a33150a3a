"""Addresses of the frame: theme, and in development the page of all parts."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from secdash.web import views

urlpatterns = [
    path("theme/", views.set_theme, name="set-theme"),
]
if settings.DEBUG:
    urlpatterns.append(path("parts/", views.parts, name="parts"))
