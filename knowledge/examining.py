"""What is checked for a reviewer: everything about a proposal that a machine can say before a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.utils.translation import gettext, ngettext

from knowledge.claims import claims
from knowledge.inner_links import InnerLink, inner_links
from knowledge.models import Article, FormerKey, Proposal, Section
from knowledge.rendering import Refused, render
from knowledge.services import problems_of
from knowledge.source import Source, scan
from secdash.checks import CATALOGUE
from secdash.web.saying import said


class Tick(msgspec.Struct, frozen=True):
    """`kind` says good, warn or bad; `line` is 0 where no line of the text is meant."""

    kind: str
    text: str
    line: int = 0


def examined(proposal: Proposal, body: str) -> list[Tick]:
    """`body` is the proposed text, compared with what is published now."""
    try:
        rendering = render(body, checks=CATALOGUE)
    except Refused as refused:
        return [Tick("bad", said(refused.message))]
    article = proposal.article
    source, published = scan(body), article.published.body if article.published else ""
    return [
        _based(proposal),
        *_anchors(published, source),
        *_checks(published, body),
        *(Tick("bad", said(one.message), one.line) for one in problems_of(article, body, rendering)),
        *_links(article, source),
        *_languages(proposal),
    ]


def moved_on(proposal: Proposal) -> bool:
    """Something else was published since this text was begun."""
    return proposal.base_id != proposal.article.published_id


def _based(proposal: Proposal) -> Tick:
    if moved_on(proposal):
        return Tick("warn", gettext("Based on an older version than the published one"))
    return Tick("good", gettext("Based on the published version"))


def _anchors(published: str, source: Source) -> Iterator[Tick]:
    before = [heading.anchor for heading in scan(published).headings]
    lost = [anchor for anchor in before if anchor not in {heading.anchor for heading in source.headings}]
    for anchor in lost:
        yield Tick("warn", gettext("The anchor “#%(anchor)s” is lost: links to it will miss") % {"anchor": anchor})
    if before and not lost:
        count = len(before)
        yield Tick("good", ngettext("The anchor is kept", "All %(n)d anchors kept", count) % {"n": count})


def _checks(published: str, body: str) -> Iterator[Tick]:
    before, after = claims(published), claims(body)
    lost = [check for check in before if check not in after]
    for check in lost:
        yield Tick("warn", gettext("The check “%(check)s” would lose its only section") % {"check": check})
    if before and not lost:
        count = len(before)
        yield Tick("good", ngettext("The check block is kept", "All %(n)d check blocks kept", count) % {"n": count})


def _links(article: Article, source: Source) -> Iterator[Tick]:
    links = list(inner_links(source))
    if not links:
        return
    targets = _Targets(article, source, links)
    dead = [link for link in links if not targets.holds(link)]
    for link in dead:
        yield Tick("warn", gettext("The link “%(link)s” leads nowhere") % {"link": link.written}, link.line)
    if not dead:
        count = len(links)
        text = ngettext("The link inside the guide leads somewhere", "All %(n)d links inside the guide work", count)
        yield Tick("good", text % {"n": count})


class _Targets:
    """What links may lead to: articles by their key or a former one, and the anchors of their sections."""

    def __init__(self, article: Article, source: Source, links: list[InnerLink]) -> None:
        self.own = article.key
        keys = {link.key for link in links}
        articles = Article.objects.in_language(article.language).filter(key__in=keys)
        self.keys = {article.key, *articles.values_list("key", flat=True)}
        former = FormerKey.objects.filter(language=article.language, key__in=keys)
        self.renamed = set(former.values_list("key", flat=True))
        sections = Section.objects.filter(article__in=articles).values_list("article__key", "anchor")
        self.anchors = {*sections, *((article.key, heading.anchor) for heading in source.headings)}

    def holds(self, link: InnerLink) -> bool:
        key = link.key or self.own
        if key in self.renamed:
            return True
        return key in self.keys and (not link.anchor or (key, link.anchor) in self.anchors)


def _languages(proposal: Proposal) -> Iterator[Tick]:
    if proposal.follows:
        text = gettext("Says the same as version %(n)d of the other language")
        yield Tick("good", text % {"n": proposal.follows.number})
        return
    same_key = Article.objects.standing().filter(key=proposal.article.key)
    for other in same_key.exclude(language=proposal.article.language):
        language = other.get_language_display()
        yield Tick("warn", gettext("%(language)s will be one version behind") % {"language": language})
