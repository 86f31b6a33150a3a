"""The filters of the findings page, as parameters: the same words mean the same. What the page drops is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.api.rest.problems import INVALID, Place, Problem
from secdash.checks import CATALOGUE
from secdash.checks.benchmark import cis_for
from secdash.checks.risks import RISKS
from secdash.facts.model import KINDS
from secdash.posture.filtering.facets import DUES, FACETS, NEWEST
from secdash.posture.filtering.reading import LONGEST, MOST_DAYS, MOST_VALUES
from secdash.posture.filters import STATES, WORST_FIRST, Filters

SORTS = ("worst", "newest", "oldest")
CIS = sorted(
    {part for name in CATALOGUE for number in cis_for(name, NEWEST) for part in (number, number.partition(".")[0])}
)
KNOWN = {"severity": WORST_FIRST, "due": DUES, "cis": CIS, "risk": list(RISKS), "kind": list(KINDS)}
SINGLE = {"state": STATES, "sort": SORTS}
DAYS = ("within", "older")
C = r"\x00-\x1f\x7f-\x9f"  # what controls a terminal
PRINTED = rf"^[^\s{C}]([^{C}]*[^\s{C}])?$"


def filters_of(query: QueryDict) -> Filters:
    """Raises Problem that names each parameter with a value that does not exist."""
    places = [*_foreign_values(query), *_foreign_choices(query)]
    if places:
        raise Problem(INVALID, places=places)
    return Filters.of(query)


def _foreign_values(query: QueryDict) -> Iterator[Place]:
    for name, facet in FACETS.items():
        for key in (name, f"{name}!"):
            words = query.getlist(key)
            if name == "severity":
                words = [word for value in words for word in value.split(",")]
            if len(words) > MOST_VALUES or not all(_fits(word) and facet.knows(word) for word in words):
                yield Place(f"query/{key}", _("There is no such value."))


def _foreign_choices(query: QueryDict) -> Iterator[Place]:
    for name, values in SINGLE.items():
        if name in query and query[name] not in values:
            yield Place(f"query/{name}", _("There is no such value."))
    for name in DAYS:
        if name in query and not _is_days(query.get(name, "")):
            yield Place(f"query/{name}", _("Give a number of days, up to %(most)s.") % {"most": MOST_DAYS})
    if not _fits(query.get("q", "x")):
        yield Place("query/q", _("There is no such value."))


def _fits(word: str) -> bool:
    """Taken as it stands, not trimmed and not cut."""
    return len(word) <= LONGEST and re.fullmatch(PRINTED, word) is not None


def _is_days(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 6 and 1 <= int(value) <= MOST_DAYS


def parameters() -> list[dict[str, Any]]:
    """For the description of the interface."""
    several = [_several(name, turned) for name in FACETS for turned in (False, True)]
    single = [
        _one(name, {"type": "string", "enum": list(values), "default": values[0]}) for name, values in SINGLE.items()
    ]
    days = [_one(name, {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}) for name in DAYS]
    text = _one("q", {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": PRINTED})
    return [*several, *single, *days, text]


EXAMPLES = {
    "severity": "high",
    "check": "privileged-container",
    "host": "web-01",
    "group": "production",
    "due": "overdue",
}


def _several(name: str, turned: bool) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": PRINTED}
    known = KNOWN.get(name)
    value = {"type": "string", "enum": list(known)} if known else value
    schema = {"type": "array", "items": value, "maxItems": MOST_VALUES}
    said = "None of these." if turned else "One of these."
    found = {
        "in": "query",
        "name": f"{name}!" if turned else name,
        "required": False,
        "schema": schema,
        "description": said,
    }
    return found | ({"example": [EXAMPLES[name]]} if name in EXAMPLES else {})


def _one(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": False, "schema": schema}
