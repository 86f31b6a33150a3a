"""What reading a file came to, as lines of plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from knowledge.exchange.reading import Reading
from secdash.facts.message import Message

UNLISTED = ("spacing",)  # counted, not listed: a line each would hide the rest


def lines(path: str, reading: Reading, words: Callable[[Message], str]) -> Iterator[str]:
    """`words` says a message in the reader's language."""
    yield f"{path}: {len(reading.articles)} article(s)"
    for article in reading.articles:
        yield f"  {article.key}: {article.meta.title}"
    if counts := reading.account.counts():
        yield f"  changed: {', '.join(f'{count} {kind}' for kind, count in counts.items())}"
    for kept in sorted(reading.kept, key=lambda kept: kept.line):
        yield f"  line {kept.line}, kept as it stands: {kept.text.strip()!r}. {words(kept.why)}"
    for change in sorted(reading.changes, key=lambda change: change.line):
        if change.kind not in UNLISTED:
            yield f"  line {change.line}, {change.kind}: {change.before!r} -> {change.after!r}"
