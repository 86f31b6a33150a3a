"""The page that begins a new article: its form, with the places it may take in the reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from knowledge import beginning, naming
from knowledge.metadata import PARTS
from knowledge.models import Article, Proposal
from knowledge.pages import PART_TITLES
from secdash.accounts.models import User
from secdash.web.saying import said


class NewForm(forms.Form):
    """A place is `PART:KEY`: behind that article, or first in the part where the key is empty."""

    title = forms.CharField(label=_("Title"), max_length=200)
    key = forms.CharField(
        label=_("Key"),
        max_length=naming.LONGEST,
        required=False,
        help_text=_("The article’s name in addresses. Left empty, it is made from the title."),
    )
    summary = forms.CharField(
        label=_("Summary"), max_length=400, help_text=_("One sentence, shown in the list of articles.")
    )
    place = forms.ChoiceField(label=_("Where does it stand?"))
    consent = forms.BooleanField(label=_("I know this, and want the key all the same"), required=False)

    def __init__(self, *args: Any, articles: Sequence[Article], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(_places(articles))

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_summary(self) -> str:
        return " ".join(self.cleaned_data["summary"].split())

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key or slugify(self.cleaned_data.get("title", ""))[: naming.LONGEST].strip("-_")


class Opening(msgspec.Struct):
    form: NewForm
    asks_consent: bool = False
    draft: Proposal | None = None

    @property
    def status(self) -> int:
        return 422 if self.form.is_bound else 200


def begin(articles: Sequence[Article], after: str = "") -> Opening:
    """`after`: the key of the article it should stand behind, if one was chosen already."""
    last = next((one for one in reversed(articles) if one.part), None)
    here = next((one for one in articles if one.key == after), last)
    place = f"{here.part}:{here.key}" if here else ":"
    return Opening(NewForm(articles=articles, initial={"place": place}))


def submit(articles: Sequence[Article], language: str, data: Any, *, by: User, at: datetime) -> Opening:
    page = Opening(NewForm(data, articles=articles))
    if not page.form.is_valid():
        return page
    given = page.form.cleaned_data
    part, _colon, after = given["place"].partition(":")
    try:
        page.draft = beginning.begin(
            key=given["key"],
            language=language,
            title=given["title"],
            summary=given["summary"],
            place=beginning.place(articles, part, after),
            consent=given["consent"],
            by=by,
            at=at,
        )
    except naming.KeyRefused as refused:
        page.form.add_error("key", said(refused.message))
        page.asks_consent = refused.open_to_consent
    return page


def _places(articles: Sequence[Article]) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    """One group of choices a part."""
    for part in PARTS:
        behind = [(f"{part}:{one.key}", _("after “%s”") % one.title) for one in articles if one.part == part]
        yield PART_TITLES.get(part, part), [(f"{part}:", _("first in this part")), *behind]
