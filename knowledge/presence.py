"""Who else has the editor of an article open, as far as their pages said so lately. One key a person: no races."""

from __future__ import annotations

from django.core.cache import cache

from knowledge.models import Article
from secdash.accounts.models import User

SECONDS = 40  # a page says so every 15


def here(article: Article, by: User) -> list[str]:
    """Say that this person edits the article; the names of the others who do."""
    cache.set(_key(article, by.pk), True, SECONDS)
    others = User.objects.filter(is_active=True).exclude(pk=by.pk).values_list("pk", flat=True)
    keys = {_key(article, pk): pk for pk in others}
    found = [keys[key] for key in cache.get_many(keys)]
    return sorted(user.display_name for user in User.objects.filter(pk__in=found)) if found else []


def _key(article: Article, pk: int) -> str:
    return f"editing:{article.pk}:{pk}"
