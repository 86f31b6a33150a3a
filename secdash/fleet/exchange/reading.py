"""Making lines of a file that somebody uploaded. Pure; what it may cost is bounded before anything is looked at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

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
        if not set(names) >= NEEDED or not set(names) <= set(FIELDS) or len(names) > len(set(names)):
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


DEEPEST = 8  # a file, its hosts, one of them, its tags: four
MOST_EVENTS = 60 * MOST  # of the parser: a host with every field and twenty tags has fewer


class _Plain(yaml.CSafeLoader):
    """With every scalar as it is written: neither numbers nor dates are made of them."""


_Plain.yaml_implicit_resolvers = {}


def _of_yaml(text: str) -> Iterator[Line]:
    try:
        _need_plain(text)
        read = yaml.load(text, Loader=_Plain)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(NOT_YAML) from error
    hosts = read.get("hosts") if isinstance(read, dict) else None
    if not isinstance(hosts, list):
        raise Unreadable(NOT_YAML)
    return (Line(number, _mapped(host)) for number, host in enumerate(hosts, 1))


def _need_plain(text: str) -> None:
    """Raises Unreadable before anything is built of it.

    Aliases make an endless file of a small one; nesting is followed by recursion in the parser's own C; and what a tag
    makes of a text may be anything but a text.
    """
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Plain)):
        if count > MOST_EVENTS:
            raise Unreadable(TOO_MANY)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            raise Unreadable(NOT_YAML)


def _mapped(host: object) -> dict[str, str]:
    """Keys that there are not are kept, so that somebody is told of them; lists become words."""
    if not isinstance(host, dict):
        return {}
    return {str(key)[:40]: _word(value)[:LONGEST_CELL] for key, value in list(host.items())[: 2 * len(FIELDS)]}


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return value if isinstance(value, str) else ""
