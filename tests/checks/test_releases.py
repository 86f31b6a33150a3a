"""Versions in their order, lines by version, and tables of releases as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from secdash.checks import releases
from secdash.checks.engine import catalogue_version
from secdash.checks.releases import SHIPPED
from secdash.checks.releases.reading import Refused, read, write
from secdash.checks.releases.tables import Line, Range, repaired_by
from secdash.checks.releases.versions import has_suffix, parse
from secdash.environment import BASE

OLD_TO_NEW = (
    "0.1.1",
    "1.0-rc",
    "1.0-rc1",
    "1.0-rc6",
    "1.0.0-rc7",
    "1.0.0-rc93",
    "1.0.0",
    "1.0.0.1",
    "1.1.5",
    "1.1.12",
    "1.2.0-alpha.1",
    "1.2.0-beta.1",
    "1.2.0-beta.2",
    "1.2.0-rc.1",
    "1.2.0-rc.3",
    "1.2.0",
    "1.2.8",
    "1.10.0",
    "2.0",
    "17.03.1-ce-rc1",
    "17.03.1-ce",
    "18.06.1",
    "20.10.24",
    "29.5.1",
    "29.10.0",
)


def test_versions_have_the_order_that_people_mean() -> None:
    assert [(old, new) for old, new in pairwise(OLD_TO_NEW) if not parse(old) < parse(new)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0-rc7", "1.0.0-rc7"),
        ("1.2.3", "1.2.3.0"),
        ("1.0-rc", "1.0-rc0"),
        ("v2.2.0", "2.2.0"),
        ("18.09.2-ce", "18.9.2"),
        ("1.4.0-rc.3", "1.4.0-rc3"),
        ("1.2.0~rc3", "1.2.0-rc.3"),
        ("1.2.0-rc-3", "1.2.0-rc.3"),
        ("17.06.2-ee-16", "17.06.2"),
        ("1.1.5+ds1", "1.1.5"),
        ("1.6.20~ds1", "1.6.20"),
        ("24.0.5-1.fc41", "24.0.5"),
        ("5.14.0-503.el9.x86_64", "5.14.0"),
    ],
)
def test_reads_a_number_in_every_way_it_is_written(one: str, other: str) -> None:
    assert parse(one) == parse(other) is not None


@pytest.mark.parametrize("written", ["", "29", "unknown", "library-import", "v", "-1.2", "runc version 1.1.5"])
def test_gives_no_number_where_there_is_none(written: str) -> None:
    assert parse(written) is None
    assert not has_suffix(written)


@pytest.mark.parametrize(
    ("written", "suffixed"),
    [
        ("29.10.0", False),
        ("v2.2.0", False),
        ("18.06.1-ce", False),
        ("17.06.2-ee-16", False),
        ("1.4.0-rc.3", False),
        ("1.0.0-rc93", False),
        ("20.10.24+dfsg1", True),
        ("1.6.20~ds1", True),
        ("1.1.12-0ubuntu3", True),
        ("24.0.5-1.fc41", True),
        ("1.1.12-3.el9_4", True),
        ("25.0.14.amzn2023", True),
        ("29.5.2-r0", True),
        ("2.1.9+unknown", True),
        ("1.0.0-rc95+dev", True),
    ],
)
def test_knows_a_suffix_from_a_part_of_the_number(written: str, suffixed: bool) -> None:
    assert has_suffix(written) is suffixed


@pytest.mark.parametrize(
    ("component", "written", "name"),
    [
        ("engine", "29.10.0", "29"),
        ("engine", "29.0.0-rc.1", "29"),
        ("engine", "28.9.0", "28"),
        ("engine", "26.1.0", "26.1"),
        ("engine", "26.0.2", "26.0"),
        ("engine", "19.03.15", "19.03"),
        ("engine", "19.02.0", "18.09 or older"),
        ("containerd", "2.4.9", "2.4"),
        ("containerd", "1.7.0", "1.7"),
        ("containerd", "1.2.6", "1.5 or older"),
        ("kernel", "7.1.0", "5.10 or newer"),
        ("kernel", "5.9.16", "older than 5.10"),
    ],
)
def test_a_version_belongs_to_the_newest_line_that_has_begun(component: str, written: str, name: str) -> None:
    line = SHIPPED.line(component, parse(written))

    assert line is not None
    assert line.name == name


@pytest.mark.parametrize(("component", "written"), [("engine", "30.0.0"), ("containerd", "2.5.0"), ("podman", "4.3.1")])
def test_a_version_newer_than_the_table_belongs_to_no_line(component: str, written: str) -> None:
    assert SHIPPED.line(component, parse(written)) is None


@pytest.mark.parametrize(
    ("ends", "ended"), [("", False), ("2026-11-22", True), ("2026-11-23", False), ("2026-12-04", False)]
)
def test_a_line_ends_after_its_last_day_as_of_the_day_of_reading(ends: str, ended: bool) -> None:
    line = Line(
        component="engine", name="9", since="9.0", ends=ends, source="https://example.org", read_on="2026-11-23"
    )

    assert line.has_ended is ended


def test_a_range_that_names_no_end_holds_nothing() -> None:
    assert not Range("1.0.0", "").holds(parse("1.2.0"))
    assert Range("", "1.3.0").holds(parse("1.2.0"))


def test_no_release_repairs_what_is_named_nowhere() -> None:
    assert repaired_by([], parse("1.0.0")) == ""


def test_the_table_is_part_of_the_catalogue_version() -> None:
    shipped = catalogue_version()
    with releases.using(msgspec.structs.replace(SHIPPED, read_on="2026-11-28")):
        assert catalogue_version() != shipped
    assert catalogue_version() == shipped


def test_what_is_shipped_can_be_written_and_read_again() -> None:
    again = read(write(SHIPPED))

    assert again == SHIPPED
    assert again.version == SHIPPED.version


def test_the_example_in_the_documentation_is_taken_from_the_shipped_table() -> None:
    text = (BASE / "docs/releases.md").read_text(encoding="utf-8")
    example = json.loads(text.partition("```json")[2].partition("```")[0])
    shipped = json.loads(write(SHIPPED))

    assert list(example) == list(shipped)
    assert [row for key in ("lines", "advisories") for row in example[key] if row not in shipped[key]] == []


def refused(change: Callable[[dict[str, Any]], object]) -> tuple[str, ...]:
    data = json.loads(write(SHIPPED))
    change(data)
    with pytest.raises(Refused) as error:
        read(json.dumps(data))
    return error.value.problems


def row(number: int, **values: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["advisories"][number - 1].update(values)


def line(number: int, **values: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["lines"][number - 1].update(values)


def without(key: str, value: str) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        rows = "lines" if key == "component" else "advisories"
        data[rows] = [each for each in data[rows] if each[key] != value]

    return change


FIRST = "advisories, row 1 (CVE-2026-41567): "
LINE = "lines, row 2 (engine 28): "


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data.update(read_on="24 November"), "read_on: '24 November' is no day like 2026-11-26"),
        (lambda data: data.update(read_on="2026-11-31"), "read_on: '2026-11-31' is no day like 2026-11-26"),
        (lambda data: data.update(read_on="20261126"), "read_on: '20261126' is no day like 2026-11-26"),
        (lambda data: data.update(read_on=2026), "read_on: 2026 is no day like 2026-11-26"),
        (lambda data: data.update(more=1), "the file must be an object with exactly read_on, lines, advisories"),
        (lambda data: data.pop("lines"), "the file must be an object with exactly read_on, lines, advisories"),
        (lambda data: data.update(lines={}), "lines: must be a list"),
        (lambda data: data.update(advisories={}), "advisories: must be a list"),
        (lambda data: data["lines"].append(7), "lines, row 22: Expected `object`, got `int`"),
        (row(1, cve=7), "advisories, row 1: Expected `str`, got `int` - at `$.cve`"),
        (row(1, cvss=7.2), "advisories, row 1: Object contains unknown field `cvss`"),
        (row(1, cve="41567"), "advisories, row 1 (41567): cve '41567' is no CVE or GHSA identifier"),
        (row(1, check="engine-old"), FIRST + "check 'engine-old' is none of engine-known-vulnerability"),
        (row(1, component="runc"), FIRST + "component 'runc' is none of engine, buildkit"),
        (row(1, severity="grave"), FIRST + "severity 'grave' is none of low, medium, high, critical"),
        (row(1, title=""), FIRST + "title is empty"),
        (row(1, source="a mail"), FIRST + "source must be an address that begins with https://"),
        (row(1, read_on="yesterday"), FIRST + "read_on 'yesterday' is no day like 2026-11-26"),
        (row(1, read_on="2026-11-28"), FIRST + "read_on 2026-11-28 is later than the table's own, 2026-11-27"),
        (row(1, ranges=[]), FIRST + "ranges must have one that is sure"),
        (
            row(1, ranges=[{"since": "1.0", "fixed": "2.0", "unsure": True}]),
            FIRST + "ranges must have one that is sure",
        ),
        (row(1, ranges=[{"since": "x", "fixed": "2.0"}]), FIRST + "range 1: since 'x' is no version, and not empty"),
        (row(1, ranges=[{"since": "", "fixed": ""}]), FIRST + "range 1: fixed '' is no version"),
        (row(1, ranges=[{"since": "1.0", "fixed": "x"}]), FIRST + "range 1: fixed 'x' is no version"),
        (row(1, ranges=[{"since": "2.0", "fixed": "2.0"}]), FIRST + "range 1: fixed 2.0 is not newer than since 2.0"),
        (row(2, cve="CVE-2026-41567"), "advisories: CVE-2026-41567 stands twice for engine-known-vulnerability"),
        (line(2, ends="in May"), LINE + "ends 'in May' is no day like 2026-11-26, and not empty"),
        (line(2, since="twenty"), LINE + "since 'twenty' is no version"),
        (line(1, before="thirty"), "lines, row 1 (engine 29): before 'thirty' is no version"),
        (line(2, component="crio"), "lines, row 2 (crio 28): component 'crio' is none of engine, containerd, kernel"),
        (line(2, since="29.5"), "lines: those of engine must stand newest first, each once"),
        (line(2, since="29.0"), "lines: those of engine must stand newest first, each once"),
        (without("component", "containerd"), "lines: there is none of containerd"),
        (without("check", "runc-known-escape"), "advisories: there is none for runc-known-escape"),
    ],
)
def test_says_what_is_wrong_with_which_row(change: Callable[[dict[str, Any]], object], problem: str) -> None:
    assert [each for each in refused(change) if each.startswith(problem)] != []


def test_says_all_that_is_wrong_at_once() -> None:
    def change(data: dict[str, Any]) -> None:
        row(1, title="")(data)
        line(2, ends="in May")(data)

    assert len(refused(change)) == 2


def test_says_where_it_is_no_json() -> None:
    with pytest.raises(Refused, match="line 2, column 13"):
        read('{\n "read_on": nothing\n}')


@pytest.mark.parametrize("text", ["", "[]", "null", '"text"'])
def test_refuses_what_is_no_table(text: str) -> None:
    with pytest.raises(Refused):
        read(text)
