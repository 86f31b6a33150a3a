"""Changing a JSON object as text: what is not changed keeps its author's form, to the byte."""

from __future__ import annotations

import json

import pytest

from secdash.fixes import json_text

FILE = '{\n    "icc" : true,\n    "hosts": ["fd://",\n              "tcp://[::1]:1"],\n    "labels": []\n}\n'


@pytest.mark.parametrize(
    ("text", "key", "value", "expected"),
    [
        (FILE, "icc", False, FILE.replace("true", "false")),
        (FILE, "debug", True, FILE.replace("[]\n}", '[],\n    "debug": true\n}')),
        ('{"a": 1}', "b", [2], '{"a": 1, "b": [2]}'),
        ('{"a": 1}\n', "a", {"x": 2}, '{"a": {"x": 2}}\n'),
        ("{}", "a", 1, '{\n  "a": 1\n}\n'),
        (" {\n} \n", "a", {"b": 1}, '{\n  "a": {\n    "b": 1\n  }\n}\n'),
        ('{\n\t"a": 1\n}', "b", {"c": 2}, '{\n\t"a": 1,\n\t"b": {\n\t\t"c": 2\n\t}\n}'),
        ('{"a": 1,\n "b": 2}', "c", 3, '{"a": 1,\n "b": 2, "c": 3}'),
        ('{"a": 1, "a": 2}', "a", 3, '{"a": 1, "a": 3}'),
        ('{"}\\"": "é"}', "x", "ü", '{"}\\"": "é", "x": "ü"}'),
    ],
)
def test_sets_a_key(text: str, key: str, value: object, expected: str) -> None:
    assert json_text.put(text, key, value) == expected
    assert json.loads(expected)[key] == value


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (FILE, "icc", FILE.replace('"icc" : true,\n    ', "")),
        (FILE, "labels", FILE.replace(',\n    "labels": []', "")),
        (FILE, "hosts", FILE.replace(',\n    "hosts": ["fd://",\n              "tcp://[::1]:1"]', "")),
        (FILE, "absent", FILE),
        ('{"a": 1}', "a", "{}\n"),
        ('{"a": 1, "b": 2, "a": 3}', "a", '{"b": 2}'),
    ],
)
def test_takes_a_key_away_with_its_comma(text: str, key: str, expected: str) -> None:
    assert json_text.drop(text, key) == expected
    assert key not in json.loads(expected)


def test_tells_the_keys_of_the_outermost_object_alone() -> None:
    assert json_text.keys('{"a": {"b": 1}, "c": 2}') == {"a", "c"}


@pytest.mark.parametrize("text", ["", "[]", '"a"', "{'a': 1}", '{"a": •••}', '{"a": 1', "{} x"])
def test_refuses_what_is_no_object(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_text.put(text, "a", 1)
