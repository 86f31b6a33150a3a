"""Making lines of a file that somebody uploaded. Pure; what it may cost is bounded before anything is looked at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from secdash.facts.message import Message, say
from secdash.fleet.exchange.fields import FIELDS, NEEDED
from secdash.web.spreadsheets import FORMULA_SIGNS

LARGEST, MOST, LONGEST_CELL = 1 << 20, 2000, 1000

TOO_LARGE = say("The file is too large: at most 1 MB.")
TOO_MANY = say("There are more than %(most)s hosts in the file. Take it apart.", most=MOST)
NO_HOSTS = say("There is no host in this file.")
NOT_CSV = say("This is no CSV. Its first line names the columns: %(fields)s.", fields=", ".join(FIELDS))
NOT_YAML = say("This is no YAML with a list called “hosts”.")


class Unreadable(Exception):
    """The file as a whole; the message is for whoever uploaded it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Line(NamedTuple):
    """One host of the file, all as text. `number` is its line in a CSV, and its place in the list of a YAML."""

    number: int
    values: Mapping[str, str]


def read(text: str) -> list[Line]:
    """The hosts of a CSV or a YAML, whichever it is. Raises Unreadable."""
    if len(text.encode()) > LARGEST:
        raise Unreadable(TOO_LARGE)
    plain = text.removeprefix("\ufeff")
    lines = list(_bounded(_of_yaml(plain) if _looks_like_yaml(plain) else _of_csv(plain)))
    if not lines:
        raise Unreadable(NO_HOSTS)
    return lines


def _looks_like_yaml(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith(("#", "---"))), "")
    return first.rstrip() == "hosts:" or first.startswith("hosts: [")


def _bounded(lines: Iterable[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines, 1):
        if count > MOST:
            raise Unreadable(TOO_MANY)
        yield line


# --- CSV ------------------------------------------------------------------------------------------------------------


def _of_csv(text: str) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=";" if ";" in text.split("\n")[0] else ",")
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        if not set(names) >= NEEDED or not set(names) <= set(FIELDS):
            raise Unreadable(NOT_CSV)
        for row in rows:
            if any(cell.strip() for cell in row):
                yield Line(rows.line_num, {name: _cell(cell) for name, cell in zip(names, row, strict=False)})
    except csv.Error as error:
        raise Unreadable(NOT_CSV) from error


def _cell(text: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    told = text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text
    return told.strip()[:LONGEST_CELL]


# --- YAML -----------------------------------------------------------------------------------------------------------


class _Plain(yaml.SafeLoader):
    """Without aliases, by which a small file becomes an endless one, and with every scalar as it is written."""

    def compose_node(self, parent: Any, index: int) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


_Plain.yaml_implicit_resolvers = {}


def _of_yaml(text: str) -> Iterator[Line]:
    try:
        read = yaml.load(text, Loader=_Plain)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(NOT_YAML) from error
    hosts = read.get("hosts") if isinstance(read, dict) else None
    if not isinstance(hosts, list):
        raise Unreadable(NOT_YAML)
    return (Line(number, _mapped(host)) for number, host in enumerate(hosts, 1))


def _mapped(host: object) -> dict[str, str]:
    """Keys that there are not are kept, so that somebody is told of them; lists become words."""
    if not isinstance(host, dict):
        return {}
    return {str(key)[:40]: _word(value)[:LONGEST_CELL] for key, value in list(host.items())[: 2 * len(FIELDS)]}


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return value if isinstance(value, str) else ""
