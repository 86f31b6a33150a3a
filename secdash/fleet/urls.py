"""/hosts/add/, /hosts/<slug>/remove/ …"""

from __future__ import annotations

from django.urls import path

from secdash.fleet.views import connection, exchange, grouping, hosts, maintenance

urlpatterns = [
    path("hosts/add/", hosts.host_add, name="host-add"),
    path("hosts/add/test/", connection.host_test, name="host-test"),
    path("hosts/add/commands/", connection.host_commands, name="host-commands"),
    path("hosts/add/import/", exchange.hosts_import, name="hosts-import"),
    path("hosts/<slug:slug>/edit/", hosts.host_edit, name="host-edit"),
    path("hosts/<slug:slug>/remove/", hosts.host_remove, name="host-remove"),
    path("hosts/<slug:slug>/connection/", connection.host_connection, name="host-connection"),
    path("hosts/<slug:slug>/connection/test/", connection.host_connection_test, name="host-connection-test"),
    path("hosts/<slug:slug>/connection/change/", connection.host_reach, name="host-reach"),
    path("hosts/<slug:slug>/connection/key/", connection.host_key, name="host-key"),
    path("settings/groups/", grouping.groups, name="groups"),
    path("settings/groups/remove/<slug:slug>/", grouping.group_remove, name="group-remove"),
    path("settings/maintenance/", maintenance.windows, name="maintenance"),
    path("settings/maintenance/<int:pk>/end/", maintenance.window_end, name="maintenance-end"),
]
