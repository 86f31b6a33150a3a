"""The page that gives an article another key: the form, the keys it had, and the links that should be mended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge import life, naming
from knowledge.models import Article, FormerKey, Section
from secdash.accounts.models import User
from secdash.web.saying import said


class RenameForm(forms.Form):
    """`was` is the key that was seen. `consent` is asked for once a key means something to somebody else."""

    key = forms.CharField(label=_("New key"), max_length=naming.LONGEST)
    scope = forms.ChoiceField(
        label=_("Where?"), choices=naming.Scope.choices, initial=naming.Scope.ALL, widget=forms.RadioSelect
    )
    was = forms.CharField(widget=forms.HiddenInput)
    consent = forms.BooleanField(label=_("I know this, and want the key all the same"), required=False)


class Former(msgspec.Struct, frozen=True):
    """A key of before, and the sections that still link by it."""

    key: str
    linking: list[Section]


class Renaming(msgspec.Struct):
    form: forms.Form
    others: list[Article]
    former: list[Former]
    asks_consent: bool = False
    refusal: str = ""
    renamed: list[Article] = []

    @property
    def status(self) -> int:
        return 409 if self.refusal else 422 if self.form.is_bound else 200


def begin(article: Article) -> Renaming:
    return _page(article, RenameForm(initial={"key": article.key, "was": article.key}))


def submit(article: Article, data: Any, *, by: User, at: datetime) -> Renaming:
    page = _page(article, RenameForm(data))
    if not page.form.is_valid():
        return page
    given = page.form.cleaned_data
    try:
        page.renamed = naming.rename(
            article,
            was=given["was"],
            to=given["key"],
            scope=naming.Scope(given["scope"]),
            consent=given["consent"],
            by=by,
            at=at,
        )
    except naming.KeyRefused as refused:
        page.form.add_error("key", said(refused.message))
        page.asks_consent = refused.open_to_consent
    except life.NotDone as refused:
        page.refusal = said(refused.message)
    return page


def to_mend(article: Article) -> list[Former]:
    """The keys that lead here, with the sections that link by them."""
    keys = FormerKey.objects.leading_to(article).values_list("key", flat=True)
    return [Former(key, list(Section.objects.linking_to(key, article.language))) for key in keys]


def _page(article: Article, form: forms.Form) -> Renaming:
    return Renaming(form, naming.others(article), to_mend(article))
