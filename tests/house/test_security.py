"""Every threat of docs/security.md names tests, and each of them is there."""

from __future__ import annotations

import re

from secdash.environment import BASE

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| .* \|$")


def threats():
    section = (BASE / "docs" / "security.md").read_text().partition("## Threats")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if ROW.match(line)][2:]


def test_every_threat_names_a_test():
    unshown = [row for row in threats() if not NAMED.search(row)]

    assert len(threats()) > 25
    assert unshown == []


def test_every_named_test_is_there():
    named = {each for row in threats() for each in NAMED.findall(row)}

    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in _text(path)]

    assert missing == []


def _text(path):
    file = BASE / path
    return file.read_text() if file.is_file() else ""
