"""Any list as a file, row by row: CSV that runs nothing, JSON, or a table in Markdown."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from django.http import StreamingHttpResponse

from secdash.posture.report.written import cell
from secdash.web.spreadsheets import Echo, harmless

Row = Mapping[str, Any]


class Sheet(NamedTuple):
    """`name` is that of the file, and of the list in JSON; `headings` are the columns that a table for people has."""

    name: str
    title: str
    columns: tuple[str, ...]
    headings: Mapping[str, str]
    rows: Iterator[Row]


def response(sheet: Sheet, kind: str) -> StreamingHttpResponse:
    """Streamed: the first lines leave before the last rows are read."""
    write, content_type = KINDS[kind]
    answer = StreamingHttpResponse(write(sheet), content_type=f"{content_type}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return answer


def as_csv(sheet: Sheet) -> Iterator[str | bytes]:
    writer = csv.writer(Echo())
    yield writer.writerow(sheet.columns)
    for row in sheet.rows:
        yield writer.writerow([harmless(_plain(row[column])) for column in sheet.columns])


def as_json(sheet: Sheet) -> Iterator[str | bytes]:
    yield orjson.dumps(sheet.name).join((b"{", b": ["))
    for number, row in enumerate(sheet.rows):
        yield (b",\n" if number else b"\n") + orjson.dumps(dict(row))
    yield b"\n]}\n"


def as_markdown(sheet: Sheet) -> Iterator[str | bytes]:
    yield f"# {sheet.title}\n\n| {' | '.join(sheet.headings.values())} |\n|{'---|' * len(sheet.headings)}\n"
    for row in sheet.rows:
        yield f"| {' | '.join(cell(str(_plain(row[column]))) for column in sheet.headings)} |\n"


def _plain(value: object) -> object:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


KINDS: Mapping[str, tuple[Callable[[Sheet], Iterator[str | bytes]], str]] = {
    "csv": (as_csv, "text/csv"),
    "json": (as_json, "application/json"),
    "md": (as_markdown, "text/markdown"),
}
LABELS = (("csv", "CSV"), ("json", "JSON"), ("md", "Markdown"))
