"""A guide in which everything that people can type was typed by an attacker, and the addresses where it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from knowledge import life, talking
from knowledge.models import Article, Proposal, ProposalEvent, Revision
from knowledge.pictures.keeping import address, keep
from knowledge.rendering import Refused, render
from knowledge.services import publish
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.checks import CATALOGUE
from tests.knowledge.articles import NOON
from tests.knowledge.payloads import PAYLOADS, PLACES, UNPUBLISHED, cases

# A page must hold the payloads of all places; not each payload in each place, which `test_scripts` renders one by one.
EVERY = 7
FULL = 30_000  # characters of an article
GONE = "gone"  # the key of an article that was removed
# Headings whose anchors are names that the pages and their scripts use themselves.
TAKEN = "\n\n".join(f"## zapped {{#{name}}}" for name in ("checks", "help", "q", "main", "side", "preview", "body"))
SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {size} 9"
  onload="zapped({n})"><script>zapped({n})</script><script href="data:,zapped({n})"/>
  <style>@import "//zapped-{n}.invalid/x";</style>
  <a xlink:href="javascript:zapped({n})">
  <rect width="9" height="9" onclick="zapped({n})" style="fill:url(//zapped-{n}.invalid)"/></a>
  <foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml" onload="zapped({n})"><iframe
  src="javascript:parent.zapped({n})"/><img src="x" onerror="zapped({n})"/></body></foreignObject>
  <image href="https://zapped-{n}.invalid/x"/><use href="https://zapped-{n}.invalid/x#a"/><animate onbegin="zapped({n})"
  attributeName="x" dur="1s"/><set attributeName="href" to="javascript:zapped({n})"/><text>zapped</text></svg>"""


class Hostile(msgspec.Struct):
    """What the addresses are made of."""

    texts: list[str]
    proposal: int
    draft: int
    behind: int
    pictures: list[str]

    @property
    def pages(self) -> list[str]:
        return [*_guide(), *_of_texts(self.texts), *self._of_proposals()]

    def _of_proposals(self) -> Iterator[str]:
        for view in ("side", "unified", "rendered", "preview"):
            yield f"/guide/proposals/{self.proposal}/?view={view}"
        yield f"/guide/proposals/{self.draft}/edit/"
        yield f"/guide/proposals/{self.behind}/merge/"


def _guide() -> Iterator[str]:
    yield from ("/guide/en/", "/guide/en/whole/", "/guide/changes/", "/guide/work/", "/guide/proposals/")
    yield from (
        "/guide/pictures/",
        "/guide/removed/",
        f"/guide/en/{GONE}/",
        "/guide/en/new/",
        "/checks/no-memory-limit/",
        "/findings/",
    )
    for query in ("<img src=x onerror=zapped(1)>", "\" onfocus=zapped(1) autofocus x='"):
        yield from (f"{path}?q={quote(query)}" for path in ("/search/", "/guide/en/", "/search/suggest/"))


def _of_texts(keys: list[str]) -> Iterator[str]:
    yield from (f"/guide/en/{key}/" for key in keys)
    for key in keys[:1]:
        for act in ("comments/", "history/", "blame/", "revisions/1/", "rename/", "remove/", "revert/1/"):
            yield f"/guide/en/{key}/{act}"
        for view in ("side", "unified", "rendered"):
            yield f"/guide/en/{key}/compare/?from=1&to=2&view={view}"


def populate(username: str) -> Hostile:
    """`username` names the reviewer who visits; their name is a payload, too."""
    reader, _made = User.objects.get_or_create(username=username, defaults={"role": Role.REVIEWER})
    User.objects.filter(pk=reader.pk).update(first_name=PAYLOADS[22], last_name='" onmouseover="zapped(999)')
    writer, _made = User.objects.get_or_create(username="<script>zapped(998)</script>", role=Role.CONTRIBUTOR)
    _small_articles(reader)
    pictures = _pictures(reader)
    texts = list(_texts(reader, pictures))
    first = texts[0]
    _comments(first, writer)
    proposal = _proposal(first, writer, base=first.published)
    draft = _proposal(texts[1], reader, base=texts[1].published, state=Proposal.State.DRAFT)
    behind = _proposal(first, reader, base=first.revisions.get(number=1), state=Proposal.State.DRAFT)
    return Hostile([one.key for one in texts], proposal.pk, draft.pk, behind.pk, pictures[:3])


def one_line(text: str, most: int = 200) -> str:
    return " ".join(text.replace("\0", "").split())[:most]


