"""The page of the log: newest first, page by page by key, so that the thousandth page costs what the first does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from secdash.accounts.log.asked import Asked
from secdash.audit.models import AuditEntry
from secdash.audit.words import ACTS, act_in_words, kind_in_words

SIZE = 50
NOTHING = "–"


class Change(msgspec.Struct, frozen=True):
    """One field: what it said, and what it says."""

    field: str
    was: str
    now: str


class Line(msgspec.Struct, frozen=True):
    entry: AuditEntry
    act: Promise | str
    kind: Promise | str
    changes: list[Change]


class Page(msgspec.Struct, frozen=True):
    """`older` is the key after which the next page begins; None on the last."""

    asked: Asked
    lines: list[Line]
    older: int | None
    named: str  # what a history is of, where one is asked for


def page(asked: Asked, before: int | None) -> Page:
    found = asked.entries().order_by("-pk")
    rows = list((found.filter(pk__lt=before) if before else found)[: SIZE + 1])
    shown = rows[:SIZE]
    named = shown[0].name if shown and asked.key else ""
    return Page(asked, [line(entry) for entry in shown], shown[-1].pk if len(rows) > SIZE else None, named)


def line(entry: AuditEntry) -> Line:
    changes = list(changed(entry.before, entry.after))
    return Line(entry, act_in_words(entry.act), kind_in_words(entry.kind), changes)


def changed(before: dict[str, Any], after: dict[str, Any]) -> Iterable[Change]:
    """What differs; what is told on one side only is told with nothing on the other."""
    before, after = flat(before), flat(after)
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was != now:
            yield Change(name, as_text(was), as_text(now))


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """What stands within another is a field of its own, named by both."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        inner = flat(value) if isinstance(value, dict) else {}
        found |= {f"{name}.{each}": within for each, within in inner.items()} if inner else {name: value}
    return found


def as_text(value: Any) -> str:
    """Short, and the same for every language: what a machine kept."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ", ".join(str(each) for each in value)
    return json.dumps(value, ensure_ascii=False)


def acts() -> list[tuple[str, str]]:
    """All acts by the word for them, in the order of the alphabet of whoever reads."""
    return sorted(((act, str(words)) for act, words in ACTS.items()), key=lambda each: each[1].casefold())


def filter_names() -> dict[str, str]:
    return {
        "who": _("Person"),
        "act": _("Act"),
        "kind": _("Kind"),
        "key": _("Number"),
        "q": _("Words"),
        "since": _("From"),
        "until": _("Until"),
    }


def chips(asked: Asked) -> list[tuple[str, str, str]]:
    """Name, value, and the address without it. An object is one filter, though the address names it by two."""
    words, found = filter_names(), []
    for name, value in asked.given:
        if name == "key":
            continue
        shown = str(act_in_words(value)) if name == "act" else value
        if name == "kind":
            shown = f"{kind_in_words(value)} {asked.key}".strip()
        found.append((words[name], shown, asked.but(name, "key") if name == "kind" else asked.but(name)))
    return found
