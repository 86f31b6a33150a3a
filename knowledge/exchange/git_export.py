"""The guide as Git commits: one for each revision that the history does not hold yet, in order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from knowledge.exchange import git, trailers
from knowledge.exchange.exporting import pictures
from knowledge.exchange.files import ARTICLE, path_of
from knowledge.exchange.git import Blob, Repository
from knowledge.exchange.reading import read
from knowledge.exchange.trailers import Signature
from knowledge.metadata import read_meta
from knowledge.models import Article, Proposal, Revision
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.facts.message import say


class Commit(msgspec.Struct, frozen=True):
    """`files` are written whole, `gone` taken away."""

    by: Signature
    at: datetime
    message: str
    files: dict[str, bytes]
    gone: tuple[str, ...] = ()


def export(root: Path, *, at: datetime, languages: Collection[str] = LANGUAGES) -> list[Commit]:
    """Never pushes, never touches what is not committed. Raises Refused, with the reason, before it writes."""
    repository = git.made(root)
    branch = repository.branch()
    _refuse_unfinished(repository)
    tree = {blob.path: blob for blob in repository.tree()}
    commits = [*_revisions(repository, tree, languages), *_taken_away(tree, languages, at), *_pictures(tree, at)]
    _refuse_overwriting(repository, tree, commits)
    if commits:
        _write(repository, branch, commits)
    return commits


def _refuse_unfinished(repository: Repository) -> None:
    if repository.dirty() or repository.says_yes("rev-parse", "--verify", "--quiet", "MERGE_HEAD"):
        raise Refused(
            say("%(path)s holds changes that are not committed. Commit or stash them first.", path=repository.root)
        )


def _revisions(repository: Repository, tree: Collection[str], languages: Collection[str]) -> Iterator[Commit]:
    known = trailers.exported(repository)
    paths = _paths(tree)
    revisions = Revision.objects.filter(article__in=Article.objects.standing().filter(language__in=languages))
    for revision in revisions.select_related("article", "author").order_by("created_at", "pk").iterator(chunk_size=50):
        article = revision.article
        if revision.number in known.get(article.pk, ()):
            continue
        path = path_of(article.language, read_meta(revision.body.split("\n"))[0].order, article.key)
        gone = tuple(old for old in paths.get(article.pk, ()) if old != path)
        paths[article.pk] = [path]
        message = _message(revision, article)
        yield Commit(
            trailers.signature(revision.author), revision.created_at, message, {path: revision.body.encode()}, gone
        )


def _message(revision: Revision, article: Article) -> str:
    first = revision.summary or (
        f"Bring {article.language}/{article.key} as it comes with secdash"
        if revision.author_id is None
        else f"Publish {article.language}/{article.key}, version {revision.number}"
    )
    return f"{first}\n\n{trailers.line(article, revision.number)}\n"


def _paths(tree: Iterable[str]) -> dict[int, list[str]]:
    """Article → where it stands in this tree, under any key it ever had."""
    names = trailers.names()
    found: dict[int, list[str]] = {}
    for path in tree:
        match = ARTICLE.fullmatch(path)
        if match and (article := names.get((match[1], match[2]))):
            found.setdefault(article, []).append(path)
    return found


def _taken_away(tree: Collection[str], languages: Collection[str], at: datetime) -> Iterator[Commit]:
    paths = _paths(tree)
    for article in Article.objects.filter(deleted_at__isnull=False, language__in=languages, pk__in=paths):
        gone = tuple(paths[article.pk])
        yield Commit(
            trailers.signature(None),
            article.deleted_at or at,
            f"Take away {article.language}/{article.key}\n",
            {},
            gone,
        )


def _pictures(tree: Collection[str], at: datetime) -> Iterator[Commit]:
    missing = {out.path: out.data for out in pictures() if out.path not in tree}
    if missing:
        yield Commit(trailers.signature(None), at, "Add pictures of the guide\n", missing)


def _refuse_overwriting(repository: Repository, tree: dict[str, Blob], commits: Sequence[Commit]) -> None:
    """What stands in the tree and was written by others must have come in first, or it would be lost from sight."""
    for path in sorted({path for commit in commits for path in (*commit.files, *commit.gone)} & tree.keys()):
        found = ARTICLE.fullmatch(path)
        blob = tree[path]
        if found and not (blob.is_file and _is_known(repository.content(blob), blob, found[1], found[2])):
            raise Refused(say("%(path)s was changed in Git since it was exported. Import it first.", path=path))


def _is_known(data: bytes, blob: Blob, language: str, key: str) -> bool:
    """Whether the guide holds this text: as a revision or a proposal, as it stands or as the importer reads it."""
    article = trailers.names().get((language, key))
    proposals = Proposal.objects.filter(article=article)
    if proposals.filter(events__message__contains=blob.name).exists():
        return True
    text = data.decode("utf-8", "replace")
    bodies = [text, *(read_as.body for read_as in read(text, name=key).articles)]
    return (
        Revision.objects.filter(article=article, body__in=bodies).exists()
        or proposals.filter(texts__body__in=bodies).exists()
    )


def _write(repository: Repository, branch: str, commits: Sequence[Commit]) -> None:
    """All of it in one stream, then the working copy follows; both fail rather than overwrite."""
    before = repository.head()
    empty = repository.ask("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()
    stream = b"".join(_streamed(commit, branch, first=at == 0, before=before) for at, commit in enumerate(commits))
    repository.ask("fast-import", "--quiet", "--date-format=raw", data=stream)
    repository.ask("read-tree", "-m", "-u", before or empty, "HEAD")


def _streamed(commit: Commit, branch: str, *, first: bool, before: str) -> bytes:
    seconds = int(commit.at.timestamp())
    us = trailers.signature(None)
    head = [
        f"commit {branch}",
        f"author {commit.by.name} <{commit.by.email}> {seconds} +0000",
        f"committer {us.name} <{us.email}> {seconds} +0000",
    ]
    begun = "\n".join(head).encode() + b"\n" + _data(commit.message.encode())
    begun += f"from {before}\n".encode() if first and before else b""
    gone = "".join(f"D {path}\n" for path in commit.gone).encode()
    return (
        begun + gone + b"".join(f"M 100644 inline {p}\n".encode() + _data(d) for p, d in commit.files.items()) + b"\n"
    )


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
