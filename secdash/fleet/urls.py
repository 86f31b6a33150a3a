"""/hosts/add/, /hosts/<slug>/remove/ …; /settings/people/…, since roles are given in groups of hosts."""

from __future__ import annotations

from django.urls import path

from secdash.fleet import people_views
from secdash.fleet.views import connection, exchange, grouping, hosts, maintenance, offline

urlpatterns = [
    path("hosts/add/", hosts.host_add, name="host-add"),
    path("hosts/add/offline/", offline.host_add_offline, name="host-add-offline"),
    path("hosts/add/test/", connection.host_test, name="host-test"),
    path("hosts/add/commands/", connection.host_commands, name="host-commands"),
    path("hosts/add/import/", exchange.hosts_import, name="hosts-import"),
    path("hosts/<slug:slug>/edit/", hosts.host_edit, name="host-edit"),
    path("hosts/<slug:slug>/remove/", hosts.host_remove, name="host-remove"),
    path("hosts/<slug:slug>/connection/", connection.host_connection, name="host-connection"),
    path("hosts/<slug:slug>/connection/test/", connection.host_connection_test, name="host-connection-test"),
    path("hosts/<slug:slug>/connection/change/", connection.host_reach, name="host-reach"),
    path("hosts/<slug:slug>/connection/key/", connection.host_key, name="host-key"),
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
    path("settings/groups/", grouping.groups, name="groups"),
    path("settings/groups/remove/<slug:slug>/", grouping.group_remove, name="group-remove"),
    path("settings/maintenance/", maintenance.windows, name="maintenance"),
    path("settings/maintenance/<int:pk>/end/", maintenance.window_end, name="maintenance-end"),
]
