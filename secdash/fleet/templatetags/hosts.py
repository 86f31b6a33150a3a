"""The words and signs of the ways to a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secdash.fleet import maintenance
from secdash.fleet.models import Host, MaintenanceWindow

register = template.Library()

# What is so once the step is passed.
STEPS: dict[str, Promise] = {
    "address": _("The address is in order"),
    "name": _("The name is known"),
    "route": _("There is a way to it"),
    "port": _("The port answers"),
    "tls": _("Both sides agree on TLS, and its certificate is right"),
    "host_key": _("The host shows the key that is pinned"),
    "identity": _("secdash is let in"),
    "socket": _("The socket opens"),
    "api": _("A Docker API answers"),
    "version": _("Both speak a common version"),
}


@register.filter
def step_word(name: str) -> str:
    return str(STEPS[name])


@register.simple_tag
def windows_now(host: Host) -> Mapping[int, MaintenanceWindow]:
    """The window that this host is in, by its key."""
    return maintenance.now_on([host], at=timezone.now())


@register.simple_tag
def windows_of_lines(lines: Iterable[Any]) -> Mapping[int, MaintenanceWindow]:
    """The windows that the hosts of these lines are in; one query for a whole list."""
    return maintenance.now_on([line.host for line in lines], at=timezone.now())


@register.inclusion_tag("fleet/_resting.html")
def resting(host: Host, windows: Mapping[int, MaintenanceWindow], form: str = "chip") -> dict[str, Any]:
    """That somebody works on the host; nothing where nobody does. `form`: chip or note."""
    return {"window": windows.get(host.pk), "form": form}


@register.inclusion_tag("fleet/_expiry.html")
def certificate_ends(host: Host, form: str = "chip") -> dict[str, Any]:
    """Nothing until thirty days before the client's certificate ends. `form`: chip, or note with what to do."""
    days = host.connection.days_left(timezone.now())
    return {"host": host, "days": days, "ends": host.connection.expires_at, "form": form}
