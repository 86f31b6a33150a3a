"""What becomes of a whole article: an older text put back, the article removed, and brought back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from knowledge import deriving
from knowledge.models import Article, ArticleEvent, Explains, Proposal, Revision
from knowledge.rendering import Problem, Refused, render
from knowledge.services import problems_of, publish, version
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.checks import CATALOGUE
from secdash.facts.message import Message, say


class NotDone(Exception):
    """Nothing was changed; the message says why, and what to do instead."""

    def __init__(self, message: Message, proposal: Proposal | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.proposal = proposal


def revert(article: Article, *, to: Revision, base: Revision | None, by: User, at: datetime, summary: str) -> Revision:
    """The old text as the next revision. `base` is what stood when `by` decided. Raises as `services.publish` does."""
    if base is not None and base.body == to.body:
        raise NotDone(say("What is published says the same as revision %(number)s.", number=to.number))
    with transaction.atomic():
        revision = publish(article, body=to.body, author=by, summary=summary, base=base, at=at)
        record("article.reverted", by=by, on=article, before=version(base), after=version(revision), at=at)
    return revision


def draft_from(article: Article, *, text: Revision, by: User, at: datetime, summary: str) -> Proposal:
    """An older text opened in the editor, begun from what is published. Raises NotDone where `by` writes already."""
    with transaction.atomic():
        standing = locked(article)
        begun = standing.proposals.open().of(by).first()
        if begun is not None:
            raise NotDone(say("You are changing this article already: finish or withdraw that change first."), begun)
        return Proposal.objects.create(
            article=standing,
            base=standing.published,
            body=text.body,
            summary=summary,
            author=by,
            created_at=at,
            changed_at=at,
        )


def remove(article: Article, *, why: str, by: User, at: datetime) -> None:
    """Take the article away; its revisions stay, other articles may claim its checks. Drafts stay with their authors.

    Raises NotDone while somebody waits for a review: they are owed an answer first.
    """
    with transaction.atomic():
        standing = locked(article)
        if standing.deleted_at is not None:
            raise NotDone(say("Somebody removed this article already."))
        if standing.proposals.in_review().exists():
            raise NotDone(say("A change to this article waits for review: publish or reject it first."))
        Explains.objects.by(standing).delete()
        standing.deleted_at = at
        standing.save(update_fields=["deleted_at"])
        ArticleEvent.objects.create(article=standing, kind=ArticleEvent.Kind.REMOVED, why=why, by=by, at=at)
        record("article.removed", by=by, on=standing, after={"why": why}, at=at)


def restore(article: Article, *, by: User, at: datetime) -> list[Problem]:
    """Bring it back with its sections and claims. Checks that another article explains by now stay there: told."""
    with transaction.atomic():
        gone = locked(article)
        if gone.deleted_at is None or gone.published is None:
            raise NotDone(say("Somebody brought this article back already."))
        gone.deleted_at = None
        gone.save(update_fields=["deleted_at"])
        ArticleEvent.objects.create(article=gone, kind=ArticleEvent.Kind.RESTORED, by=by, at=at)
        problems = _derived(gone, gone.published)
        record("article.restored", by=by, on=gone, at=at)
        return problems


def locked(article: Article) -> Article:
    """As it is now, and nobody else changes it before this transaction ends."""
    return Article.objects.select_for_update(of=("self",)).with_text().get(pk=article.pk)


def _derived(article: Article, text: Revision) -> list[Problem]:
    try:
        rendering = render(text.body, checks=CATALOGUE)
    except Refused as refused:  # written when more was allowed: its stored sections stay as they are
        return [Problem(0, refused.message)]
    problems = problems_of(article, text.body, rendering)
    taken = set(Explains.objects.of_others(article).values_list("check_name", flat=True))
    deriving.write_sections(article, text, rendering)
    deriving.publish(article, text, rendering)
    deriving.write_claims(article, rendering, except_for=taken)
    return problems
