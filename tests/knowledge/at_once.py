"""Several people acting at the same moment, on a database that locks as the product's does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection


@pytest.fixture
def on_disk(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """SQLite in memory, shared between threads, refuses where a file waits: the tables are moved into a file."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    with sqlite3.connect(tmp_path / "at-once.sqlite3") as copy:
        in_memory.backup(copy)
    copy.close()
    _use(str(tmp_path / "at-once.sqlite3"), None)
    yield
    connection.close()
    _use(name, in_memory)


def _use(name: str, opened: Any) -> None:
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connection.connection = opened


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread with its own connection, all from the same moment; what each returned or raised."""
    start, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[index] = act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is asked for
            outcomes[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
