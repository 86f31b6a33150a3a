"""What is asked of the log by an address: whose acts, which, on what, when, and words that stand in an entry."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

import msgspec
from django.db.models import CharField, Q, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils import timezone

from secdash.audit.models import AuditEntry, AuditQuerySet
from secdash.audit.words import ACTS

LONGEST = 200


class Asked(msgspec.Struct, frozen=True):
    """`act` is one act, or the word before its dot for all of its kind; `kind` and `key` name one object."""

    who: str = ""
    act: str = ""
    kind: str = ""
    key: str = ""
    q: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """What cannot be read is not asked for."""
        words = {name: _words(query.get(name, "")) for name in ("who", "act", "kind", "key", "q")}
        return cls(**words, since=_day(query.get("since", "")), until=_day(query.get("until", "")))

    @property
    def query(self) -> str:
        return self.but()

    @property
    def given(self) -> list[tuple[str, str]]:
        """The filters in force, by name, as the address holds them."""
        found = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [(name, str(value)) for name, value in found if value]

    def but(self, *names: str) -> str:
        """The address without these filters."""
        return urlencode([(name, value) for name, value in self.given if name not in names])

    def entries(self) -> AuditQuerySet:
        found = AuditEntry.objects.filter(self._named())
        if self.since:
            found = found.filter(at__gte=_midnight(self.since))
        if self.until:
            found = found.filter(at__lt=_midnight(self.until + timedelta(days=1)))
        return _with_words(found, self.q) if self.q else found

    def _named(self) -> Q:
        asked = Q()
        if self.who:
            asked &= Q(by_name__iexact=self.who)
        if self.act:
            asked &= Q(act=self.act) if self.act in ACTS or "." in self.act else Q(act__startswith=f"{self.act}.")
        if self.kind:
            asked &= Q(kind=self.kind, key=self.key) if self.key else Q(kind=self.kind)
        return asked


def _with_words(found: AuditQuerySet, words: str) -> AuditQuerySet:
    """Also within what was before and after, where databases keep other letters than ASCII in two ways."""
    written = json.dumps(words)[1:-1]
    inside = Q()
    for name in ("before_text", "after_text"):
        inside |= Q(**{f"{name}__icontains": words}) | Q(**{f"{name}__icontains": written})
    texts = found.annotate(
        before_text=Cast("before", TextField()),
        after_text=Cast("after", TextField()),
        address_text=Cast("address", CharField()),
    )
    plain = Q(name__icontains=words) | Q(by_name__icontains=words) | Q(request=words) | Q(address_text__contains=words)
    return texts.filter(plain | inside)


def _words(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day < date(9000, 1, 1) else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
