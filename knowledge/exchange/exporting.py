"""Writes the guide into a directory, exactly as it is published, and takes away only what an export wrote before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from knowledge.exchange import manifest
from knowledge.exchange.files import ARTICLE, path_of
from knowledge.exchange.manifest import Entry, Manifest
from knowledge.models import Article, Picture
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.facts.message import say

PICTURES = "pictures"


class Out(msgspec.Struct, frozen=True):
    path: str
    data: bytes
    revision: int = 0
    name: str = ""


class Exported(msgspec.Struct):
    written: list[str] = msgspec.field(default_factory=list)
    unchanged: list[str] = msgspec.field(default_factory=list)
    removed: list[str] = msgspec.field(default_factory=list)


def export(root: Path, *, languages: Collection[str] = LANGUAGES) -> Exported:
    """Raises Refused, before anything is written, where a file there holds what no export wrote."""
    wanted = {out.path: out for out in (*articles(languages), *pictures())}
    before = manifest.load(root)
    gone = [path for path in before.files if path not in wanted and _covers(path, languages)]
    _refuse_foreign(root, wanted.values(), gone, before)
    root.mkdir(parents=True, exist_ok=True)
    report = Exported()
    for out in wanted.values():
        _write(root, out, report)
    for path in gone:
        (root / path).unlink(missing_ok=True)
        report.removed.append(path)
    kept = {path: entry for path, entry in before.files.items() if path not in gone}
    made = {out.path: Entry(manifest.digest(out.data), out.revision, out.name) for out in wanted.values()}
    manifest.save(root, Manifest({**kept, **made}))
    return report


def articles(languages: Iterable[str]) -> Iterator[Out]:
    for language in languages:
        for article in Article.objects.in_language(language).with_text():
            if article.published:
                yield Out(
                    path_of(language, article.order, article.key),
                    article.published.body.encode(),
                    article.published.number,
                )


def pictures() -> Iterator[Out]:
    for picture in Picture.objects.order_by("digest").iterator(chunk_size=20):
        yield Out(f"{PICTURES}/{picture.digest}.{picture.kind}", bytes(picture.content), name=picture.name)


def _covers(path: str, languages: Collection[str]) -> bool:
    """Whether an export of these languages decides about this file. A manifest from elsewhere names nothing outside."""
    found = ARTICLE.fullmatch(path)
    return bool(found and found[1] in languages)


def _refuse_foreign(root: Path, wanted: Iterable[Out], gone: Iterable[str], before: Manifest) -> None:
    after = {out.path: manifest.digest(out.data) for out in wanted}
    for path in (*after, *gone):
        if any(part.is_symlink() for part in (root / path, (root / path).parent)):
            raise Refused(say("%(path)s is a link; an export writes files only.", path=path))
        if (root / path).is_file():
            stands = manifest.digest((root / path).read_bytes())
            ours = before.files.get(path)
            if stands != after.get(path) and (ours is None or stands != ours.digest):
                raise Refused(
                    say("%(path)s was changed since it was exported. Import it, or move it away, first.", path=path)
                )


def _write(root: Path, out: Out, report: Exported) -> None:
    """Whole or not at all, whenever the machine stops."""
    target = root / out.path
    if target.is_file() and target.read_bytes() == out.data:
        report.unchanged.append(out.path)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    beside.write_bytes(out.data)
    beside.replace(target)
    report.written.append(out.path)
