"""Begins the translation of an article: a proposal for the text in the other language."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from knowledge.models import Article, Proposal, Revision
from knowledge.steps import step_of
from knowledge.translation import Standing
from secdash.accounts.models import User


@transaction.atomic
def translate(source: Revision, language: str, *, by: User, at: datetime) -> Proposal:
    """The person's open proposal for that text, begun where there is none, which then says the same as `source`.

    It begins with the standing translation; where there is none, with the source, to be written over.
    """
    key = source.article.key
    target, _made = Article.objects.select_for_update(of=("self",)).get_or_create(key=key, language=language)
    base = target.published
    proposal, _begun = Proposal.objects.get_or_create(
        article=target,
        author=by,
        origin=Proposal.Origin.BROWSER,
        state__in=Proposal.OPEN,
        defaults={
            "base": base,
            "body": base.body if base else source.body,
            "state": Proposal.State.DRAFT,
            "created_at": at,
            "changed_at": at,
        },
    )
    if proposal.follows_id != source.pk:
        proposal.follows, proposal.changed_at = source, at
        proposal.save(update_fields=["follows", "changed_at"])
    return proposal


def only_behind(proposal: Proposal, source: Revision) -> str:
    """The anchor of the one section to be translated; "" where there are several, or the text is new."""
    step = step_of(proposal.article, source.article)
    behind = [one for one in step.behind if one.anchor] if step and len(step.behind) == 1 else []
    return behind[0].anchor if behind and behind[0].standing is Standing.BEHIND else ""
