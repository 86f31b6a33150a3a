"""/inbox/ and /settings/messages/…"""

from __future__ import annotations

from django.urls import path

from secdash.messaging import views

urlpatterns = [
    path("inbox/", views.inbox_page, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox-read"),
    path("settings/messages/", views.messages_page, name="messages"),
    path("settings/messages/add/", views.channel_add, name="channel-add"),
    path("settings/messages/<int:pk>/", views.channel, name="channel"),
    path("settings/messages/<int:pk>/deliveries/", views.channel_deliveries, name="channel-deliveries"),
    path("settings/messages/<int:pk>/edit/", views.channel_edit, name="channel-edit"),
    path("settings/messages/<int:pk>/test/", views.channel_test, name="channel-test"),
    path("settings/messages/<int:pk>/pause/", views.channel_pause, name="channel-pause"),
    path("settings/messages/<int:pk>/remove/", views.channel_remove, name="channel-remove"),
    path("settings/messages/<int:pk>/confirm/<str:token>/", views.channel_confirm, name="channel-confirm"),
    path("settings/messages/<int:pk>/rules/add/", views.rule_add, name="rule-add"),
    path("settings/messages/rules/<int:pk>/", views.rule_edit, name="rule-edit"),
    path("settings/messages/rules/<int:pk>/remove/", views.rule_remove, name="rule-remove"),
]
