"""What others changed in a Git working copy since the guide was exported into it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from knowledge.exchange import trailers
from knowledge.exchange.files import ARTICLE, text_of
from knowledge.exchange.git import Blob, Repository
from knowledge.exchange.reading import MAX_BYTES
from knowledge.exchange.trailers import Signature
from knowledge.models import Article, Revision
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User
from secdash.facts.message import Message, say


class Changed(msgspec.Struct, frozen=True):
    """A committed file that is not what its article's exported revision was (`base`; None for a new article)."""

    path: str
    blob: str
    language: str
    name: str
    text: str
    base: Revision | None
    wrote: Signature
    subject: str
    commit: str

    @property
    def by(self) -> User | None:
        return trailers.person(self.wrote)


class Left(msgspec.Struct, frozen=True):
    """A file that is not taken, and why."""

    path: str
    why: Message


def holds_an_export(repository: Repository) -> bool:
    return bool(trailers.exported(repository))


def changed(repository: Repository, languages: Collection[str] = LANGUAGES) -> Iterator[Changed | Left]:
    """Of what is committed; a working copy's own state is nobody's yet."""
    known = trailers.exported(repository)
    names = trailers.names()
    for blob in repository.tree():
        found = ARTICLE.fullmatch(blob.path)
        if why := _unfit(blob, languages):
            yield Left(_shown(blob.path), why)
        elif found and found[1] in languages:
            article = Article.objects.filter(pk=names.get((found[1], found[2]), 0)).first()
            base = trailers.last(article, known.get(article.pk, set())) if article else None
            yield from _difference(repository, blob, found[1], found[2], base)


def _difference(
    repository: Repository, blob: Blob, language: str, name: str, base: Revision | None
) -> Iterator[Changed | Left]:
    try:
        text = text_of(repository.content(blob), blob.path)
    except Refused as refused:
        yield Left(blob.path, refused.message)
        return
    if base is None or text != base.body:
        commit, author, email, subject = _last_commit(repository, blob.path)
        yield Changed(blob.path, blob.name, language, name, text, base, Signature(author, email), subject, commit)


def _last_commit(repository: Repository, path: str) -> tuple[str, str, str, str]:
    said = repository.ask("log", "-1", "--no-show-signature", "--format=%h%x00%an%x00%ae%x00%s", "HEAD", "--", path)
    commit, author, email, subject = said.decode("utf-8", "replace").rstrip("\n").split("\0", 3)
    return commit, author, email, subject.replace("\0", " ")


def _unfit(blob: Blob, languages: Collection[str]) -> Message | None:
    """Why an entry in the folders of the languages cannot be an article; None for one that can, and for all others."""
    folder = blob.path.partition("/")[0]
    if folder not in languages:
        return None
    if blob.mode == "120000":
        return say("It is a link; write the text itself.")
    if blob.mode == "160000":
        return say("It is another repository.")
    if blob.path.endswith(".md") and not ARTICLE.fullmatch(blob.path):
        return say("Its name is not NUMBER-key.md.")
    if blob.path.endswith(".md") and blob.size > MAX_BYTES:
        return say("It is too large: %(limit)s bytes at most.", limit=MAX_BYTES)
    return None


def _shown(path: str) -> str:
    """A name that anybody may have chosen, fit for a terminal."""
    return path.encode("utf-8", "backslashreplace").decode().encode("unicode_escape").decode("ascii")
