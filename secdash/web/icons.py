"""The icons: strokes drawn by hand on a 16 × 16 grid, coloured by the text they stand in."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: dict[str, str] = {
    "accepted": '<circle cx="8" cy="8" r="4.5"/><path d="M1.25 8h13.5"/>',
    "arrow": '<path d="M3 8h10M9.2 4.2L13 8l-3.8 3.8"/>',
    "bell": '<path d="M4 11V7.2a4 4 0 0 1 8 0V11l1.25 1.5H2.75zM6.6 14h2.8"/>',
    "benchmark": '<path d="M4 1.75h8v12.5H4zM6.25 5h3.5M6.25 8h3.5M6.25 11h2"/>',
    "check": '<path d="M3.25 8.5l3.1 3.1 6.4-7"/>',
    "checks": '<path d="M2.25 4.6l1.3 1.3L6 3.3M2.25 11l1.3 1.3L6 9.7M8.75 4.75h5M8.75 11.1h5"/>',
    "clock": '<circle cx="8" cy="8" r="5.75"/><path d="M8 4.8V8l2.2 1.6"/>',
    "comment": '<path d="M2.5 3h11v7.5H8l-3 2.75V10.5H2.5z"/>',
    "compare": '<path d="M8 2v12M2.5 4h3v8h-3zM10.5 4h3v8h-3z"/>',
    "copy": '<rect x="5.5" y="5.5" width="8" height="8" rx="1.2"/><path d="M3.6 10.5H2.5v-8h8v1.1"/>',
    "dn": '<path d="M8 3.5v9M4.5 9L8 12.5 11.5 9"/>',
    "dots": '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>',
    "down": '<path d="M4 6l4 4 4-4"/>',
    "download": '<path d="M8 2.5v7.6M4.8 7.2L8 10.4l3.2-3.2M2.8 13.3h10.4"/>',
    "edit": '<path d="M10.6 2.9l2.5 2.5-7.4 7.4-3.2.7.7-3.2z"/>',
    "eye": (
        '<path d="M1.75 8S4 3.9 8 3.9 14.25 8 14.25 8 12 12.1 8 12.1 1.75 8 1.75 8z"/><circle cx="8" cy="8" r="1.9"/>'
    ),
    "fail": '<path d="M4.25 4.25l7.5 7.5M11.75 4.25l-7.5 7.5" stroke-width="1.8"/>',
    "findings": '<path d="M4 14V2.5M4 3h8l-2 2.75 2 2.75H4"/>',
    "folder": '<path d="M2 4h4.2l1.3 1.6H14v7H2z"/>',
    "guide": (
        '<path d="M8 4.2C6.6 3.1 4.6 2.8 2.25 2.8v9.4c2.35 0 4.35.3 5.75 1.4 1.4-1.1 3.4-1.4'
        ' 5.75-1.4V2.8C11.4 2.8 9.4 3.1 8 4.2zM8 4.2v9.4"/>'
    ),
    "history": '<path d="M2.75 3v3.25H6M2.9 6.2A5.5 5.5 0 1 1 2.5 8.6M8 5.2V8l2 1.4"/>',
    "hosts": (
        '<rect x="2.5" y="2.75" width="11" height="4.25" rx="1"/>'
        '<rect x="2.5" y="9" width="11" height="4.25" rx="1"/><path d="M5 4.9h.01M5 11.1h.01"/>'
    ),
    "info": '<circle cx="8" cy="8" r="5.75"/><path d="M8 7.4v3.4M8 5.1h.01"/>',
    "key": '<circle cx="5.4" cy="10.6" r="2.9"/><path d="M7.6 8.4l5.6-5.6M10.8 5.2l1.9 1.9"/>',
    "link": (
        '<path d="M6.6 9.4l2.8-2.8M7.4 4.9l1.5-1.5a2.6 2.6 0 0 1 3.7 3.7l-1.5 1.5M8.6 11.1l-1.5 1.5a2.6 2.6'
        ' 0 0 1-3.7-3.7l1.5-1.5"/>'
    ),
    "menu": '<path d="M2 4.5h12M2 8h12M2 11.5h12"/>',
    "moon": '<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z"/>',
    "na": '<path d="M4 8h8"/>',
    "net": (
        '<circle cx="8" cy="8" r="5.75"/><path d="M2.25 8h11.5M8 2.25c3.4 3.6 3.4 7.9 0 11.5-3.4-3.6-3.4-7.9 0-11.5z"/>'
    ),
    "open": '<circle cx="8" cy="8" r="5.25"/><circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none"/>',
    "overview": '<path d="M1.75 5.25h12.5v5.5H1.75zM4.5 5.25v2.25M7 5.25v2.25M9.5 5.25v2.25M12 5.25v2.25"/>',
    "pass": '<path d="M3.25 8.5l3.1 3.1 6.4-7" stroke-width="1.8"/>',
    "plan": '<path d="M3.5 3.5v9M3.5 4.75H9M3.5 8h7.5M3.5 11.25h4.5"/><path d="M11.2 10.9l1.4 1.4 2-2.6"/>',
    "plus": '<path d="M8 3.25v9.5M3.25 8h9.5"/>',
    "print": '<path d="M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z"/>',
    "resolved": '<circle cx="8" cy="8" r="5.5"/><path d="M5.4 8.2l1.8 1.8 3.4-3.7"/>',
    "report": '<path d="M4 1.75h5.5L12.5 4.75v9.5H4zM9.25 1.75V5h3.25M6.25 8h4M6.25 10.75h4"/>',
    "right": '<path d="M6 4l4 4-4 4"/>',
    "scan": '<path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.75M13.4 2.2v2.6h-2.6"/>',
    "search": '<circle cx="7" cy="7" r="4.25"/><path d="M10.2 10.2l3.5 3.5"/>',
    "settings": (
        '<path d="M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14"/><circle cx="10.2" cy="4.5" r="1.7"/>'
        '<circle cx="5.8" cy="11.5" r="1.7"/>'
    ),
    "star": '<path d="M8 2.2l1.75 3.7 4 .5-2.95 2.8.75 4L8 11.2l-3.55 2 .75-4L2.25 6.4l4-.5z"/>',
    "threats": '<path d="M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11M2.5 6.2h11M2.5 9.8h11"/>',
    "trends": '<path d="M2 12.5l3.8-4.3 2.9 2.4L14 4.2M10.6 4H14v3.4"/>',
    "unknown": (
        '<circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.3"/>'
        '<path d="M6.5 6.5A1.55 1.55 0 1 1 8.7 7.9c-.5.25-.7.5-.7 1M8 10.9h.01"/>'
    ),
    "up": '<path d="M8 12.5v-9M4.5 7L8 3.5 11.5 7"/>',
    "updown": '<path d="M5 6.2L8 3.2l3 3M5 9.8l3 3 3-3"/>',
    "user": '<circle cx="8" cy="5.4" r="2.6"/><path d="M2.9 13.6c.6-2.7 2.6-4 5.1-4s4.5 1.3 5.1 4"/>',
    "warn": '<path d="M8 2.4l6.2 11H1.8zM8 6.6v3.1M8 11.6h.01"/>',
    "x": '<path d="M4.25 4.25l7.5 7.5M11.75 4.25l-7.5 7.5"/>',
    "sun": (
        '<circle cx="8" cy="8" r="2.8"/>'
        '<path d="M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1"/>'
    ),
    "screen": '<rect x="2" y="3" width="12" height="8" rx="1"/><path d="M6 13.5h4"/>',
    "out": '<path d="M6.5 2.75H3v10.5h3.5M6.5 8h7M10.8 5.2L13.5 8l-2.7 2.8"/>',
    "keyboard": (
        '<rect x="1.75" y="4" width="12.5" height="8" rx="1.2"/>'
        '<path d="M4.5 6.75h.01M7 6.75h.01M9.5 6.75h.01M11.75 6.75h.01M5.5 9.5h5"/>'
    ),
    "container": '<path d="M8 1.9l5.5 3v6.2L8 14.1l-5.5-3V4.9zM2.6 4.9L8 7.9l5.4-3M8 7.9v6.1"/>',
    "lock": '<rect x="3.25" y="7" width="9.5" height="6.5" rx="1.2"/><path d="M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2"/>',
    "filter": '<path d="M2.25 4h11.5M4.5 8h7M6.75 12h2.5"/>',
    "external": '<path d="M9 2.75h4.25V7M13 3L7.5 8.5M11.5 9.5v3.75h-8.75V4.5H6.5"/>',
    "trash": '<path d="M2.75 4.25h10.5M6 4.25V2.75h4v1.5M4 4.25l.6 9h6.8l.6-9"/>',
    "image": '<path d="M8 2.25L14 5.3 8 8.35 2 5.3zM2 8.1l6 3.05 6-3.05M2 10.9l6 3.05 6-3.05"/>',
}

STATE_ICONS = {"open": "open", "accepted": "accepted", "resolved": "resolved"}
VERDICT_ICONS = {"pass": "pass", "fail": "fail", "unknown": "unknown", "not_applicable": "na"}


@lru_cache(maxsize=512)
def draw(name: str, *, small: bool = False, css: str = "") -> SafeString:
    """An inline SVG, hidden from screen readers: a word always stands beside it. An unknown name raises KeyError."""
    classes = " ".join(part for part in ("i", "i-s" if small else "", css) if part)
    shape = mark_safe(ICONS[name])  # noqa: S308 - from the table above, never from data
    return format_html('<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', classes, shape)
