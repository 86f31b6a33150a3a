"""The editor's page: what it begins with, what a preview shows, and what becomes of a text that is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from knowledge import pages, services
from knowledge.forms import EditForm
from knowledge.models import Article, Revision
from knowledge.rendering import Problem, Refused, render
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.web.saying import said


class ShownProblem(msgspec.Struct, frozen=True):
    """`line` is 0 where the whole text is meant."""

    line: int
    text: str


class Preview(msgspec.Struct, frozen=True):
    title: str = ""
    text: pages.Text | None = None
    problems: list[ShownProblem] = []


class EditPage(msgspec.Struct):
    """`theirs` is what was published meanwhile, where that keeps the text from being saved."""

    form: EditForm
    base: Revision | None
    preview: Preview
    theirs: Revision | None = None
    saved: Revision | None = None

    @property
    def status(self) -> int:
        return 409 if self.theirs else 422 if self.form.is_bound else 200


def begin(article: Article, published: Revision) -> EditPage:
    form = EditForm(initial={"body": published.body, "base": published.number})
    return EditPage(form, published, preview(article, published.body))


def submit(article: Article, data: Any, *, by: User, at: datetime) -> EditPage:
    """Publishes, or says why not; whatever was typed stays in the form."""
    form = EditForm(data)
    base = _base(article, form)
    page = EditPage(form, base, preview(article, data.get("body", "")))
    if not form.is_valid():
        return page
    body, summary = form.cleaned_data["body"], form.cleaned_data["summary"]
    try:
        page.saved = services.publish(article, body=body, author=by, summary=summary, base=base, at=at)
    except services.Conflict as conflict:
        page.theirs = conflict.published
    except services.Invalid as invalid:
        page.preview = Preview(page.preview.title, page.preview.text, shown(invalid.problems))
    except Refused:
        pass  # the preview has said it
    return page


def preview(article: Article, body: str) -> Preview:
    try:
        rendering = render(body.replace("\r\n", "\n"), checks=CATALOGUE)
    except Refused as refused:
        return Preview(problems=[ShownProblem(0, said(refused.message))])
    problems = services.problems_of(article, body, rendering)
    return Preview(rendering.meta.title, pages.text(rendering.sections, article.language), shown(problems))


def shown(problems: Iterable[Problem]) -> list[ShownProblem]:
    return [ShownProblem(problem.line, said(problem.message)) for problem in problems]


def _base(article: Article, form: EditForm) -> Revision | None:
    """The revision that the text was begun from; one that never was counts as none, which is a conflict."""
    if not form.is_valid():
        return article.published
    return article.revisions.filter(number=form.cleaned_data["base"]).first()
