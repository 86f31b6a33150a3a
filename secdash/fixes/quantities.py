"""Sizes, durations and shares as Compose and `docker run` write them, from the Engine's bytes and nanoseconds."""

from __future__ import annotations

BYTES = (("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10))
NANOSECONDS = (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000))
BILLION = 1_000_000_000


def size(count: int) -> str | int:
    """The largest unit that divides it; -1, which means no limit, as it is."""
    if count < 0:
        return count
    for unit, factor in BYTES:
        if count and count % factor == 0:
            return f"{count // factor}{unit}"
    return f"{count}b"


def duration(nanoseconds: int) -> str:
    """`1m30s`: units of falling size, as Go and Compose read them."""
    parts, rest = [], nanoseconds
    for unit, factor in NANOSECONDS:
        count, rest = divmod(rest, factor)
        if count:
            parts.append(f"{count}{unit}")
    if rest:
        parts.append(f"{rest}ns")
    return "".join(parts) or "0s"


def seconds(text: object) -> int:
    """Whole seconds of a duration that `duration` wrote or a plain number; what `docker run --stop-timeout` takes."""
    if isinstance(text, int):
        return text
    total, digits, unit = 0, "", ""
    for character in f"{text} ":
        if unit and not character.isalpha():
            total += int(digits) * dict(NANOSECONDS).get(unit, 0)
            digits, unit = "", ""
        if character.isdigit():
            digits += character
        elif character.isalpha():
            unit += character
    return total // BILLION or (int(digits) if digits else 0)


def cpus(nano_cpus: int) -> float | int:
    whole, rest = divmod(nano_cpus, BILLION)
    return nano_cpus / BILLION if rest else whole
