"""The strict content policy, held in every template: nothing inline, nothing from another origin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\s(?:src=|type=\"application/json\"))", re.IGNORECASE),
    "an inline handler": re.compile(r"""<[^>]*\s(on[a-z]+|hx-on[\w:.-]*)\s*=""", re.IGNORECASE),
    "a script address": re.compile(r"""=\s*["']\s*javascript:""", re.IGNORECASE),
    "something from another origin": re.compile(
        r"""<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=\s*["'](?:https?:)?//"""
    ),
    "an unescaped value": re.compile(r"\|\s*safe\b(?!seq)|{%\s*autoescape off"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_holds_nothing_the_policy_refuses(path):
    source = path.read_text(encoding="utf-8")

    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]

    assert not found


@pytest.mark.parametrize(
    "source",
    [
        '<p style="x">',
        "<style>",
        "<script>x()</script>",
        "<script type=module>",
        '<a onclick="x">',
        '<div hx-on:click="x">',
        "{{ name|safe }}",
    ],
)
def test_the_rules_catch_what_they_forbid(source):
    assert any(pattern.search(source) for pattern in FORBIDDEN.values())
