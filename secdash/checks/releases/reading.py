"""Tables of releases as a JSON file, checked row by row (docs/releases.md has the form)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

import msgspec

from secdash.checks.releases.tables import HAVE_LINES, JUDGES, SEVERITIES, Advisory, Line, Range, Row, Tables
from secdash.checks.releases.versions import parse

R = TypeVar("R", Line, Advisory)
KEYS = ("read_on", "lines", "advisories")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
IDENTIFIER = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}")


class Refused(ValueError):
    """A table that must not be used; `problems` says of each row what is wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def write(tables: Tables) -> str:
    """The inverse of `read`."""
    return json.dumps(msgspec.to_builtins(tables), indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> Tables:
    """The tables of a file. Raises Refused with everything that is wrong; there is no half a table."""
    data = _json(text)
    problems: list[str] = []
    lines = _rows(data["lines"], Line, "lines", problems)
    advisories = _rows(data["advisories"], Advisory, "advisories", problems)
    if not _is_day(data["read_on"]):
        problems.append(f"read_on: {data['read_on']!r} is no day like 2026-11-26")
    if not problems:
        tables = Tables(data["read_on"], lines, advisories)
        problems += _faults(tables)
    if problems:
        raise Refused(problems)
    return tables


def _json(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused([f"line {error.lineno}, column {error.colno}: {error.msg}"]) from None
    if not isinstance(data, dict) or set(data) != set(KEYS):
        raise Refused([f"the file must be an object with exactly {', '.join(KEYS)}"])
    for key in ("lines", "advisories"):
        if not isinstance(data[key], list):
            raise Refused([f"{key}: must be a list"])
    return data


def _rows(items: list[Any], kind: type[R], where: str, problems: list[str]) -> tuple[R, ...]:
    rows = []
    for number, item in enumerate(items, 1):
        try:
            rows.append(msgspec.convert(item, kind))
        except msgspec.ValidationError as error:
            problems.append(f"{where}, row {number}: {error}")
    return tuple(rows)


def _faults(tables: Tables) -> Iterator[str]:
    """What types cannot say."""
    for number, line in enumerate(tables.lines, 1):
        yield from _named(f"lines, row {number} ({line.component} {line.name})", _of_line(line, tables))
    for number, advisory in enumerate(tables.advisories, 1):
        yield from _named(f"advisories, row {number} ({advisory.cve})", _of_advisory(advisory, tables))
    yield from _of_order(tables)
    yield from _of_the_whole(tables)


def _named(row: str, faults: Iterable[str]) -> Iterator[str]:
    return (f"{row}: {fault}" for fault in faults)


def _of_row(row: Row, tables: Tables) -> Iterator[str]:
    if not row.source.startswith("https://"):
        yield "source must be an address that begins with https://"
    if not _is_day(row.read_on):
        yield f"read_on {row.read_on!r} is no day like 2026-11-26"
    elif row.read_on > tables.read_on:
        yield f"read_on {row.read_on} is later than the table's own, {tables.read_on}"


def _of_line(line: Line, tables: Tables) -> Iterator[str]:
    yield from _of_row(line, tables)
    if line.component not in HAVE_LINES:
        yield f"component {line.component!r} is none of {', '.join(HAVE_LINES)}"
    if line.ends and not _is_day(line.ends):
        yield f"ends {line.ends!r} is no day like 2026-11-26, and not empty"
    for name, version in (("since", line.since), ("before", line.before or "1.0")):
        if parse(version) is None:
            yield f"{name} {version!r} is no version"


def _of_advisory(advisory: Advisory, tables: Tables) -> Iterator[str]:
    yield from _of_row(advisory, tables)
    if advisory.check not in JUDGES:
        yield f"check {advisory.check!r} is none of {', '.join(JUDGES)}"
    elif advisory.component not in JUDGES[advisory.check]:
        yield f"component {advisory.component!r} is none of {', '.join(JUDGES[advisory.check])}"
    if not IDENTIFIER.fullmatch(advisory.cve):
        yield f"cve {advisory.cve!r} is no CVE or GHSA identifier"
    if advisory.severity not in SEVERITIES:
        yield f"severity {advisory.severity!r} is none of {', '.join(SEVERITIES)}"
    if not advisory.title:
        yield "title is empty"
    if all(each.unsure for each in advisory.ranges):
        yield "ranges must have one that is sure"
    for number, each in enumerate(advisory.ranges, 1):
        yield from _of_range(each, number)


def _of_range(each: Range, number: int) -> Iterator[str]:
    since, fixed = parse(each.since), parse(each.fixed)
    if fixed is None:
        yield f"range {number}: fixed {each.fixed!r} is no version"
    if since is None and each.since:
        yield f"range {number}: since {each.since!r} is no version, and not empty"
    if since and fixed and since >= fixed:
        yield f"range {number}: fixed {each.fixed} is not newer than since {each.since}"


def _of_order(tables: Tables) -> Iterator[str]:
    """A version belongs to the first line that has begun, so a newer line must not stand below an older one."""
    for component in HAVE_LINES:
        since = [parse(line.since) for line in tables.lines if line.component == component]
        known = [version for version in since if version]
        if known != sorted(set(known), reverse=True):
            yield f"lines: those of {component} must stand newest first, each once"


def _of_the_whole(tables: Tables) -> Iterator[str]:
    """A table that leaves a part out would pass every version of it."""
    for component in set(HAVE_LINES) - {line.component for line in tables.lines}:
        yield f"lines: there is none of {component}"
    for check in sorted(set(JUDGES) - {advisory.check for advisory in tables.advisories}):
        yield f"advisories: there is none for {check}"
    judged = [(advisory.check, advisory.cve) for advisory in tables.advisories]
    for check, cve in sorted({pair for pair in judged if judged.count(pair) > 1}):
        yield f"advisories: {cve} stands twice for {check}"


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
