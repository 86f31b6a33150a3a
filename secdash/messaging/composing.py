"""One letter of all that happened since the last one: counts, the worst by name, and where to read the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from secdash.checks.outcome import Severity
from secdash.facts.message import Message
from secdash.messaging import news as what
from secdash.messaging.letters import Letter, Line, counted, of_message, told
from secdash.messaging.news import Count, Ends, FirstScan, HostNews, News, Place, Shown
from secdash.messaging.sentences import (
    ON_ONE_HOST,
    ON_SEVERAL_HOSTS,
    ONE_END,
    ONE_HOST,
    SEVERAL_ENDS,
    SEVERAL_HOSTS,
    SEVERITY_COUNTS,
)

MOST_NAMED = 10  # findings, and hosts of a list
LIST = "/findings/"


class Section(NamedTuple):
    head: Line
    items: tuple[Line, ...] = ()


def compose(news: News, *, footer: Line) -> Letter | None:
    """None where there is nothing to say. What weighs most is the title."""
    sections = list(_sections(news))
    if not sections:
        return None
    first = sections[0]
    if len(sections) == 1:
        return Letter(first.head, (*first.items, footer))
    others = len(sections) - 1
    title = counted("%(first)s, and %(n)s more change", "%(first)s, and %(n)s more changes", others, first=first.head)
    lines = [line for section in sections for line in (section.head, *section.items)]
    return Letter(title, (*lines, footer))


def _sections(news: News) -> Iterator[Section]:
    yield from _findings(news)
    for kind in (what.UNREACHABLE, what.FAILING, what.REACHABLE, what.WORKING):
        yield from _hosts([each for each in news.hosts if each.what == kind], kind)
    yield from _first(news.first)
    for kind in (what.EXPIRED, what.ENDING):
        yield from _ends([each for each in news.ends if each.what == kind], kind)
    yield from _moved(news, what.RESOLVED)


# --- findings -----------------------------------------------------------------------------------------------------


def _findings(news: News) -> Iterator[Section]:
    """What opened, by how; the worst by name stand under the last of it."""
    sections = [section for kind in (what.NEW, what.REOPENED, what.VOIDED) for section in _moved(news, kind)]
    if sections:
        last = sections.pop()
        yield from sections
        yield last._replace(items=(*last.items, *_named(news)))


def _moved(news: News, kind: str) -> Iterator[Section]:
    counts = [count for count in news.counts if count.what == kind]
    places = sorted({count.place for count in counts}, key=lambda place: place.name)
    if not counts:
        return
    total, severities = sum(count.number for count in counts), _severities(counts)
    if len(places) == 1:
        yield Section(ON_ONE_HOST[kind].of(total, host=places[0].name, severities=severities))
        return
    head = ON_SEVERAL_HOSTS[kind].of(total, hosts=len(places), severities=severities)
    yield Section(head, tuple(_by_host(counts, places)))


def _by_host(counts: Sequence[Count], places: Sequence[Place]) -> Iterator[Line]:
    for place in places[:MOST_NAMED]:
        severities = _severities([count for count in counts if count.place == place])
        yield told("%(host)s: %(severities)s", host=place.name, severities=severities).item(place.url)
    yield from _more_hosts(len(places))


def _more_hosts(number: int) -> Iterator[Line]:
    if number > MOST_NAMED:
        more = number - MOST_NAMED
        yield counted("and %(n)s more host", "and %(n)s more hosts", more).item("/hosts/")


def _severities(counts: Sequence[Count]) -> tuple[Line, ...]:
    """'1 critical, 2 high': worst first."""
    sums: Counter[int] = Counter()
    for count in counts:
        sums[count.severity] += count.number
    return tuple(SEVERITY_COUNTS[Severity(rank)].of(number) for rank, number in sorted(sums.items())[::-1])


def severity_word(rank: int) -> Line:
    """Its msgid stands, with its context, in `secdash.web.words`."""
    return Line(Severity(rank).word, context="severity")


def _named(news: News) -> Iterator[Line]:
    """The worst by name, and one line for the rest."""
    for each in news.shown[:MOST_NAMED]:
        yield told(
            "%(severity)s: %(check)s, %(subject)s on %(host)s",
            severity=severity_word(each.severity),
            check=_title(each),
            subject=each.subject,
            host=each.host,
        ).item(each.url)
    rest = sum(count.number for count in news.counts if count.what != what.RESOLVED) - min(len(news.shown), MOST_NAMED)
    if rest > 0:
        yield counted("and %(n)s more", "and %(n)s more", rest).item(_list_of(news))


def _title(shown: Shown) -> Line | str:
    return Line(shown.title) if " " in shown.title else shown.title  # the bare name of a check that is no more


def _list_of(news: News) -> str:
    """The open findings of these severities, and of the host where it is one."""
    counts = [count for count in news.counts if count.what != what.RESOLVED]
    ranks = sorted({count.severity for count in counts}, reverse=True)
    slugs = {count.place.slug for count in counts}
    query = {"severity": ",".join(Severity(rank).word for rank in ranks)}
    return f"{LIST}?{urlencode({**query, **({'host': slugs.pop()} if len(slugs) == 1 else {})})}"


# --- hosts --------------------------------------------------------------------------------------------------------


def _hosts(rows: Sequence[HostNews], kind: str) -> Iterator[Section]:
    if len(rows) == 1:
        yield Section(ONE_HOST[kind].of(1, host=rows[0].place.name), tuple(_why(rows[0])))
    elif rows:
        lines = [told("%(host)s", host=each.place.name).item(each.place.url) for each in rows[:MOST_NAMED]]
        yield Section(SEVERAL_HOSTS[kind].of(len(rows)), (*lines, *_more_hosts(len(rows))))


def _why(each: HostNews) -> Iterator[Line]:
    if each.why:
        yield of_message(Message(each.why, each.values)).item(each.place.url)


def _first(rows: Sequence[FirstScan]) -> Iterator[Section]:
    """A new host is one line, not all its findings one by one."""
    if len(rows) == 1:
        yield Section(_first_of(rows[0]), (told("See the host").item(rows[0].place.url),))
    elif rows:
        head = counted(
            "%(n)s host was scanned for the first time", "%(n)s hosts were scanned for the first time", len(rows)
        )
        items = [_first_of(each).item(each.place.url) for each in rows[:MOST_NAMED]]
        yield Section(head, (*items, *_more_hosts(len(rows))))


def _first_of(each: FirstScan) -> Line:
    return counted(
        "%(host)s was scanned for the first time: %(n)s finding",
        "%(host)s was scanned for the first time: %(n)s findings",
        each.findings,
        host=each.place.name,
    )


# --- acceptances --------------------------------------------------------------------------------------------------


def _ends(rows: Sequence[Ends], kind: str) -> Iterator[Section]:
    if len(rows) == 1:
        yield Section(_end(rows[0]), (told("See the acceptance").item(rows[0].url),))
    elif rows:
        items = [_end(each).item(each.url) for each in rows[:MOST_NAMED]]
        more = len(rows) - MOST_NAMED
        rest = [counted("and %(n)s more", "and %(n)s more", more).item(LIST)] if more > 0 else []
        yield Section(SEVERAL_ENDS[kind].of(len(rows)), (*items, *rest))


def _end(each: Ends) -> Line:
    check = Line(each.title) if each.title else told("several checks")
    return ONE_END[each.what].of(each.findings, check=check, day=each.day)
