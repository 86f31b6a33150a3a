"""The guide that comes with secdash: Markdown files, one folder a language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

CONTENT = Path(__file__).resolve().parent / "content"
LANGUAGES = ("en", "fr")


class ShippedArticle(msgspec.Struct, frozen=True):
    key: str
    language: str
    body: str


def articles(language: str, content: Path = CONTENT) -> Iterator[ShippedArticle]:
    """Ordered by key, so that nothing depends on the file system."""
    for path in sorted((content / language).glob("*.md")):
        yield ShippedArticle(path.stem, language, path.read_text(encoding="utf-8"))
