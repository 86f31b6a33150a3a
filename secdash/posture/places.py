"""Which room of the sidebar each page belongs to, and the tabs of the settings: both by the names of addresses."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act


class Tab(NamedTuple):
    """`pages` is how the names of its pages begin; `needs` what one must be let do to see it."""

    name: str
    label: Promise
    pages: tuple[str, ...]
    needs: Act | None = None


class ShownTab(NamedTuple):
    label: Promise
    url: str
    current: bool


TABS = (
    Tab("account", _("Account"), ("account", "mfa_")),
    Tab("messages", _("Messages"), ("messages", "channel", "rule")),
    Tab("tokens", _("Tokens"), ("token", "api-reference")),
    Tab("health", _("Health"), ("health",), Act.MANAGE_HOSTS),
    Tab("policy", _("Policy"), ("policy",), Act.SET_POLICY),
    Tab("people", _("People"), ("people", "person"), Act.MANAGE_PEOPLE),
    Tab("audit", _("Audit log"), ("audit",), Act.READ_AUDIT),
)

# The room of the sidebar, and how the names of its pages begin; the longest beginning decides.
ROOMS = {
    "overview": ("overview",),
    "findings": ("finding", "bulk-act", "view-"),
    "hosts": ("host", "container", "group", "maintenance"),
    "checks": ("check",),
    "benchmark": ("benchmark", "attest"),
    "guide": ("guide", "article"),
    "trends": ("trends", "why-moved", "as-of"),
    "threats": ("threat", "host-stories"),
    "causes": ("causes", "plan"),
    "acceptances": ("accept",),
    "reports": ("report",),
    "settings": tuple(beginning for tab in TABS for beginning in tab.pages),
}


def room_of(page: str) -> str:
    """The room that a page belongs to; an empty word for a page of none."""
    fitting = [
        (len(beginning), room)
        for room, beginnings in ROOMS.items()
        for beginning in beginnings
        if page.startswith(beginning)
    ]
    return max(fitting, default=(0, ""))[1]


def tabs_for(user: User, page: str) -> list[ShownTab]:
    """The tabs of the settings that this person may see."""
    return [
        ShownTab(tab.label, reverse(tab.name), page.startswith(tab.pages))
        for tab in TABS
        if tab.needs is None or user.can(tab.needs)
    ]
