"""The file of a backup: a zip archive of tables, as lines of JSON, and of a manifest that says what must be in it.

Any unzip opens it. It is there whole or not at all, and only its owner may read it: what it holds of credentials is
sealed, but passwords' hashes and what hosts are open to are not.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from secdash.backups.rows import Counted, account_of, counted

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1 << 20
LONGEST_LINE = 64 << 20  # bytes


class Broken(Exception):
    """No backup, or not the one that was written; the message says what is wrong, in English."""


class Table(msgspec.Struct, frozen=True):
    """`columns` in the order in which each line has their values; `digest` is the SHA-256 of all lines."""

    columns: list[str]
    rows: int
    digest: str


class Manifest(msgspec.Struct, frozen=True):
    """`migrations` are the last ones of each app, `tables` are by model, such as "fleet.host"."""

    format: int
    version: str
    made_at: datetime
    database: str
    migrations: dict[str, list[str]]
    tables: dict[str, Table]


class Writer:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.tables: dict[str, Table] = {}

    def table(self, label: str, columns: list[str], lines: Iterable[bytes]) -> None:
        account = Counted()
        with self._file.open(_member(label), "w", force_zip64=True) as member:
            for line in counted(lines, account):
                member.write(line)
        self.tables[label] = Table(columns, account.rows, account.digest)

    def manifest(self, said: Manifest) -> None:
        self._file.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(said)))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Raises FileExistsError, or another OSError where there is no room; then nothing is left."""
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
                yield Writer(file)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


class Archive:
    """A backup that is read. Raises Broken."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.manifest = _manifest(file)

    def lines(self, label: str) -> Iterator[bytes]:
        try:
            with self._file.open(_member(label)) as member:
                while line := member.readline(LONGEST_LINE):
                    yield line
        except (KeyError, zipfile.BadZipFile, OSError, EOFError) as error:
            raise Broken(f"{label} cannot be read from the backup.") from error

    def verify(self) -> None:
        """Read all of it, and compare it with what the manifest says. Raises Broken."""
        different(self.manifest.tables, {label: account_of(self.lines(label)) for label in self.manifest.tables})


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """Raises Broken where it is no backup."""
    try:
        file = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise Broken(f"There is no {path}.") from error
    except (zipfile.BadZipFile, OSError) as error:
        raise Broken(f"{path} is no backup of secdash, or only a part of one.") from error
    with file:
        yield Archive(file)


def different(said: Mapping[str, Table], found: Mapping[str, Counted]) -> None:
    """Raises Broken where a table has other rows than it must have."""
    wrong = [
        f"{label} ({account.rows} rows for {said[label].rows})"
        for label, account in found.items()
        if (account.rows, account.digest) != (said[label].rows, said[label].digest)
    ]
    if wrong:
        raise Broken(f"These tables are not what was backed up: {', '.join(wrong)}.")


def digest_of(path: Path) -> str:
    """The SHA-256 of the file, to be kept elsewhere and compared."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(file: zipfile.ZipFile) -> Manifest:
    try:
        said = msgspec.json.decode(file.read(MANIFEST), type=Manifest)
    except (KeyError, zipfile.BadZipFile, msgspec.MsgspecError, OSError) as error:
        raise Broken("This file is no backup of secdash: its manifest cannot be read.") from error
    if said.format != FORMAT:
        raise Broken(f"This backup has format {said.format}; this version of secdash reads format {FORMAT}.")
    return said


def _member(label: str) -> str:
    return f"tables/{label}.jsonl"
