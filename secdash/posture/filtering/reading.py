"""Values out of an address, which anybody may have written."""

from __future__ import annotations

from django.http import QueryDict

from secdash.posture.filtering.facets import Facet, Values

LONGEST = 400
MOST_VALUES = 50
MOST_DAYS = 3650


def text_in(value: str) -> str:
    return value.replace("\0", "")[:LONGEST].strip()


def values_in(query: QueryDict, key: str, facet: Facet) -> Values:
    """What the address asks of a facet, each value once, without those that do not exist."""
    words = query.getlist(key)
    if facet.name == "severity":
        words = [word for value in words for word in value.split(",")]
    found = dict.fromkeys(text_in(word) for word in words[:MOST_VALUES])
    return tuple(value for value in found if value and facet.knows(value))


def days_in(query: QueryDict, key: str) -> int:
    """A number of days; 0 for none and for what is no such number."""
    value = query.get(key, "")
    return min(int(value), MOST_DAYS) if value.isascii() and value.isdecimal() and len(value) < 6 else 0
