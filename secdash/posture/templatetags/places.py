"""Where in the sidebar and among the settings the reader stands."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from secdash.posture.places import room_of, tabs_for

register = template.Library()

PAGE, WITHIN = mark_safe(' aria-current="page"'), mark_safe(' aria-current="true"')


@register.simple_tag(takes_context=True)
def marked(context: Context, room: str) -> SafeString | str:
    """What marks a link of the sidebar, where it leads to this page or to the room that this page belongs to."""
    page = _page(context)
    if page == room:
        return PAGE
    return WITHIN if room_of(page) == room else ""


@register.inclusion_tag("web/_settings_tabs.html", takes_context=True)
def settings_tabs(context: Context) -> dict[str, Any]:
    return {"tabs": tabs_for(context["request"].user, _page(context))}


def _page(context: Context) -> str:
    """The name of the page; an empty word for one without an address, such as that of an error."""
    return str(context.get("room") or "")
