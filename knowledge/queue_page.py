"""The queue: what waits for review, what is mine, what was decided lately."""

from __future__ import annotations

import msgspec
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from knowledge.models import Proposal, ProposalQuerySet
from knowledge.shipped import LANGUAGES
from knowledge.showing import Tab, with_query
from secdash.accounts.models import User

LATELY = 50
LISTS: dict[str, Promise] = {
    "waiting": _("Waiting for review"),
    "mine": _("Mine"),
    "decided": _("Decided lately"),
}
WAITING = (Proposal.State.IN_REVIEW,)
ENDED = (Proposal.State.PUBLISHED, Proposal.State.REJECTED, Proposal.State.WITHDRAWN)
STATES: dict[str, tuple[Proposal.State, ...]] = {
    "waiting": WAITING,
    "mine": tuple(Proposal.State),
    "decided": ENDED,
}


class QueuePage(msgspec.Struct, frozen=True):
    """`states` are those that the list can be narrowed to; `filtered` tells an empty list from a filter that hides."""

    name: str
    tabs: list[Tab]
    proposals: list[Proposal]
    states: tuple[Proposal.State, ...]
    state: str
    language: str
    filtered: bool


def queue_page(proposals: ProposalQuerySet, query: QueryDict, reader: User) -> QueuePage:
    name = query.get("list", "") if query.get("list") in LISTS else "waiting"
    states = STATES[name] if len(STATES[name]) > 1 else ()
    state = query.get("state", "") if query.get("state") in states else ""
    language = query.get("language", "") if query.get("language") in LANGUAGES else ""
    found = _list(proposals, name, reader).narrowed(state, language)
    tabs = [Tab(label, with_query(QueryDict(), list=one), one == name) for one, label in LISTS.items()]
    return QueuePage(name, tabs, list(found[:LATELY]), states, state, language, filtered=bool(state or language))


def _list(proposals: ProposalQuerySet, name: str, reader: User) -> ProposalQuerySet:
    if name == "mine":
        return proposals.of(reader).latest_first()
    return proposals.decided() if name == "decided" else proposals.in_review()
