"""What an image's account files and os-release say, taken from their text; the text itself is let go."""

from __future__ import annotations

import re
from collections import defaultdict

from secdash.facts import redact
from secdash.facts.model import Distribution

ACCOUNT = re.compile(r"[A-Za-z_][\w.@-]{0,63}\$?")
LONGEST_WORD = 120
SETTING = re.compile(r"^(ID|VERSION_ID|PRETTY_NAME)=(.*)$", re.MULTILINE)

Shared = tuple[tuple[int, tuple[str, ...]], ...]


def without_password(text: str) -> tuple[str, ...]:
    """Accounts of passwd or shadow whose second field is empty: they need no password."""
    return tuple(sorted({name for name, fields in _lines(text) if len(fields) > 1 and fields[1] == ""}))


def shared_ids(text: str) -> Shared:
    """Numbers of passwd or group that several names have, with those names."""
    names: dict[int, list[str]] = defaultdict(list)
    for name, fields in _lines(text):
        if len(fields) > 2 and fields[2].isdecimal() and len(fields[2]) < 11 and name not in names[int(fields[2])]:
            names[int(fields[2])].append(name)
    return tuple((number, tuple(found)) for number, found in sorted(names.items()) if len(found) > 1)


def distribution(text: str) -> Distribution:
    values = {name: _word(value) for name, value in SETTING.findall(text)}
    id_ = values.get("ID", "linux").lower()
    return Distribution(id_, values.get("VERSION_ID", ""), values.get("PRETTY_NAME", "") or id_)


def _lines(text: str) -> list[tuple[str, list[str]]]:
    """(name, fields) of each line that is an account; names that no system would take are left out."""
    lines = [line.strip().split(":") for line in text.split("\n")]
    return [(fields[0], fields) for fields in lines if ACCOUNT.fullmatch(fields[0])]


def _word(value: str) -> str:
    return redact.masked_text(value.strip().strip("\"'")[:LONGEST_WORD])
