"""A worker's sign of life, `--sign FILE`: touched while it is connected and takes tasks, gone at its end.

Whoever supervises it looks at the file's age. To ask it by `celery inspect ping` starts a Python with all of secdash
each time: 1.5 s of a processor, and where processors are short a worker that is well is taken for a dead one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery import bootsteps
from click import Option

OPTION = Option(("--sign",), type=Path, help="a file to touch for as long as tasks are taken")
SECONDS = 10.0


class Sign(bootsteps.StartStopStep):
    """Begins when the worker's connection stands, and again with each new one."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, sign: Path | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self.sign = sign
        self.enabled = sign is not None
        self.ticking: Any = None

    def start(self, parent: Any) -> None:
        if self.sign:
            self.sign.touch()
            self.ticking = parent.timer.call_repeatedly(SECONDS, self.sign.touch)

    def stop(self, parent: Any) -> None:
        if self.ticking and self.sign:
            self.ticking.cancel()
            self.sign.unlink(missing_ok=True)
            self.ticking = None
