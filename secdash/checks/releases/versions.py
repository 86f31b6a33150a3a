"""Versions as Docker and those beside it write them, made comparable; what follows the number is kept apart.

A number alone says what upstream repaired. A distribution moves repairs into older numbers and marks its builds with a
suffix (`1.1.5+ds1`, `1.6.20~ds1`, `1.1.12-0ubuntu3`, `24.0.5-1.fc41`, `29.5.2-r0`): such a number proves only what it
is not older than.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WRITTEN = re.compile(
    r"v?(?P<numbers>\d+(?:\.\d+){1,3})"
    r"(?P<edition>-ce|-ee(?:-\d+)?)?"
    r"(?:[-.~]?(?P<stage>alpha|beta|rc)[-.]?(?P<nth>\d*))?"
    r"(?P<suffix>.*)",
    re.DOTALL,
)
STAGES = {"alpha": 0, "beta": 1, "rc": 2, None: 3}
LONGEST = 4  # numbers, as in 1.2.3.4


class Version(NamedTuple):
    """Compares as versions do: 1.4.0-rc.3 is older than 1.4.0, and 1.0-rc7 is 1.0.0-rc7."""

    numbers: tuple[int, ...]
    stage: int
    nth: int

    @property
    def line(self) -> tuple[int, int]:
        return self.numbers[0], self.numbers[1]


def parse(written: str) -> Version | None:
    """None where it does not begin with a number of at least two parts."""
    found = WRITTEN.fullmatch(written)
    if found is None:
        return None
    numbers = tuple(int(number) for number in found["numbers"].split("."))
    padded = numbers + (0,) * (LONGEST - len(numbers))
    return Version(padded, STAGES[found["stage"]], int(found["nth"] or 0))


def has_suffix(written: str) -> bool:
    """Whether more follows the number, as in the builds of distributions; "-ce" and "-rc1" belong to the number."""
    found = WRITTEN.fullmatch(written)
    return found is not None and bool(found["suffix"])
