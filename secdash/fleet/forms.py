"""The form for a host: what it is called, and how it is reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from secdash.fleet.models import Connection, Group, Host

READY = (Connection.Kind.UNIX,)
PLANNED = (Connection.Kind.TLS, Connection.Kind.SSH)


class ConnectionForm(forms.Form):
    """How a host is reached: enough to test the connection."""

    kind = forms.ChoiceField(
        label=_("How is it reached"),
        choices=[(kind.value, kind.label) for kind in (*READY, *PLANNED)],
        initial=Connection.Kind.UNIX,
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=_("Socket path"),
        max_length=400,
        initial="/var/run/docker.sock",
        help_text=_("The Engine’s socket on the machine that runs the workers. Rootless: /run/user/1000/docker.sock."),
    )

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data["kind"])
        if kind not in READY:
            raise ValidationError(_("This kind of connection is not available yet. Choose the local socket."))
        return kind

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip().removeprefix("unix://")
        if not address.startswith("/"):
            raise ValidationError(_("Write the full path of the socket, beginning with a slash."))
        return address

    @property
    def url(self) -> str:
        return f"{self.cleaned_data['kind']}://{self.cleaned_data['address']}"


class HostForm(ConnectionForm):
    """A new host."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As your team calls it, such as web-01."))
    group = forms.CharField(
        label=_("Group"), max_length=80, required=False, help_text=_("New or existing, such as Production.")
    )
    environment = forms.CharField(label=_("Environment"), max_length=40, required=False)
    owner = forms.CharField(label=_("Owner"), max_length=80, required=False, help_text=_("A person or a team."))
    interval = forms.IntegerField(label=_("Minutes between scans"), min_value=5, max_value=10080, initial=60)

    field_order = ("kind", "address", "name", "group", "environment", "owner", "interval")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Host.objects.filter(name__iexact=name).exists():
            raise ValidationError(_("There is already a host of this name. Choose another name."))
        return name

    def clean_group(self) -> str:
        return str(self.cleaned_data["group"]).strip()

    def details(self) -> dict[str, Any]:
        """What services.register takes beside the time."""
        fields = ("name", "kind", "address", "environment", "owner", "interval")
        return {**{field: self.cleaned_data[field] for field in fields}, "group_name": self.cleaned_data["group"]}

    @property
    def groups(self) -> list[str]:
        return list(Group.objects.values_list("name", flat=True))
