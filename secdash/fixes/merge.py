"""The changes of several fixes as one list in which none undoes another.

Earlier fixes win where two set one key. What any fix takes away stays away. Where two replace the same item, the new
item takes from each of them the parts that it changes: loopback from one, a higher port from the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from secdash.checks.remedy import Change, Drop, Exclude, Include, Put


def merged(groups: Iterable[tuple[Change, ...]]) -> tuple[Change, ...]:
    """One fix's changes a group, the most important first."""
    changes = [change for group in groups for change in group]
    gone = _gone(changes)
    puts = _first_of_each_key(change for change in changes if isinstance(change, Put | Drop))
    includes = [
        change
        for change in _joined([change for change in changes if isinstance(change, Include)])
        if not any((change.key, item) in gone for item in (str(change.item), *map(str, change.instead_of)))
    ]
    excludes = [change for change in changes if isinstance(change, Exclude)]
    return (*puts, *includes, *excludes)


def _gone(changes: Iterable[Change]) -> set[tuple[str, str]]:
    return {(change.key, str(item)) for change in changes if isinstance(change, Exclude) for item in change.items}


def _first_of_each_key(changes: Iterable[Put | Drop]) -> list[Put | Drop]:
    first: dict[str, Put | Drop] = {}
    for change in changes:
        first.setdefault(change.key, change)
    return list(first.values())


def _joined(includes: list[Include]) -> list[Include]:
    """Includes that replace the same item, as one."""
    joined: list[Include] = []
    for include in includes:
        rival = next((at for at, other in enumerate(joined) if _replace_the_same(other, include)), None)
        if rival is None:
            joined.append(include)
        else:
            joined[rival] = _join(joined[rival], include)
    return joined


def _replace_the_same(one: Include, other: Include) -> bool:
    return one.key == other.key and bool(set(map(str, one.instead_of)) & set(map(str, other.instead_of)))


def _join(first: Include, second: Include) -> Include:
    base = next(item for item in first.instead_of if item in second.instead_of)
    instead_of = (*first.instead_of, *(item for item in second.instead_of if item not in first.instead_of))
    if isinstance(base, str) and isinstance(first.item, str) and isinstance(second.item, str):
        return Include(first.key, _join_parts(base, first.item, second.item), instead_of)
    return Include(first.key, first.item, instead_of)


def _join_parts(base: str, first: str, second: str) -> str:
    """Three-way, part by part between colons, aligned at the right; the first wins where both changed one."""
    width = max(len(_parts(text)) for text in (base, first, second))
    rows = (_padded(text, width) for text in (base, first, second))
    chosen = [ours if ours != was else theirs for was, ours, theirs in zip(*rows, strict=True)]
    while chosen and not chosen[0]:
        chosen.pop(0)
    return ":".join(chosen)


def _padded(text: str, width: int) -> list[str]:
    parts = _parts(text)
    return [""] * (width - len(parts)) + parts


def _parts(text: str) -> list[str]:
    """The colons within an IPv6 address part nothing."""
    address, bracket, rest = text.partition("]")
    return [address + bracket, *rest.removeprefix(":").split(":")] if bracket else text.split(":")
