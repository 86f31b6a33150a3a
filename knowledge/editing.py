"""The editor's page: what it begins with, and what becomes of a text that is sent from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Any

import msgspec

from knowledge import beside, presence, proposing, steps
from knowledge.forms import DraftForm
from knowledge.framing import Framed, framed
from knowledge.models import Article, Proposal, ProposalText, Revision
from knowledge.previewing import Preview, preview, shown
from knowledge.rendering import Problem, Refused
from secdash.accounts.models import User

TEXTS = 12


class EditPage(msgspec.Struct):
    """`proposal` is None until the first save; `carried` says that the text waited while its author signed in."""

    article: Article
    form: DraftForm
    given: Framed
    preview: Preview
    base: Revision | None
    proposal: Proposal | None = None
    side: beside.Side | None = None
    others: list[str] = []
    carried: bool = False

    @property
    def status(self) -> int:
        return 422 if self.form.is_bound and not self.carried else 200

    @property
    def moved(self) -> Revision | None:
        """What was published since the text was begun."""
        published = self.article.published
        return published if published and self.base and published.pk != self.base.pk else None

    @property
    def may_stay_in_step(self) -> bool:
        """Whether its author can say that the other language needs no change for this text."""
        translates = self.proposal is not None and self.proposal.follows is not None
        return not translates and steps.still_followed(self.article) is not None

    @property
    def texts(self) -> list[ProposalText]:
        """What is kept of this proposal beside its text, newest first."""
        return list(self.proposal.texts.defer("body").order_by("-number")[:TEXTS]) if self.proposal else []

    @property
    def closed(self) -> bool:
        return self.proposal is not None and not self.proposal.is_open


class Became(Enum):
    SAVED = auto()
    SENT = auto()
    PUBLISHED = auto()
    PUT_ASIDE = auto()  # another text stands; this one is kept
    MOVED = auto()  # somebody published meanwhile; the text is saved as a draft
    CLOSED = auto()
    REFUSED = auto()  # the page says why


class Outcome(msgspec.Struct, frozen=True):
    became: Became
    proposal: Proposal | None = None
    kept: ProposalText | None = None
    page: EditPage | None = None


def begin(article: Article, by: User, *, section: str = "", carried: Mapping[str, str] | None = None) -> EditPage:
    """The page before anything is saved: with what is published, or with a text that waited behind the door."""
    base = article.published
    if carried:
        form = DraftForm(carried)
        return _page(article, form, form.framed, _base(article, form), by, carried=True)
    given = framed(base.body if base else "", section)
    form = DraftForm(initial={"edits": 0, "base": base.number if base else 0})
    return _page(article, form, given, base, by)


def reopen(
    proposal: Proposal, by: User, *, section: str = "", kept: int = 0, carried: Mapping[str, str] | None = None
) -> EditPage:
    """The page of a proposal that was saved before."""
    side = beside.kept_beside(proposal, kept) if kept else beside.source_of(proposal)
    body = proposal.body
    if side and side.kept and not proposal.is_open:
        body, side = side.kept.body, None  # what came too late begins a new draft
    if carried:
        form = DraftForm(carried)
        return _page(proposal.article, form, form.framed, proposal.base, by, proposal, side, carried=True)
    form = DraftForm(
        initial={
            "edits": proposal.edits,
            "summary": proposal.summary,
            "base": proposal.base.number if proposal.base else 0,
        }
    )
    return _page(proposal.article, form, framed(body, section), proposal.base, by, proposal, side)


def submit_new(article: Article, data: Mapping[str, Any], act: str, *, by: User, at: datetime) -> Outcome:
    """The first save of a text: the proposal is made, or the one that another tab made is found."""
    form = DraftForm(data)
    base = _base(article, form)
    if not form.is_valid():
        return Outcome(Became.REFUSED, page=_page(article, form, form.framed, base, by))
    proposal = proposing.start(article, by=by, at=at, anchor=form.framed.anchor, base=base)
    return submit(proposal, data, act, by=by, at=at)


def submit(proposal: Proposal, data: Mapping[str, Any], act: str, *, by: User, at: datetime) -> Outcome:
    """Save what was typed, whatever else was asked for; then do that too. `act`: save, send or publish."""
    form = DraftForm(data)
    if not form.is_valid():
        return _refused(proposal, form, by)
    summary = form.cleaned_data["summary"].strip()
    saved = proposing.save(proposal, body=form.framed.whole, summary=summary, edits=form.cleaned_data["edits"], at=at)
    if saved.kept:
        became = Became.PUT_ASIDE if saved.proposal.is_open else Became.CLOSED
        return Outcome(became, saved.proposal, saved.kept)
    if act not in ACTS:
        return Outcome(Became.SAVED, saved.proposal)
    if not summary:
        form.add_error("summary", DraftForm.base_fields["summary"].default_error_messages["required"])
        return _refused(saved.proposal, form, by)
    return _act(saved.proposal, form, act, by=by, at=at)


def _act(proposal: Proposal, form: DraftForm, act: str, *, by: User, at: datetime) -> Outcome:
    service, became = ACTS[act]
    try:
        if form.cleaned_data["in_step"]:
            proposing.keep_in_step(proposal)
        service(proposal, by=by, at=at)
    except proposing.Conflict:
        return Outcome(Became.MOVED, proposal)
    except proposing.Closed:
        return Outcome(Became.CLOSED, proposal)
    except proposing.Invalid as invalid:
        return _refused(proposal, form, by, invalid.problems)
    except Refused:
        return _refused(proposal, form, by)  # the preview says why
    return Outcome(became, proposal)


ACTS = {
    "send": (proposing.send, Became.SENT),
    "publish": (proposing.publish_directly, Became.PUBLISHED),
}


def _refused(proposal: Proposal, form: DraftForm, by: User, problems: tuple[Problem, ...] = ()) -> Outcome:
    """The same page, with everything that was typed, and the count of the save that may have come before."""
    data = {**{name: form.data.get(name, "") for name in form.fields}, "edits": proposal.edits}
    again = DraftForm(data)
    for name, errors in form.errors.items():
        again.errors[name] = errors
    page = _page(proposal.article, again, form.framed, proposal.base, by, proposal, beside.source_of(proposal))
    if problems:
        page.preview = msgspec.structs.replace(page.preview, problems=shown(problems, form.framed))
    return Outcome(Became.REFUSED, proposal, page=page)


def _page(
    article: Article,
    form: DraftForm,
    given: Framed,
    base: Revision | None,
    by: User,
    proposal: Proposal | None = None,
    side: beside.Side | None = None,
    *,
    carried: bool = False,
) -> EditPage:
    others = presence.here(article, by)
    return EditPage(article, form, given, preview(article, given), base, proposal, side, others, carried)


def _base(article: Article, form: DraftForm) -> Revision | None:
    """The revision that the text was begun from; where none is named that there is, the published one."""
    number = form.data.get("base", "")
    found = article.revisions.filter(number=int(number)).first() if str(number).isdecimal() else None
    return found or article.published
