"""The page that asks before an older text is put back: what goes, what returns, and what keeps it from standing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import blame, life, services, slicing
from knowledge.claims import claims
from knowledge.framing import framed
from knowledge.models import Article, Proposal, Revision
from knowledge.previewing import ShownProblem, shown
from knowledge.rendering import Refused, render
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.web.saying import said


class RevertForm(forms.Form):
    """`base` is the number of the revision that stood when the page was shown."""

    summary = forms.CharField(label=_("Why?"), max_length=200)
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class Effect(msgspec.Struct, frozen=True):
    """Lines that go and that return, and checks that lose or gain their section."""

    goes: int
    returns: int
    losing: list[str]
    gaining: list[str]


class Undoing(msgspec.Struct):
    """`overtaken`: what was published since the page was shown, which is why nothing was done."""

    to: Revision
    form: forms.Form
    effect: Effect
    undone: list[Revision]
    problems: list[ShownProblem]
    overtaken: Revision | None = None
    refusal: str = ""
    open_proposal: Proposal | None = None
    saved: Revision | None = None
    draft: Proposal | None = None

    @property
    def status(self) -> int:
        return 409 if self.overtaken or self.refusal else 422 if self.form.is_bound else 200

    @property
    def is_empty(self) -> bool:
        return not self.effect.goes and not self.effect.returns


def begin(article: Article, to: Revision, published: Revision) -> Undoing:
    summary = gettext("Back to revision %(number)s") % {"number": to.number}
    return _page(article, to, published, RevertForm(initial={"summary": summary, "base": published.number}))


def submit(article: Article, to: Revision, published: Revision, data: Any, *, by: User, at: datetime) -> Undoing:
    """Puts the text back, or opens it in the editor where that was asked for (`do=edit`), or says why not."""
    form = RevertForm(data)
    page = _page(article, to, published, form)
    if not form.is_valid():
        return page
    summary = form.cleaned_data["summary"]
    try:
        if data.get("do") == "edit":
            page.draft = life.draft_from(article, text=to, by=by, at=at, summary=summary)
        else:
            base = article.revisions.filter(number=form.cleaned_data["base"]).first()
            page.saved = life.revert(article, to=to, base=base, by=by, at=at, summary=summary)
    except life.NotDone as refused:
        page.refusal, page.open_proposal = said(refused.message), refused.proposal
    except services.Conflict as conflict:
        page = _overtaken(article, to, conflict.published or published, data)
    except (services.Invalid, Refused):
        pass  # the page says it already
    return page


def _overtaken(article: Article, to: Revision, published: Revision, data: Mapping[str, Any]) -> Undoing:
    """The page as it stands after what was published meanwhile, with what was typed."""
    page = _page(article, to, published, RevertForm({**dict(data.items()), "base": published.number}))
    page.overtaken = published
    return page


def _page(article: Article, to: Revision, published: Revision, form: forms.Form) -> Undoing:
    undone = list(article.revisions.since(to.number).newest_first())
    return Undoing(to, form, effect(published.body, to.body), undone, _problems(article, to))


def effect(now: str, then: str) -> Effect:
    before, after = slicing.split(now), slicing.split(then)
    same = sum(size for _old, _new, size in blame.kept(before, after))
    held, holds = _claims(now), _claims(then)
    return Effect(len(before) - same, len(after) - same, sorted(held - holds), sorted(holds - held))


def _claims(body: str) -> set[str]:
    try:
        return set(claims(body))
    except Refused:
        return set()


def _problems(article: Article, to: Revision) -> list[ShownProblem]:
    try:
        rendering = render(to.body, checks=CATALOGUE)
    except Refused as refused:
        return [ShownProblem(0, said(refused.message))]
    return shown(services.problems_of(article, to.body, rendering), framed(to.body, ""))
