"""Findings as a file, exactly as the list is filtered and in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import StreamingHttpResponse

from secdash.findings.models import FindingQuerySet
from secdash.posture.exports import junit, markdown, sarif, tables

# By the ending of the file's name.
KINDS: dict[str, tuple[Callable[[FindingQuerySet], Iterator[str | bytes]], str]] = {
    "csv": (tables.as_csv, "text/csv"),
    "json": (tables.as_json, "application/json"),
    "sarif": (sarif.as_sarif, "application/sarif+json"),
    "xml": (junit.as_junit, "application/xml"),
    "md": (markdown.as_markdown, "text/markdown"),
}
ORDERS = {
    "newest": ("-opened_at", "-pk"),
    "oldest": ("opened_at", "pk"),
}


def labels() -> list[tuple[str, str]]:
    """The kinds in the order of a menu, by the names that people know them by."""
    return [("csv", "CSV"), ("json", "JSON"), ("sarif", "SARIF"), ("xml", "JUnit"), ("md", "Markdown")]


def response(findings: FindingQuerySet, kind: str, *, sort: str) -> StreamingHttpResponse:
    """Streamed: the first lines leave before the last findings are read."""
    write, content_type = KINDS[kind]
    ordered = findings.order_by(*ORDERS[sort]) if sort in ORDERS else findings.worst_first()
    answer = StreamingHttpResponse(write(ordered), content_type=f"{content_type}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="findings.{kind}"'
    return answer
