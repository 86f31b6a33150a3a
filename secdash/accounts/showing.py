"""Browsers in words, as far as they say who they are. What they say is a claim, and is shown as a hint alone."""

from __future__ import annotations

from django.utils.translation import gettext as _

# In this order: later ones pretend to be the earlier, so the more special name is looked for first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Such as `Firefox, Linux`."""
    browser, system = (next((word for sign, word in table if sign in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, (browser, system))) or _("another program")
