"""Changes applied to a Compose service, and the difference they make as text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import msgspec

from secdash.checks.remedy import Change, Drop, Exclude, Include, Put
from secdash.fixes.compose import Service, in_order

CONTEXT = 3
Lines = tuple["DiffLine", ...]


class DiffLine(msgspec.Struct, frozen=True):
    """A line of a comparison. `kind` is " ", "-" or "+"; a number is 0 on the side where the line is not.

    `checks` names those that ask for this change.
    """

    kind: str
    old_no: int
    new_no: int
    text: str
    checks: tuple[str, ...] = ()


def apply(service: Mapping[str, Any], changes: Iterable[Change]) -> Service:
    """A new service with the changes made, one after the other; the one given stays as it is."""
    changed = deepcopy(dict(service))
    for change in changes:
        _make(changed, change)
    if changed.get("networks"):
        changed.pop("network_mode", None)  # Compose refuses a service that has both
    return in_order(changed)


def unified(before: str, after: str, name: str) -> str:
    """The difference as `git apply` and people read it; "" where there is none."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=CONTEXT))


def lines(before: str, after: str) -> Lines:
    """Every line of both texts, removed ones before those that stand in their place."""
    old, new = before.splitlines(), after.splitlines()
    found: list[DiffLine] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += (DiffLine(" ", i + 1, j + 1, old[i]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            found += (DiffLine("-", i + 1, 0, old[i]) for i in range(i1, i2))
            found += (DiffLine("+", 0, j + 1, new[j]) for j in range(j1, j2))
    return tuple(found)


def _make(service: Service, change: Change) -> None:
    match change:
        case Put(key, value):
            service[key] = deepcopy(value)
        case Drop(key):
            service.pop(key, None)
        case Include(key, item, instead_of):
            service[key] = _included(service.get(key) or [], item, instead_of)
        case Exclude(key, items):
            _exclude(service, key, items)


def _included(present: list[Any], item: Any, instead_of: tuple[Any, ...]) -> list[Any]:
    """The list with the item once, in the place of the first that it replaces, else at the end."""
    place = next((at for at, entry in enumerate(present) if _is_one_of(entry, (item, *instead_of))), len(present))
    kept_before = [entry for entry in present[:place] if not _is_one_of(entry, (item, *instead_of))]
    kept_after = [entry for entry in present[place:] if not _is_one_of(entry, (item, *instead_of))]
    return [*kept_before, deepcopy(item), *kept_after]


def _exclude(service: Service, key: str, items: tuple[Any, ...]) -> None:
    left = [entry for entry in service.get(key) or [] if not _is_one_of(entry, items)]
    if left:
        service[key] = left
    else:
        service.pop(key, None)


def _is_one_of(entry: Any, items: tuple[Any, ...]) -> bool:
    """Checks name mounts in the short syntax, also those that the service must write in the long one."""
    return entry in items or (isinstance(entry, dict) and "target" in entry and _short(entry) in items)


def _short(entry: Mapping[str, Any]) -> str:
    options = [*(["ro"] if entry.get("read_only") else []), entry.get("bind", {}).get("propagation", "")]
    source = entry.get("source", "") if entry.get("type") in ("bind", "volume") else ""
    parts = (source, entry["target"], ",".join(filter(None, options)))
    return ":".join(part for part in parts if part)