def a_text(text: str, *, title: str, order: int) -> str:
    line = one_line(title)
    return f"---\ntitle: {line}\norder: {order}\npart: I\nsummary: {line}\n---\n\n{text}\n".replace("\0", "")


def write(article: Article, body: str, *, by: User, summary: str, at: datetime = NOON) -> Revision:
    said = one_line(summary)
    return publish(article, body=body, author=by, summary=said, base=article.published, at=at)


def _small_articles(by: User) -> None:
    """Each payload as title, summary, heading and reason; one of the articles is gone again."""
    for number, payload in enumerate(PAYLOADS[::2]):
        article = Article.objects.create(key=f"small-{number}" if number else GONE, language="en")
        body = a_text(f"## {one_line(payload)} {{#h}}\n\nText.", title=payload, order=100 + number)
        write(article, body, by=by, summary=payload)
    life.remove(Article.objects.get(key=GONE), why=PAYLOADS[0], by=by, at=NOON)


def _pictures(by: User) -> list[str]:
    """Their addresses."""
    made = []
    for number, payload in enumerate(PAYLOADS[::7]):
        svg = SVG.format(size=number + 1, n=number)
        made.append(keep(svg.encode(), words=one_line(payload, 120), by=by, at=NOON).picture)
    return [address(picture) for picture in made]


def _texts(by: User, pictures: list[str]) -> Iterator[Article]:
    shown = ["## Shown {#shown}\n\n::: check no-memory-limit", *(f"![zapped]({one})" for one in pictures), TAKEN]
    for number, text in enumerate(_chunks([*shown, *filter(_may_be_published, _sample(PLACES))])):
        article = Article.objects.create(key=f"text-{number}", language="en")
        half = text[: text.rindex("\n\n", 0, len(text) // 2)]
        write(article, a_text(half, title=PAYLOADS[number], order=number), by=by, summary=PAYLOADS[number])
        body = a_text(text, title=PAYLOADS[number + 30], order=number)
        write(article, body, by=by, summary=PAYLOADS[number + 30], at=NOON + timedelta(hours=1))
        yield article


def _sample(places: tuple[str, ...]) -> list[str]:
    return [case for number, case in enumerate(cases(places)) if (number + number // len(places)) % EVERY == 0]


def _may_be_published(case: str) -> bool:
    try:
        return not render(a_text(f"## A {{#a}}\n\n{case}", title="x", order=1), checks=CATALOGUE).problems
    except Refused:
        return False


def _chunks(texts: list[str]) -> Iterator[str]:
    chunk = ""
    for text in texts:
        if len(chunk) + len(text) > FULL:
            yield chunk
            chunk = ""
        chunk += f"{text}\n\n"
    yield chunk


def _comments(article: Article, by: User) -> None:
    for at in range(0, len(PAYLOADS), 20):
        body = "\n".join(PAYLOADS[at : at + 20]).replace("\0", "")
        first = talking.comment_on_article(article, anchor="shown", body=body, by=by, at=NOON)
        talking.reply(first, body=body, by=by, at=NOON)


def _proposal(article: Article, by: User, *, base: Revision | None, state: str = Proposal.State.IN_REVIEW) -> Proposal:
    body = a_text("\n\n".join([TAKEN, *_sample(UNPUBLISHED)]), title=PAYLOADS[40], order=1)
    made = Proposal.objects.create(
        article=article,
        base=base,
        body=body,
        summary=one_line(PAYLOADS[41]),
        author=by,
        state=state,
        created_at=NOON,
        changed_at=NOON,
        submitted_at=None if state == Proposal.State.DRAFT else NOON,
    )
    for kind, payload in ((ProposalEvent.Kind.SENT, PAYLOADS[42]), (ProposalEvent.Kind.CHANGES_ASKED, PAYLOADS[60])):
        ProposalEvent.objects.create(proposal=made, kind=kind, by=by, at=NOON, message=payload)
    _comments_on_lines(made, by)
    return made


def _comments_on_lines(proposal: Proposal, by: User) -> None:
    lines = proposal.body.split("\n")
    for number, payload in enumerate(PAYLOADS[::9], 1):
        said = payload.replace("\0", "")
        quote_of = lines[number - 1]
        talking.comment_on_line(proposal, line=number, quote=quote_of, text=proposal.body, body=said, by=by, at=NOON)
    talking.comment_on_proposal(proposal, body=PAYLOADS[1], by=by, at=NOON)
