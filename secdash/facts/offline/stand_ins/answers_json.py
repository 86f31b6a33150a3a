"""In place of orjson: the library's own JSON, with what orjson refuses refused."""

from __future__ import annotations

import json
from json import JSONDecodeError
from typing import Any, NoReturn

__all__ = ["JSONDecodeError", "dumps", "loads"]


def loads(data: bytes | str) -> Any:
    """Raises JSONDecodeError, also for what is nested too deeply, and for bytes that are no text."""
    try:
        return json.loads(data if isinstance(data, str) else data.decode(), parse_constant=_refuse)
    except (UnicodeDecodeError, RecursionError) as error:
        raise JSONDecodeError(str(error), "", 0) from error


def dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse(word: str) -> NoReturn:
    raise JSONDecodeError(f"{word} is no JSON", "", 0)
