"""/hosts/add/, /hosts/<slug>/remove/ …"""

from __future__ import annotations

from django.urls import path

from secdash.fleet import views

urlpatterns = [
    path("hosts/add/", views.host_add, name="host-add"),
    path("hosts/add/test/", views.host_test, name="host-test"),
    path("hosts/<slug:slug>/edit/", views.host_edit, name="host-edit"),
    path("hosts/<slug:slug>/remove/", views.host_remove, name="host-remove"),
]
