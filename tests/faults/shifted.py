"""Runs a module under a clock that jumps (`tests.faults.clocks`): `python -m tests.faults.shifted MODULE WORD ...`.

libfaketime knows no sleep until a moment of a clock that it leaves alone, which is how Python sleeps: it fails. Here
Python waits for nothing instead, as long.
"""

from __future__ import annotations

import os
import runpy
import select
import sys
import time


def sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


if __name__ == "__main__":
    os.environ.pop("LD_PRELOAD")  # other programs that this one starts have the clock of the machine
    time.sleep = sleep
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
