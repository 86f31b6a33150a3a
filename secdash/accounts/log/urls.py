"""/settings/audit/…"""

from __future__ import annotations

from django.urls import path, re_path

from secdash.accounts.log import views

urlpatterns = [
    path("settings/audit/", views.audit, name="audit"),
    re_path(r"^settings/audit/export\.(?P<kind>csv|json)$", views.audit_export, name="audit-export"),
]
