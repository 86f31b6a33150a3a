"""Files in and out: what a directory of articles looks like, and reading one that somebody else may have written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from knowledge.exchange.reading import MAX_BYTES
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.facts.message import say

MAX_FILES = 2_000
NUMBERED = re.compile(r"\d{1,5}-(?=.)")
KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
ARTICLE = re.compile(rf"({'|'.join(LANGUAGES)})/(?:\d{{1,5}}-)?([A-Za-z0-9_-]{{1,80}})\.md")


class File(msgspec.Struct, frozen=True):
    """`path` is relative to what was read; `name` the key that it names."""

    path: str
    language: str
    name: str
    text: str


def path_of(language: str, order: int, key: str) -> str:
    """Where an article stands in an exported directory: in reading order where names are sorted."""
    return f"{language}/{order:03d}-{key}.md"


def found(path: Path, language: str | None) -> list[File]:
    """All Markdown of a file or directory. Raises Refused, naming each file that cannot be taken."""
    if not path.exists():
        raise Refused(say("%(path)s is not there.", path=path))
    if not path.is_dir():
        return [_read(path, path.parent, language)]
    files: list[File] = []
    for one in _paths(path, language):
        files.append(_read(one, path, language))
        if len(files) > MAX_FILES:
            raise Refused(say("%(path)s holds too many files: %(limit)s at most.", path=path, limit=MAX_FILES))
    if not files:
        raise Refused(say("%(path)s holds no Markdown file (.md).", path=path))
    _refuse_twins(files)
    return files


def text_of(data: bytes, path: str) -> str:
    if len(data) > MAX_BYTES:
        raise Refused(say("%(path)s is too large: %(limit)s bytes at most.", path=path, limit=MAX_BYTES))
    if b"\0" in data:
        raise Refused(say("%(path)s is not a text.", path=path))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            say("%(path)s is not UTF-8 (byte %(at)s); save it as UTF-8.", path=path, at=error.start)
        ) from None


def name_of(path: Path) -> str:
    """Without what orders files (`110-kernel.md`) and what names a language (`kernel.fr.md`)."""
    return NUMBERED.sub("", path.stem.removesuffix(f".{_suffix(path)}"))


def _suffix(path: Path) -> str | None:
    """The language that a file's name ends in."""
    ending = path.stem.rpartition(".")[2]
    return ending if ending in LANGUAGES and ending != path.stem else None


def _paths(root: Path, language: str | None) -> Iterator[Path]:
    """The folders of the languages where there are any, so that a README beside them is no article."""
    folders = [root / name for name in LANGUAGES if (root / name).is_dir() and language in (None, name)]
    for folder in folders or [root]:
        for path in sorted(folder.rglob("*.md")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
                yield path


def _read(path: Path, root: Path, language: str | None) -> File:
    """A link is followed only to what lies in the same directory."""
    shown = path.relative_to(root).as_posix()
    if not path.resolve().is_relative_to(root.resolve()):
        raise Refused(say("%(path)s is a link that leads out of the directory.", path=shown))
    if path.stat().st_size > MAX_BYTES:
        raise Refused(say("%(path)s is too large: %(limit)s bytes at most.", path=shown, limit=MAX_BYTES))
    folder = next((part for part in path.relative_to(root).parts[:-1] if part in LANGUAGES), None)
    spoken = folder or language or _suffix(path)
    if spoken is None:
        raise Refused(say("Say the language of %(path)s: --language en or --language fr.", path=shown))
    return File(shown, spoken, name_of(path), text_of(path.read_bytes(), shown))


def _refuse_twins(files: list[File]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        twin = seen.setdefault((file.language, file.name), file.path)
        if twin != file.path:
            raise Refused(say("%(one)s and %(other)s are the same article.", one=twin, other=file.path))
