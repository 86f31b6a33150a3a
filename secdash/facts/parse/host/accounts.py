"""Names of users and groups, from passwd and group."""

from __future__ import annotations


def names(table: str) -> dict[int, str]:
    """Number → name, of passwd or group; the first of two lines counts, as for the C library."""
    found: dict[int, str] = {}
    for fields in _lines(table):
        found.setdefault(int(fields[2]), fields[0])
    return found


def home(passwd: str, uid: int) -> str:
    """The home folder of that user; "" where there is none."""
    folders = (fields[5] for fields in _lines(passwd) if int(fields[2]) == uid and len(fields) > 5)
    found = next(folders, "").rstrip("/")
    return found if found.startswith("/") else ""


def members(group: str, passwd: str, name: str) -> tuple[str, ...]:
    """Users in the group of that name, and those whose own group it is. None where there is no such group."""
    entry = next((fields for fields in _lines(group) if fields[0] == name), None)
    if entry is None:
        return ()
    listed = entry[3].split(",") if len(entry) > 3 else []
    own = [fields[0] for fields in _lines(passwd) if len(fields) > 3 and fields[3] == entry[2]]
    return tuple(sorted({member for member in (*(word.strip() for word in listed), *own) if member}))


def _lines(table: str) -> list[list[str]]:
    rows = [line.split(":") for line in table.splitlines() if not line.startswith(("#", "+", "-"))]
    return [row for row in rows if len(row) > 2 and row[0] and row[2].isascii() and row[2].isdigit()]
