"""One run of the importer: where the texts come from, what they are read as, what becomes of each article."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from knowledge.exchange import files, git, git_import, illustrating, manifest, reporting
from knowledge.exchange.importing import Incoming, Result, Way, What, importer, standing, take_in
from knowledge.exchange.keys import Keys
from knowledge.exchange.reading import Reading, read
from knowledge.metadata import Meta
from knowledge.models import Revision
from knowledge.pictures.bounds import MAX_BYTES
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.web.saying import said


class Source(msgspec.Struct, frozen=True):
    """A text to read; `by` where it is known who wrote it, `base` where it is known from what."""

    path: str
    language: str
    name: str
    text: str
    summary: str
    base: Revision | None = None
    by: User | None = None
    message: str = ""


class Order(msgspec.Struct, frozen=True):
    """What the importer is asked to do. Without an author the texts are the importer's."""

    split: str
    keys: Keys | None
    way: Way
    author: User | None


class Run(msgspec.Struct):
    """What came of it: a report by file, and a result by article."""

    report: list[str] = msgspec.field(default_factory=list)
    results: list[Result] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)

    @property
    def done(self) -> bool:
        return not self.faults and all(result.what is not What.REFUSED for result in self.results)

    def count(self, what: What) -> int:
        return sum(result.what is what for result in self.results)


class Bundle(msgspec.Struct, frozen=True):
    """All that a run reads, read before anything is written; `left` says what is not taken, and why."""

    sources: tuple[Source, ...]
    left: tuple[str, ...]
    root: Path
    load: illustrating.Load


def gathered(path: Path, language: str | None) -> Bundle:
    """Raises Refused for what cannot be read at all."""
    if path.is_dir() and git.is_working_copy(path):
        repository = git.opened(path)
        if git_import.holds_an_export(repository):
            return _committed(repository, language)
    root = path if path.is_dir() else path.parent
    exported = manifest.load(root).files
    sources = tuple(_source(file, exported.get(file.path)) for file in files.found(path, language))
    return Bundle(sources, (), root, illustrating.beside(root))


def looked_at(bundle: Bundle, order: Order) -> Run:
    """What a run would read, with nothing written."""
    run = Run(faults=list(bundle.left))
    for source in bundle.sources:
        run.report += reporting.lines(source.path, _read(source, order), said)
    return run


def brought(bundle: Bundle, order: Order, *, at: datetime) -> Run:
    """Each article in a transaction of its own: what fails is reported, and the rest comes in.

    Raises Refused, before anything is written, where a text cannot be split as it was asked.
    """
    run = looked_at(bundle, order)
    run.report = []
    us = order.author or importer()
    _new, faults = illustrating.exported(bundle.root, by=us, at=at)
    run.faults += faults
    for source in bundle.sources:
        text, faults = illustrating.illustrated(source.text, source.path, bundle.load, by=us, at=at)
        run.faults += faults
        reading = _read(msgspec.structs.replace(source, text=text), order)
        run.report += reporting.lines(source.path, reading, said)
        run.results += _taken(source, reading, order, us, at)
    return run


def _taken(source: Source, reading: Reading, order: Order, us: User, at: datetime) -> list[Result]:
    publishes = order.way is Way.PUBLISHED
    by = us if publishes or source.by is None or not source.by.can(Act.EDIT_GUIDE) else source.by
    alone = len(reading.articles) == 1
    return [
        take_in(
            Incoming(
                language=source.language,
                key=article.key,
                body=article.body,
                summary=source.summary[:200],
                base=source.base if alone else None,
                raw=source.text if alone else None,
                message="\n".join(filter(None, [source.message, _told(reading)])),
            ),
            way=order.way,
            by=by,
            at=at,
        )
        for article in reading.articles
    ]


def _told(reading: Reading) -> str:
    """For the reviewer: what the importer did to the whole text, and what it left."""
    counts = ", ".join(f"{count} {kind}" for kind, count in reading.account.counts().items())
    kept = [f"line {kept.line}: {kept.text.strip()} ({kept.why})" for kept in reading.kept]
    return "\n".join([f"changed: {counts}"] * bool(counts) + kept)[:4000]


def _read(source: Source, order: Order) -> Reading:
    here = {one.key: Meta(one.title, one.order, one.part, one.summary) for one in standing(source.language)}
    try:
        return read(source.text, name=source.name, split=order.split, keys=order.keys, standing=here)
    except Refused as refused:
        raise Refused(msgspec.structs.replace(refused.message, text=f"{source.path}: {refused.message.text}")) from None


def _source(file: files.File, entry: manifest.Entry | None) -> Source:
    base = None
    if entry and entry.revision:
        found = Revision.objects.filter(article__language=file.language, article__key=file.name, number=entry.revision)
        base = next((one for one in found if manifest.digest(one.body.encode()) == entry.digest), None)
    return Source(file.path, file.language, file.name, file.text, f"Import {file.path}", base)


def _committed(repository: git.Repository, language: str | None) -> Bundle:
    sources: list[Source] = []
    left: list[str] = []
    for one in git_import.changed(repository, (language,) if language else LANGUAGES):
        if isinstance(one, git_import.Left):
            left.append(f"{one.path}: {said(one.why)}")
            continue
        message = f"Commit {one.commit}, written by {one.wrote.name} <{one.wrote.email}>; file {one.blob}"
        sources.append(
            Source(
                one.path,
                one.language,
                one.name,
                one.text,
                one.subject or f"Import {one.path}",
                one.base,
                one.by,
                message,
            )
        )
    return Bundle(tuple(sources), tuple(left), repository.root, _in_tree(repository))


def _in_tree(repository: git.Repository) -> illustrating.Load:
    blobs = {blob.path: blob for blob in repository.tree() if blob.is_file}

    def load(place: str) -> bytes | None:
        blob = blobs.get(place)
        return repository.content(blob) if blob and blob.size <= MAX_BYTES else None

    return load
