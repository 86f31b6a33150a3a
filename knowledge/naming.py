"""Keys: which one an article may take, and giving it another one so that old links keep working."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from knowledge.life import NotDone
from knowledge.models import Article, ArticleEvent, FormerKey
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts.message import Message, say

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 80
# Words that stand in an article's place in addresses of the guide.
RESERVED = frozenset({"new", "proposals", "changes", "pictures", "work", "removed", "whole"})


class Scope(models.TextChoices):
    ALL = "all", _("In both languages: its translations keep sharing it")
    ONE = "one", _("Only in this language: it will no longer count as a translation of the other")


class KeyRefused(Exception):
    """`open_to_consent`: whoever knows what it means may take this key all the same."""

    def __init__(self, message: Message, *, open_to_consent: bool = False) -> None:
        super().__init__(str(message))
        self.message = message
        self.open_to_consent = open_to_consent


def refuse_key(key: str, *, languages: Collection[str], but: Collection[Article] = (), consent: bool = False) -> None:
    """Raises KeyRefused where an article in these languages may not take the key. `but`: the articles that want it."""
    if not KEY.fullmatch(key) or len(key) > LONGEST:
        raise KeyRefused(say("Use small letters, digits and single hyphens, 80 characters at most."))
    if key in RESERVED:
        raise KeyRefused(say("“%(key)s” is an address of the guide itself; choose another key.", key=key))
    own = {article.pk for article in but}
    _refuse_taken([one for one in Article.objects.sharing(key) if one.pk not in own], key, languages, consent)
    former = FormerKey.objects.filter(key=key, language__in=languages).exclude(article__in=own)
    if not consent and (link := former.select_related("article").first()):
        raise KeyRefused(
            say("Old links to “%(title)s” come by this key, and would lead here.", title=link.article.title),
            open_to_consent=True,
        )


def _refuse_taken(sharing: Iterable[Article], key: str, languages: Collection[str], consent: bool) -> None:
    for article in sharing:
        if article.language in languages:
            raise KeyRefused(_taken(article))
        if not consent:
            raise KeyRefused(_shared(article), open_to_consent=True)


def _shared(article: Article) -> Message:
    return say(
        "“%(title)s” has this key in the other language: the two would count as translations of each other.",
        title=article.title,
    )


def _taken(article: Article) -> Message:
    if article.deleted_at is not None:
        return say(
            "“%(title)s” had this key when it was removed; bring it back, or choose another.", title=article.title
        )
    return say("“%(title)s” has this key already; choose another.", title=article.title)


def rename(
    article: Article, *, was: str, to: str, scope: Scope, consent: bool = False, by: User, at: datetime
) -> list[Article]:
    """Another key for this text, or for all that share its key. Raises KeyRefused, or NotDone where `was` is past.

    Links to the old key lead on to the new one from then on; a former key that is taken leads here no longer.
    """
    try:
        with transaction.atomic():
            texts = _locked(article, was, scope)
            if to == was:
                raise KeyRefused(say("This is its key already."))
            refuse_key(to, languages=[text.language for text in texts], but=texts, consent=consent)
            for text in texts:
                _rename(text, to, by=by, at=at)
            for text in texts:
                record("article.renamed", by=by, on=text, before={"key": was}, after={"key": to}, at=at)
            return texts
    except IntegrityError:
        # Two met between our look and our write: the other one was faster.
        raise KeyRefused(say("Somebody has just taken this key; choose another.")) from None


def _locked(article: Article, was: str, scope: Scope) -> list[Article]:
    sharing = Article.objects.sharing(was).select_for_update()
    texts = list(sharing if scope == Scope.ALL else sharing.filter(language=article.language))
    if article.pk not in {text.pk for text in texts}:
        raise NotDone(say("Somebody renamed this article while you were looking at it."))
    return texts


def _rename(text: Article, to: str, *, by: User, at: datetime) -> None:
    was = text.key
    FormerKey.objects.filter(language=text.language, key=to).delete()
    FormerKey.objects.update_or_create(language=text.language, key=was, defaults={"article": text})
    text.key = to
    text.save(update_fields=["key"])
    ArticleEvent.objects.create(article=text, kind=ArticleEvent.Kind.RENAMED, was=was, now=to, by=by, at=at)


def others(article: Article) -> list[Article]:
    """The texts in other languages that share its key."""
    return [one for one in Article.objects.sharing(article.key) if one.language in LANGUAGES and one.pk != article.pk]
