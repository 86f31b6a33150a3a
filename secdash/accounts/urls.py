"""/accounts/…"""

from __future__ import annotations

from django.urls import path

from secdash.accounts import views

urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/welcome/<uidb64>/<token>/", views.welcome, name="welcome"),
]
