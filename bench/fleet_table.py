"""The table that `bench.fleet` prints, a line at a time."""

from __future__ import annotations

from typing import NamedTuple

HEAD = "| what | measured | beside it | target | verdict |\n|---|---|---|---|---|"
VERDICTS = {True: "kept", False: "**over**", None: "not judged"}


class Line(NamedTuple):
    """`kept` is None where the fleet is too small for its target, or where it is a floor that has none."""

    what: str
    measured: str
    beside: str
    target: str
    kept: bool | None

    def of_a_smaller_fleet(self) -> Line:
        """What is over already is over; what is not says nothing about a large fleet."""
        return self._replace(kept=False if self.kept is False else None)

    def __str__(self) -> str:
        return f"| {self.what} | {self.measured} | {self.beside} | {self.target} | {VERDICTS[self.kept]} |"
