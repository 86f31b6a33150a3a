"""What the guide keeps: articles and their revisions, proposals, what people say, pictures."""

from __future__ import annotations

from knowledge.models.articles import (
    Article,
    ArticleQuerySet,
    Explains,
    FormerKey,
    Revision,
    Section,
    SectionReview,
)
from knowledge.models.events import ArticleEvent
from knowledge.models.finding import IndexedSection, IndexedSectionQuerySet
from knowledge.models.pictures import Picture
from knowledge.models.proposals import Proposal, ProposalEvent, ProposalQuerySet, ProposalText
from knowledge.models.talk import Comment, Watch
from secdash.frozen import Frozen

__all__ = [
    "Article",
    "ArticleEvent",
    "ArticleQuerySet",
    "Comment",
    "Explains",
    "FormerKey",
    "Frozen",
    "IndexedSection",
    "IndexedSectionQuerySet",
    "Picture",
    "Proposal",
    "ProposalEvent",
    "ProposalQuerySet",
    "ProposalText",
    "Revision",
    "Section",
    "SectionReview",
    "Watch",
]
