"""Takes articles in: as a proposal somebody reviews, or published at once. One transaction an article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from django.db import IntegrityError, transaction

from knowledge import services
from knowledge.models import Article, FormerKey, Proposal, ProposalEvent, ProposalText, Revision
from knowledge.naming import RESERVED
from knowledge.problems import Refused
from secdash.accounts.models import User
from secdash.accounts.roles import Act, Role
from secdash.audit.recording import record

IMPORTER = "import"


class Way(StrEnum):
    """`EITHER`: what is new is published if the author may, and what stands gets a proposal."""

    PROPOSAL = "proposal"
    PUBLISHED = "published"
    EITHER = "either"


class What(StrEnum):
    PUBLISHED = "published"
    PROPOSED = "proposed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Incoming(msgspec.Struct, frozen=True):
    """`base` is the revision that the text was made from, where that is known; `message` goes to the reviewer.

    `raw` is the text as it came, where it was one article.
    """

    language: str
    key: str
    body: str
    summary: str
    base: Revision | None = None
    message: str = ""
    raw: str | None = None


class Result(msgspec.Struct, frozen=True):
    """`number` is that of the revision or of the proposal; `words` say why, where that needs saying."""

    article: str
    what: What
    number: int = 0
    words: str = ""


def importer() -> User:
    """Who stands for texts that nobody signs: an account that cannot sign in, made the first time."""
    user, made = User.objects.get_or_create(
        username=IMPORTER, defaults={"role": Role.VIEWER, "is_active": False, "first_name": "Import"}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def may(by: User, act: Act) -> bool:
    """The importer stands for whoever runs the command, who holds the machine."""
    return by.username == IMPORTER or by.can(act)


def take_in(incoming: Incoming, *, way: Way, by: User, at: datetime) -> Result:
    """Never overwrites: an article that stands is only published over its own published revision."""
    try:
        with transaction.atomic():
            return _taken(incoming, _standing(incoming), way, by, at)
    except services.Invalid as invalid:
        return Result(_name(incoming), What.REFUSED, words=_lines(invalid))
    except (services.Conflict, IntegrityError):
        return Result(_name(incoming), What.REFUSED, words="it was published meanwhile; import again")
    except Refused as refused:
        return Result(_name(incoming), What.REFUSED, words=str(refused.message))


def standing(language: str, keys: Sequence[str] | None = None) -> list[Article]:
    found = Article.objects.standing().filter(language=language)
    return list(found if keys is None else found.filter(key__in=keys))


def _taken(incoming: Incoming, article: Article | None, way: Way, by: User, at: datetime) -> Result:
    if article and article.deleted_at:
        return Result(_name(incoming), What.REFUSED, words="it was taken away here; bring it back first")
    if article and (said := _already(incoming, article)):
        return Result(str(article), What.UNCHANGED, words=said)
    if article is None and incoming.key in RESERVED:
        return Result(_name(incoming), What.REFUSED, words="this key is an address of the guide itself; choose another")
    article = article or Article.objects.create(language=incoming.language, key=incoming.key)
    if _publishes(way, article, by):
        revision = services.publish(
            article, body=incoming.body, author=by, summary=incoming.summary, base=_base(incoming, article), at=at
        )
        record("article.published", by=by, on=article, after=services.version(revision), at=at)
        return Result(str(article), What.PUBLISHED, revision.number)
    proposal = _propose(incoming, article, by, at)
    record("proposal.sent", by=by, on=proposal, name=str(article), after={"summary": incoming.summary}, at=at)
    return Result(str(article), What.PROPOSED, proposal.pk)


def _publishes(way: Way, article: Article, by: User) -> bool:
    if way is Way.EITHER:
        return article.published is None and may(by, Act.PUBLISH_GUIDE)
    return way is Way.PUBLISHED


def _already(incoming: Incoming, article: Article) -> str:
    """Why there is nothing to do, or "": the text stands, stood after its base, or was proposed."""
    if article.published and article.published.body in (incoming.body, incoming.raw):
        return "as published"
    since = incoming.base.number if incoming.base else 0
    if known := article.revisions.filter(body=incoming.body, number__gte=since).order_by("-number").first():
        return f"as it was in version {known.number}"
    proposed = article.proposals.filter(
        origin=Proposal.Origin.IMPORT, body=incoming.body, base=_base(incoming, article)
    )
    if known_proposal := proposed.exclude(state=Proposal.State.WITHDRAWN).first():
        return f"as in proposal {known_proposal.pk} ({known_proposal.get_state_display()})"
    return ""


def _propose(incoming: Incoming, article: Article, by: User, at: datetime) -> Proposal:
    proposal = Proposal.objects.create(
        article=article,
        base=_base(incoming, article),
        body=incoming.body,
        summary=incoming.summary,
        author=by,
        state=Proposal.State.IN_REVIEW,
        origin=Proposal.Origin.IMPORT,
        created_at=at,
        changed_at=at,
        submitted_at=at,
    )
    text = ProposalText.objects.create(proposal=proposal, number=1, body=incoming.body, at=at)
    ProposalEvent.objects.create(
        proposal=proposal, kind=ProposalEvent.Kind.SENT, by=by, at=at, message=incoming.message, text=text
    )
    return proposal


def _base(incoming: Incoming, article: Article) -> Revision | None:
    return incoming.base or article.published


def _standing(incoming: Incoming) -> Article | None:
    """By its key, or by one that it had before it was renamed."""
    found = Article.objects.with_text().filter(language=incoming.language, key=incoming.key).first()
    if found:
        return found
    former = FormerKey.objects.filter(language=incoming.language, key=incoming.key)
    return Article.objects.with_text().filter(former_keys__in=former).first()


def _lines(invalid: services.Invalid) -> str:
    return "; ".join(f"line {problem.line}: {problem.message}" for problem in invalid.problems)


def _name(incoming: Incoming) -> str:
    return f"{incoming.language}/{incoming.key}"
