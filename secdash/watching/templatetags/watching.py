"""How a host is watched, for the pages of hosts."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from secdash.fleet.models import Host
from secdash.watching.access import watch_of

register = template.Library()


@register.inclusion_tag("watching/_state.html", takes_context=True)
def watched(context: template.Context, host: Host) -> dict[str, Any]:
    """One query; nothing for a host that cannot be watched. `may_manage` of the page decides about the switch."""
    watch = watch_of(host)
    return {
        "host": host,
        "watch": watch,
        "state": watch.state_at(timezone.now()) if watch else "",
        "may_manage": context.get("may_manage", False),
        "csrf_token": context.get("csrf_token"),
    }
