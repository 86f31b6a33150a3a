"""Changes to a service, many fixes' changes together, and the difference as lines."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from secdash.checks.remedy import Change, Drop, Exclude, Include, Put
from secdash.fixes import patch
from secdash.fixes.merge import merged


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({}, Put("user", "1"), {"user": "1"}),
        ({"user": "0"}, Put("user", "1"), {"user": "1"}),
        ({"pid": "host"}, Drop("pid"), {}),
        ({}, Drop("pid"), {}),
        ({}, Include("tmpfs", "/t"), {"tmpfs": ["/t"]}),
        ({"tmpfs": ["/t"]}, Include("tmpfs", "/t"), {"tmpfs": ["/t"]}),
        ({"ports": ["a", "b", "c", "d"]}, Include("ports", "x", ("b", "d")), {"ports": ["a", "x", "c"]}),
        ({"ports": ["x", "b"]}, Include("ports", "x", ("b",)), {"ports": ["x"]}),
        ({"cap_add": ["A", "B"]}, Exclude("cap_add", ("A",)), {"cap_add": ["B"]}),
        ({"cap_add": ["A"]}, Exclude("cap_add", ("A", "B")), {}),
        ({}, Exclude("cap_add", ("A",)), {}),
        (
            {"volumes": [{"type": "bind", "source": "/", "target": "/a:b", "read_only": True}]},
            Exclude("volumes", ("/:/a:b:ro",)),
            {},
        ),
        ({"network_mode": "bridge"}, Put("networks", {"a": {}}), {"networks": {"a": {}}}),
    ],
)
def test_applies_a_change_to_a_copy(before: dict[str, Any], change: Change, after: dict[str, Any]) -> None:
    kept = deepcopy(before)

    assert patch.apply(before, (change,)) == after
    assert before == kept


def test_a_put_value_is_not_shared_with_the_fix() -> None:
    change = Put("ulimits", {"nofile": 1})
    patch.apply({}, (change,))["ulimits"]["nofile"] = 2

    assert change.value == {"nofile": 1}


@pytest.mark.parametrize(
    ("groups", "together"),
    [
        ([(Put("user", "1"),), (Put("user", "2"),)], (Put("user", "1"),)),
        ([(Drop("user"),), (Put("user", "2"),)], (Drop("user"),)),
        ([(Exclude("a", ("x",)),), (Include("a", "x"),)], (Exclude("a", ("x",)),)),
        ([(Include("a", "y", ("x",)),), (Exclude("a", ("x",)),)], (Exclude("a", ("x",)),)),
        (
            [(Include("ports", "127.0.0.1:80:80", ("80:80",)),), (Include("ports", "8080:80", ("80:80",)),)],
            (Include("ports", "127.0.0.1:8080:80", ("80:80",)),),
        ),
        (
            [
                (Include("ports", "127.0.0.1:80:80", ("[::]:80:80",)),),
                (Include("ports", "[::]:81:80", ("[::]:80:80",)),),
            ],
            (Include("ports", "127.0.0.1:81:80", ("[::]:80:80",)),),
        ),
        (
            [(Include("a", {"x": 1}, ("b",)),), (Include("a", {"x": 2}, ("b", "c")),)],
            (Include("a", {"x": 1}, ("b", "c")),),
        ),
    ],
)
def test_many_fixes_do_not_undo_each_other(groups: list[tuple[Change, ...]], together: tuple[Change, ...]) -> None:
    assert merged(groups) == together


def test_numbers_the_lines_of_both_sides() -> None:
    found = [(line.kind, line.old_no, line.new_no, line.text) for line in patch.lines("a\nb\nc\n", "a\nx\nc\nd\n")]

    assert found == [(" ", 1, 1, "a"), ("-", 2, 0, "b"), ("+", 0, 2, "x"), (" ", 3, 3, "c"), ("+", 0, 4, "d")]


def test_the_unified_difference_is_empty_where_nothing_changes() -> None:
    assert patch.unified("a\n", "a\n", "f") == ""
    assert patch.unified("a\n", "b\n", "f") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
