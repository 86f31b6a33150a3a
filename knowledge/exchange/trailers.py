"""Which revisions a Git history holds: each commit that an export made says so in its last line."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from knowledge.exchange.git import Repository
from knowledge.models import Article, FormerKey, Revision
from secdash.accounts.models import User

TRAILER = "Guide-Revision"
VALUE = re.compile(r"([a-z]{2})/([A-Za-z0-9_-]{1,80}) (\d{1,9})")
NOT_NAME = re.compile(r"[<>\s\x00-\x1f\x7f]+")
NOT_LOCAL = re.compile(r"[^A-Za-z0-9.+_-]+")


class Signature(msgspec.Struct, frozen=True):
    name: str
    email: str


def line(article: Article, number: int) -> str:
    return f"{TRAILER}: {article.language}/{article.key} {number}"


def exported(repository: Repository) -> dict[int, set[int]]:
    """Article (its number) → the revisions that the history of HEAD holds, under all keys it ever had."""
    if not repository.head():
        return {}
    said = repository.ask("log", f"--format=%(trailers:key={TRAILER},valueonly)").decode("utf-8", "replace")
    articles = names()
    found: dict[int, set[int]] = {}
    for value in said.splitlines():
        match = VALUE.fullmatch(value.strip())
        if match and (article := articles.get((match[1], match[2]))):
            found.setdefault(article, set()).add(int(match[3]))
    return found


def names() -> dict[tuple[str, str], int]:
    """Language and key, of now or of before → the article."""
    former = FormerKey.objects.values_list("language", "key", "article_id")
    now = Article.objects.values_list("language", "key", "pk")
    return {(language, key): article for language, key, article in (*former, *now)}


def signature(author: User | None) -> Signature:
    """Who wrote a revision, as Git names people: never the address that they gave us."""
    host = _host()
    if author is None:
        return Signature("secdash", f"noreply@{host}")
    name = NOT_NAME.sub(" ", author.display_name).strip() or author.username
    return Signature(name, f"{NOT_LOCAL.sub('-', author.username)}@{host}")


def person(wrote: Signature) -> User | None:
    """The one member whom a commit names, by address or else by name; None where none or several are named so."""
    people = list(User.objects.filter(is_active=True))
    for same in (_by_address, _by_given_address, _by_display_name):
        found = [one for one in people if same(one, wrote)]
        if len(found) == 1:
            return found[0]
    return None


def _host() -> str:
    """Of the product's address where that is a name; a machine alone has none that mail could reach."""
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    return name if "." in name and name[-1].isalpha() else "secdash.invalid"


def _by_address(one: User, wrote: Signature) -> bool:
    return signature(one).email.lower() == wrote.email.lower()


def _by_given_address(one: User, wrote: Signature) -> bool:
    return bool(one.email) and one.email.lower() == wrote.email.lower()


def _by_display_name(one: User, wrote: Signature) -> bool:
    return wrote.name in (one.display_name, one.username)


def last(article: Article, numbers: set[int]) -> Revision | None:
    """The newest of these revisions."""
    return article.revisions.filter(number__in=numbers).order_by("-number").first()
