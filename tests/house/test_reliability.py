"""Every fault of docs/reliability.md names tests, and each of them is there."""

from __future__ import annotations

from secdash.environment import BASE
from tests.house.test_security import NAMED, ROW, _text

DOCUMENT = BASE / "docs" / "reliability.md"


def faults():
    section = DOCUMENT.read_text().partition("## Faults")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if ROW.match(line)][2:]


def test_every_fault_names_a_test():
    assert len(faults()) > 15
    assert [row for row in faults() if not NAMED.search(row)] == []


def test_every_named_test_is_there():
    missing = [
        f"{path}::{name}" for path, name in NAMED.findall(DOCUMENT.read_text()) if f"def {name}(" not in _text(path)
    ]

    assert missing == []
