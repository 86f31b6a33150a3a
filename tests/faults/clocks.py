"""A clock for processes of the product, which a test puts forward and back while they run."""

from __future__ import annotations

from pathlib import Path

from tests.engine import parts

LIBRARY = "*/faketime/libfaketime.so.1"


class Clock:
    """`before` stands before the command of a process that goes by it, `module` before the module that it runs."""

    module = ("tests.faults.shifted",)

    def __init__(self, file: Path) -> None:
        found = list(Path("/usr/lib").glob(LIBRARY))
        parts.require(bool(found), "a clock that jumps needs libfaketime")
        self._file = file
        self.put("+0")
        settings = {
            "LD_PRELOAD": found[0],
            "FAKETIME_TIMESTAMP_FILE": file,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.before = ("env", *(f"{name}={value}" for name, value in settings.items()))

    def put(self, offset: str) -> None:
        """Away from the machine's clock, in one step: "+2h", "-30m"."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.replace(self._file)
