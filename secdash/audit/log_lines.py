"""Lines of the process's log: one entry is one line, whatever somebody is called, and says what it is about.

As text, or as JSON for what collects logs: the same, by name. Nothing else of a record is written, so that what a
library hangs on it (a whole request, say) stays out.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from secdash.audit.context import origin
from secdash.web.log_context import ids

# What ends a line, moves the cursor, or turns the direction of what follows: control characters, the separators of
# lines and paragraphs, the marks of direction, and halves of characters.
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
INDENT = "    "


def one_line(text: str) -> str:
    """With what is unfit written as Python writes it."""
    return UNFIT.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


class OneLine(logging.Formatter):
    """What follows of a traceback is indented, so that none of its lines looks like an entry."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = origin().request or "-"
        record.ids = "".join(f"{name}={value} " for name, value in ids().items())
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return _indented(stack_info)


def _indented(text: str) -> str:
    return "\n".join(INDENT + one_line(line) for line in text.split("\n"))


class JsonLine(logging.Formatter):
    """An object a line, in ASCII: what is unfit for a line is escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := origin().request:
            said["request"] = request
        said.update(ids())
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            said["stack"] = record.stack_info
        return json.dumps(said, default=str)
