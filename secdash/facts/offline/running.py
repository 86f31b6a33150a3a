"""What the file does when somebody runs it on a host: read, redact, sign, write. It sends nothing anywhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from secdash import __version__
from secdash.facts.collect import collect
from secdash.facts.connect import Unreachable
from secdash.facts.files.reading import LOCAL, NONE, Way, with_files
from secdash.facts.model import Snapshot, dump
from secdash.facts.offline.envelope import closed, name_of
from secdash.facts.parse import parse

USUAL_SOCKET = "/var/run/docker.sock"
NO_KEY = "There is no upload key. Give the file that holds it: --key-file FILE. Its page in secdash shows how."
NOT_A_KEY = "This is not an upload key of secdash: it begins with sdu_."


def main(words: Sequence[str], key: str = "") -> int:
    """The file's command line; `key` is the one that was written into it, "" for none."""
    asked = _parser().parse_args(words)
    try:
        key = _key_of(asked.key_file) if asked.key_file else key
        name_of(key)
        data = written(asked.socket, asked.root, key, files=not asked.no_files, at=_now())
        _write(Path(asked.output), data)
    except (Unreachable, OSError) as error:
        return _give_up(str(error))
    except ValueError:
        return _give_up(NOT_A_KEY if key else NO_KEY)
    sys.stdout.write(f"{asked.output}: {len(data)} bytes, signed with key {name_of(key)}. Upload it in secdash.\n")
    return 0


def written(socket: str, root: str, key: str, *, files: bool, at: datetime) -> bytes:
    """The content of the snapshot file. Raises Unreachable where the Engine does not answer."""
    return closed(dump(looked_at(socket, root, files=files)), key, at=at, version=__version__)


def looked_at(socket: str, root: str, *, files: bool) -> Snapshot:
    endpoint = f"unix://{socket}"
    answers = collect(endpoint)
    return parse(with_files(answers, endpoint, Way(LOCAL if files else NONE, prefix=root)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="secdash-collect", description="Read this host's Docker Engine and write a signed, redacted snapshot."
    )
    parser.add_argument("-o", "--output", default="secdash-snapshot.sds", help="the file to write (%(default)s)")
    parser.add_argument("--socket", default=USUAL_SOCKET, help="the Engine's socket (%(default)s)")
    parser.add_argument("--root", default="/", help="where the root of the host is mounted (%(default)s)")
    parser.add_argument("--no-files", action="store_true", help="do not read files of the host")
    parser.add_argument("--key-file", default="", help="a file that holds the upload key")
    return parser


def _key_of(path: str) -> str:
    return Path(path).read_text(encoding="ascii").strip()


def _now() -> datetime:
    return datetime.now(timezone.utc)  # noqa: UP017 - there may be Python 3.10


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for its owner alone: it tells what runs on this host."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _give_up(why: str) -> int:
    sys.stderr.write(f"secdash-collect: {why}\n")
    return 1
