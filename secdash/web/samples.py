"""Made-up values for the page of all parts, which stands only in development."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone


@dataclass(frozen=True)
class SampleLine:
    kind: str
    old_no: int | None
    new_no: int | None
    text: str
    checks: tuple[str, ...] = ()


LINES = (
    SampleLine("same", 3, 3, "  web:"),
    SampleLine("same", 4, 4, "    image: registry.example.com/shop/web:4.12.1"),
    SampleLine("del", 5, None, "    privileged: true", ("privileged-container",)),
    SampleLine("add", None, 5, "    security_opt:"),
    SampleLine("add", None, 6, "      - no-new-privileges:true", ("no-new-privileges-off",)),
    SampleLine("same", 6, 7, "    ports:"),
    SampleLine("del", 7, None, '      - "0.0.0.0:8080:8080"'),
    SampleLine("add", None, 8, '      - "127.0.0.1:8080:8080"', ("published-on-all-interfaces",)),
)
LIVE_HOSTS = (
    {"name": "web-01", "url": "#live", "subjects": [{"name": "shop-web-1", "url": "#live"}]},
    {"name": "db-paris", "url": "#live", "subjects": [{"name": "postgres", "url": "#live"}]},
)
CODE = "services:\n  web:\n    mem_limit: 512m\n    memswap_limit: 512m   # no swap beyond it\n"
SPARK = [3, 3, 4, 4, 5, 7, 6, 6, None, 5, 4, 4, 3, 4]


class SampleForm(forms.Form):
    address = forms.CharField(initial="ssh://docker@db-lyon", help_text="Read-only. Secrets are encrypted.")
    key = forms.CharField(label="Known host key", min_length=20)
    daily = forms.BooleanField(label="Scan every day", required=False)


def everything() -> dict[str, Any]:
    now = timezone.now()
    return {
        "scores": [93, 84, 71, 63, 48],
        "days": _days(now.date()),
        "counts": {"critical": 4, "high": 19, "medium": 63, "low": 118, "info": 31},
        "lines": LINES,
        "live_hosts": [*LIVE_HOSTS, {"name": "nas", "url": "#live", "subjects": [], "seen": now - timedelta(days=3)}],
        "code": CODE,
        "spark": SPARK,
        "form": SampleForm({"address": "ssh://docker@db-lyon", "key": "AAAAC3Nz", "daily": "on"}),
        "moments": [now, now - timedelta(minutes=4), now - timedelta(hours=3), now - timedelta(days=40)],
        "page": Paginator(range(200), 10).page(4),
    }


def _days(today: date) -> list[tuple[date, float | None]]:
    scores = [64 + (i % 7) / 2 + i / 12 - (6 if 30 < i < 40 else 0) for i in range(90)]
    return [(today - timedelta(days=89 - i), None if i in (50, 51) else score) for i, score in enumerate(scores)]
