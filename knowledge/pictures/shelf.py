"""The page of pictures: what it lists, and what becomes of one that is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.core.paginator import Page, Paginator

from knowledge.models import Picture
from knowledge.pictures.forms import PictureForm
from knowledge.pictures.keeping import address, keep, markdown
from knowledge.problems import Refused
from secdash.accounts.models import User
from secdash.web.saying import said

A_PAGE = 24


class Shown(msgspec.Struct, frozen=True):
    """A picture in the list, with the line that shows it in an article."""

    picture: Picture
    url: str
    markdown: str

    @property
    def id(self) -> str:
        """Of the line on the page, so that its button can copy it."""
        return f"picture-{self.picture.pk}"


class Sent(msgspec.Struct):
    """`made` is what was just taken in; `removed` names what was left out of it."""

    form: PictureForm
    made: Shown | None = None
    removed: str = ""

    @property
    def status(self) -> int:
        return 200 if self.made or not self.form.is_bound else 422

    def as_data(self) -> dict[str, Any]:
        """For scripts: the line to insert, or what is wrong by field."""
        if self.made:
            return {"markdown": self.made.markdown, "url": self.made.url, "removed": self.removed}
        return {"errors": {name: list(errors) for name, errors in self.form.errors.items()}}


def send(data: Any, files: Any, *, by: User, at: datetime) -> Sent:
    form = PictureForm(data, files)
    if not form.is_valid():
        return Sent(form)
    words = form.cleaned_data["words"]
    try:
        kept = keep(form.cleaned_data["file"].read(), words=words, by=by, at=at)
    except Refused as refused:
        form.add_error("file", said(refused.message))
        return Sent(form)
    return Sent(PictureForm(), shown(kept.picture, words), ", ".join(kept.removed))


def listed(pictures: Iterable[Picture]) -> list[Shown]:
    return [shown(picture, picture.name) for picture in pictures]


def page(number: str | None) -> Page[Picture]:
    """Without their content, which the addresses serve."""
    return Paginator(Picture.objects.defer("content").select_related("by"), A_PAGE).get_page(number)


def shown(picture: Picture, words: str) -> Shown:
    return Shown(picture, address(picture), markdown(picture, words))
