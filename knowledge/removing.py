"""Pages about articles that go: what hangs on one, which were removed, and what stands at their address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge import life
from knowledge.models import Article, ArticleEvent, Explains, Proposal, Section
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.web.saying import said


class RemoveForm(forms.Form):
    why = forms.CharField(label=_("Why is it removed?"), max_length=200)


class Removal(msgspec.Struct):
    """`checks` lose the only section that explains them; `linking` are sections of other articles that link here."""

    form: forms.Form
    checks: list[Explains]
    linking: list[Section]
    waiting: list[Proposal]
    drafts: list[Proposal]
    counterpart: Article | None
    refusal: str = ""
    is_done: bool = False

    @property
    def status(self) -> int:
        return 409 if self.refusal else 422 if self.form.is_bound else 200


class RemovedArticle(msgspec.Struct, frozen=True):
    article: Article
    event: ArticleEvent | None


def begin(article: Article) -> Removal:
    return _page(article, RemoveForm())


def submit(article: Article, data: Any, *, by: User, at: datetime) -> Removal:
    page = _page(article, RemoveForm(data))
    if not page.form.is_valid():
        return page
    try:
        life.remove(article, why=page.form.cleaned_data["why"], by=by, at=at)
        page.is_done = True
    except life.NotDone as refused:
        page.refusal = said(refused.message)
    return page


def removed() -> list[RemovedArticle]:
    """Newest first, each with its last removal."""
    articles = list(Article.objects.removed().with_text())
    events = ArticleEvent.objects.removals(articles)
    return [RemovedArticle(article, events.get(article.pk)) for article in articles]


def gone(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What stands at the address of a removed article. Who took it away, and why, is told inside the house only."""
    inside = request.user if isinstance(request.user, User) else None
    return {
        "article": article,
        "event": ArticleEvent.objects.removals([article]).get(article.pk) if inside else None,
        "typed": request.POST.get("body", ""),
        "may_restore": inside is not None and inside.can(Act.PUBLISH_GUIDE),
        "counterpart": Article.objects.standing().sharing(article.key).exclude(pk=article.pk).first(),
    }


def _page(article: Article, form: forms.Form) -> Removal:
    open_ones = list(article.proposals.open().select_related("author"))
    return Removal(
        form,
        list(Explains.objects.by(article)),
        list(Section.objects.linking_to(article.key, article.language)),
        [one for one in open_ones if one.state == Proposal.State.IN_REVIEW],
        [one for one in open_ones if one.state != Proposal.State.IN_REVIEW],
        Article.objects.standing().sharing(article.key).exclude(pk=article.pk).first(),
    )
