"""/hosts/add/, /hosts/<slug>/remove/ …; /settings/people/…, since roles are given in groups of hosts."""

from __future__ import annotations

from django.urls import path

from secdash.fleet import people_views, views

urlpatterns = [
    path("hosts/add/", views.host_add, name="host-add"),
    path("hosts/add/test/", views.host_test, name="host-test"),
    path("hosts/<slug:slug>/edit/", views.host_edit, name="host-edit"),
    path("hosts/<slug:slug>/remove/", views.host_remove, name="host-remove"),
    path("settings/people/", people_views.people_page, name="people"),
    path("settings/people/invite/", people_views.people_invite, name="people-invite"),
    path(
        "settings/people/invitations/<int:pk>/withdraw/",
        people_views.people_invitation_withdraw,
        name="people-invitation-withdraw",
    ),
    path("settings/people/<int:pk>/", people_views.person, name="person"),
    path("settings/people/<int:pk>/deactivate/", people_views.person_deactivate, name="person-deactivate"),
    path("settings/people/<int:pk>/reactivate/", people_views.person_reactivate, name="person-reactivate"),
    path("settings/people/<int:pk>/sign-out/", people_views.person_sign_out, name="person-sign-out"),
    path("settings/people/<int:pk>/link/", people_views.person_link, name="person-link"),
    path("settings/people/<int:pk>/factors/", people_views.person_factors_reset, name="person-factors-reset"),
]
