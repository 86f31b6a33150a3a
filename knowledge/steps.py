"""Where the two languages of the guide stand to each other, article by article and section by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from knowledge import slicing
from knowledge.models import Article, Revision, Section
from knowledge.problems import Refused
from knowledge.translation import Digests, Standing, Synced, standings

Sections = Mapping[int, Mapping[str, Section]]  # by article, then by anchor


class SectionStep(NamedTuple):
    """`title` and `changed_at` are of the section that is ahead: the other language's where it is behind or missing."""

    anchor: str
    title: str
    standing: Standing
    changed_at: datetime | None


class Step(NamedTuple):
    """An article seen beside its other language. `since` is the number of the other's revision it was in step with."""

    here: Article
    there: Article
    since: int | None
    sections: list[SectionStep]

    @property
    def behind(self) -> list[SectionStep]:
        return [one for one in self.sections if one.standing in (Standing.BEHIND, Standing.MISSING)]

    @property
    def is_said(self) -> bool:
        """Whether anybody ever said that the two texts say the same."""
        return self.since is not None

    @property
    def is_in_step(self) -> bool:
        return all(one.standing is Standing.IN_STEP for one in self.sections)


def steps(articles: Collection[Article]) -> dict[int, Step]:
    """By article, for each that has its counterpart among these. Three queries, one more where a text moved on."""
    pairs = list(_pairs(articles))
    sections = _sections(pairs)
    synced = _synced(pairs)
    digests = _digests_then(synced, pairs)
    return {
        here.pk: _step(here, there, sections, synced.get(frozenset((here.pk, there.pk)), {}), digests)
        for pair in pairs
        for here, there in (pair, pair[::-1])
    }


def step_of(here: Article, there: Article | None) -> Step | None:
    """None where there is no other text."""
    return steps([here, there]).get(here.pk) if there else None


def still_followed(article: Article) -> Revision | None:
    """What a new text of this article follows that changes nothing for the other language.

    None where the two were not in step before: then nobody can say so without looking at what is behind.
    """
    there = Article.objects.standing().with_text().filter(key=article.key).exclude(language=article.language).first()
    found = steps([article, there]) if there else {}
    return there.published if there and found and all(step.is_in_step for step in found.values()) else None


def _pairs(articles: Iterable[Article]) -> Iterator[tuple[Article, Article]]:
    by_key: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda one: (one.language, one.pk)):
        if article.published_id:
            by_key[article.key].append(article)
    return ((both[0], both[1]) for both in by_key.values() if len(both) == 2)


def _sections(pairs: Iterable[tuple[Article, Article]]) -> Sections:
    found: dict[int, dict[str, Section]] = defaultdict(dict)
    rows = Section.objects.filter(article__in=[one.pk for pair in pairs for one in pair]).exclude(digest="")
    for section in rows.select_related("changed_in").defer("html", "heading", "changed_in__body").order_by("position"):
        found[section.article_id][section.anchor] = section
    return found


def _synced(pairs: Collection[tuple[Article, Article]]) -> dict[frozenset[int], dict[int, Revision]]:
    """Pair → article → the revision in which it was last in step with the other.

    Texts that came with secdash are kept in step by whoever ships them: where nobody said anything, the newest two are.
    """
    of_pair = {one.pk: frozenset((pair[0].pk, pair[1].pk)) for pair in pairs for one in pair}
    said = Revision.objects.filter(article__in=of_pair, follows__isnull=False).select_related("follows")
    found = {
        of_pair[one.article_id]: {one.article_id: one, one.follows.article_id: one.follows}
        for one in said.defer("body", "follows__body").order_by("pk")
        if one.follows
    }
    shipped = {
        one.article_id: one
        for one in Revision.objects.filter(article__in=of_pair, author__isnull=True).defer("body").order_by("pk")
    }
    for pair in set(of_pair.values()) - set(found):
        if all(pk in shipped for pk in pair):
            found[pair] = {pk: shipped[pk] for pk in pair}
    return found


def _digests_then(
    synced: Mapping[frozenset[int], Mapping[int, Revision]], pairs: Iterable[tuple[Article, Article]]
) -> dict[int, Digests]:
    """Revision → digests, for those that are no longer published: of the others the stored sections speak."""
    published = {one.published_id for pair in pairs for one in pair}
    gone = {one.pk for both in synced.values() for one in both.values()} - published
    bodies = Revision.objects.filter(pk__in=gone).values_list("pk", "body") if gone else ()
    return {pk: _digests(body) for pk, body in bodies}


def _digests(body: str) -> Digests:
    try:
        return slicing.digests(body)
    except Refused:
        return {}


def _step(
    here: Article, there: Article, sections: Sections, synced: Mapping[int, Revision], digests: Mapping[int, Digests]
) -> Step:
    mine, theirs = sections.get(here.pk, {}), sections.get(there.pk, {})
    now = [{anchor: one.digest for anchor, one in found.items()} for found in (mine, theirs)]
    then = [
        digests.get(synced[one.pk].pk, today) if one.pk in synced else None
        for one, today in zip((here, there), now, strict=True)
    ]
    pair = Synced(then[0], then[1]) if then[0] is not None and then[1] is not None else None
    found = [
        _section_step(anchor, standing, mine.get(anchor), theirs.get(anchor))
        for anchor, standing in standings(now[0], now[1], pair).items()
    ]
    return Step(here, there, synced[there.pk].number if there.pk in synced else None, found)


def _section_step(anchor: str, standing: Standing, mine: Section | None, theirs: Section | None) -> SectionStep:
    ahead = theirs if standing in (Standing.BEHIND, Standing.MISSING) else mine
    changed = ahead.changed_in.created_at if ahead and ahead.changed_in else None
    return SectionStep(anchor, ahead.title if ahead else "", standing, changed)
