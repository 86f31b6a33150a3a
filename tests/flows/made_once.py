"""What comes out the same for every test of a run: made by whichever worker wants it first, and copied from then on.

The tables of secdash take a processor a quarter of a minute, the guide and the sample fleet as much again.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from tests.engine.services import postgres_program
from tests.flows.product import environment, run

MIGRATE = ("migrate", "--verbosity", "0")
# What comes out the same whoever runs it, in this order.
SAME_FOR_ALL = (MIGRATE, ("load_guide",), ("load_samples",))
INSTALLED = SAME_FOR_ALL[:2]
KEY = "a key of what is the same for all tests of a run"


def prepare(data: Path, *commands: Sequence[str], **more: str) -> None:
    """Run commands of manage.py, one after the other; what another test has run already is copied."""
    shared = run_folder(data)
    first = tuple(takewhile(SAME_FOR_ALL.__contains__, commands)) if shared else ()
    if shared and "DATABASE_URL" in more:
        fill(more["DATABASE_URL"], shared, first)
    elif shared and not any(data.iterdir()):
        shutil.copytree(directory(shared, first), data, dirs_exist_ok=True)
    else:
        first = ()
    run(environment(data, **more), commands[len(first) :])


def installed(data: Path) -> Path:
    """A data directory as the first start leaves it, before anybody was there: for tests of what comes after."""
    data.mkdir()
    prepare(data, *INSTALLED)
    return data


def run_folder(path: Path) -> Path | None:
    """A folder that all workers of this run of the suite see; pytest removes it some runs later."""
    return next((above for above in path.parents if above.parent.name.startswith("pytest-of-")), None)


def directory(shared: Path, commands: Sequence[Sequence[str]]) -> Path:
    """A data directory in which these were run: the last of them on a copy of what the others made."""

    def make(begun: Path) -> None:
        if not commands:
            begun.mkdir()
            return
        shutil.copytree(directory(shared, commands[:-1]), begun)
        run(environment(begun, SECDASH_SECRET_KEY=KEY), commands[-1:])

    return _first_makes(shared / _named("sqlite", commands), make)


def in_memory(shared: Path, name: str) -> sqlite3.Connection:
    """The tables of secdash in a database in memory, which is there for as long as this is open."""
    kept = sqlite3.connect(name, uri=True, check_same_thread=False)
    with closing(sqlite3.connect(directory(shared, (MIGRATE,)) / "secdash.sqlite3")) as made:
        made.backup(kept)
    return kept


def copy_guide(shared: Path, into: BaseDatabaseWrapper) -> None:
    """The rows of the guide that comes with secdash, in a database that has its tables and no articles."""
    into.ensure_connection()
    with closing(sqlite3.connect(directory(shared, INSTALLED) / "secdash.sqlite3")) as loaded:
        for (table,) in loaded.execute(TABLES_OF_THE_GUIDE).fetchall():
            rows = loaded.execute(f"select * from {table}")  # noqa: S608 - its name is our own
            names = ", ".join(f'"{column[0]}"' for column in rows.description)
            marks = ", ".join("?" for _column in rows.description)
            into.connection.executemany(f"insert into {table} ({names}) values ({marks})", rows)  # noqa: S608


# But what its search keeps for itself: that follows from the rows.
TABLES_OF_THE_GUIDE = """select name from sqlite_master
    where type = 'table' and name like 'knowledge_%' and name not like '%_fts%'"""


def fill(url: str, shared: Path, commands: Sequence[Sequence[str]]) -> None:
    """Make of an empty database of a PostgreSQL what these commands make of one."""
    filled = []

    def make(begun: Path) -> None:
        empty = begun.with_suffix(".data")
        empty.mkdir(exist_ok=True)
        run(environment(empty, SECDASH_SECRET_KEY=KEY, DATABASE_URL=url), commands)
        _postgres("pg_dump", "--no-owner", "--file", str(begun), url)
        filled.append(url)

    if commands:
        dump = _first_makes(shared / _named("postgresql", commands), make)
        if not filled:
            _postgres("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file", str(dump), url)


def _named(kind: str, commands: Sequence[Sequence[str]]) -> str:
    return "-".join([kind, *(words[0] for words in commands)])


def _postgres(program: str, *words: str) -> None:
    done = subprocess.run([postgres_program(program), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _first_makes(made: Path, make: Callable[[Path], None]) -> Path:
    with _alone(made.with_suffix(".lock")):
        if not made.exists():
            begun = made.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)  # of a worker that was killed
            make(begun)
            begun.rename(made)
    return made


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
