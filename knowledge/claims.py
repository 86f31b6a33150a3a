"""Which section claims which check, read from the source alone: no Markdown run, no database."""

from __future__ import annotations

from knowledge import shipped
from knowledge.source import scan


def claims(body: str) -> dict[str, str]:
    """Check name → anchor of the section that claims it; the first claim counts."""
    found: dict[str, str] = {}
    for directive in scan(body).directives:
        found.setdefault(directive.check, directive.anchor)
    return found


def shipped_claims(language: str) -> dict[str, str]:
    """Check name → address of the section in the guide that comes with secdash."""
    found: dict[str, str] = {}
    for article in shipped.articles(language):
        for check, anchor in claims(article.body).items():
            found.setdefault(check, f"/guide/{language}/{article.key}/#{anchor}")
    return found
