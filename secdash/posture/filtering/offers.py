"""What the filter form offers: each facet with its choices, most findings first, and what is chosen already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.facts.model import KINDS
from secdash.posture.filtering.counts import Counted, counts
from secdash.posture.filtering.facets import CIS_SECTIONS, DUES, ME, NOBODY
from secdash.posture.filtering.saying import facet_words, value_words
from secdash.posture.filters import WORST_FIRST, Filters

SHOWN = 8  # the rest is folded away
IN_ORDER = {"severity": WORST_FIRST, "cis": CIS_SECTIONS, "due": DUES, "kind": KINDS}


class Choice(NamedTuple):
    value: str
    label: str
    number: int
    chosen: bool


class Offer(NamedTuple):
    """A facet of the form; `turned` where the choice excludes, `more` are choices that are folded away."""

    name: str
    label: str
    choices: list[Choice]
    more: list[Choice]
    turned: bool


def offers(user: User, filters: Filters) -> list[Offer]:
    """Only facets that have something to choose."""
    found = counts(user, filters)
    made = [_offer(name, label, filters, found) for name, label in facet_words().items()]
    return [offer for offer in made if offer.choices]


def _offer(name: str, label: str, filters: Filters, found: Counted) -> Offer:
    turned = name in filters.but and name not in filters.only
    chosen = filters.but[name] if turned else filters.only.get(name, ())
    numbers = found.counts[name]
    choices = [
        Choice(value, value_words(name, value, found.names), numbers[value], value in chosen)
        for value in _values(name, numbers, chosen)
    ]
    shown = choices if name in IN_ORDER else [each for at, each in enumerate(choices) if at < SHOWN or each.chosen]
    return Offer(name, label, shown, [each for each in choices if each not in shown], turned)


def _values(name: str, numbers: dict[str, int], chosen: Iterable[str]) -> list[str]:
    """In the facet's own order where it has one; else those with most findings, *me* and *nobody* before them."""
    known = dict.fromkeys((*chosen, *numbers))
    if name in IN_ORDER:
        order = IN_ORDER[name]
        return [*(value for value in order if value in known), *(value for value in chosen if value not in order)]
    return sorted(known, key=lambda value: (value not in (ME, NOBODY), -numbers.get(value, 0), value))
