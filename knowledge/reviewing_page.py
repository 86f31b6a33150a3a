"""The page of a proposal: what changes, what was said, what is checked, and what the reader may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from knowledge import reviewing, services, showing, talking
from knowledge.examining import Tick, examined, moved_on
from knowledge.models import Proposal, ProposalEvent, ProposalText, Revision
from knowledge.placing import quoted
from knowledge.rendering import Refused
from knowledge.review_forms import CommentForm, DecisionForm
from knowledge.reviewing import Decision
from knowledge.slicing import split
from knowledge.talk_forms import Talk
from knowledge.talking import Thread
from secdash.accounts.models import User

WHAT_FOLLOWS = {
    Decision.PUBLISH: gettext_lazy("Goes live at once; older versions stay readable"),
    Decision.ASK: gettext_lazy("Its author can edit and send again"),
    Decision.REJECT: gettext_lazy("Needs a reason; nothing is lost"),
}


class Choice(msgspec.Struct, frozen=True):
    value: str
    label: str
    follows: str
    chosen: bool


class Decided(msgspec.Struct, frozen=True):
    """What became of a decision that was sent: done, or `error` says why not; the form keeps the message."""

    form: DecisionForm
    status: int = 200
    error: str = ""

    @property
    def done(self) -> bool:
        return self.status == 200


class ProposalPage(msgspec.Struct, frozen=True):
    """`old` is what the text is compared with; `threads` those that stand at no line that is shown."""

    proposal: Proposal
    own: bool
    moved: bool
    old: Revision | None
    against: str
    shown: showing.Shown
    threads: list[Thread]
    comments: int
    unresolved: int
    ticks: list[Tick]
    events: list[ProposalEvent]
    choices: list[Choice]
    form: DecisionForm
    talk: Talk
    post_url: str
    error: str = ""


def text_of(proposal: Proposal, reader: User) -> str:
    """Its author sees what they write; others the text that was sent last, which is the same while it is in review."""
    if proposal.author_id == reader.pk or proposal.state not in (Proposal.State.DRAFT, Proposal.State.CHANGES_ASKED):
        return proposal.body
    sent = proposal.texts.exclude(why=ProposalText.Why.OVERTAKEN).last()
    return sent.body if sent else proposal.body


def proposal_page(
    proposal: Proposal, query: QueryDict, reader: User, *, talk: Talk | None = None, decided: Decided | None = None
) -> ProposalPage:
    body = text_of(proposal, reader)
    moved = proposal.is_open and moved_on(proposal)
    against = "base" if not proposal.is_open or (moved and query.get("against") == "base") else "published"
    old = proposal.base if against == "base" else proposal.article.published
    threads = talking.threads_on(proposal, reader, body)
    talk = _talk(talk or Talk(CommentForm(), line=_asked_line(query)), body, query)
    shown = showing.shown_with_preview(
        old.body if old else "",
        body,
        query,
        proposal.article.language,
        threads=talking.by_line(threads),
        writing=talk.line,
    )
    return ProposalPage(
        proposal=proposal,
        own=proposal.author_id == reader.pk,
        moved=moved,
        old=old,
        against=against,
        shown=shown,
        threads=_elsewhere(threads, shown),
        comments=sum(1 + len(thread.replies) for thread in threads),
        unresolved=sum(not thread.resolved for thread in threads),
        ticks=examined(proposal, body) if proposal.is_open else [],
        events=list(proposal.events.select_related("by")),
        choices=_choices(proposal, reader, decided),
        form=decided.form if decided else DecisionForm(initial={"seen": proposal.edits}),
        talk=talk,
        post_url=reverse("proposal-comment", args=[proposal.pk]) + showing.with_query(query),
        error=decided.error if decided else "",
    )


def decide(proposal: Proposal, data: Any, *, by: User, at: datetime) -> Decided:
    form = DecisionForm(data)
    if not form.is_valid():
        return Decided(form, 422)
    decision, message = Decision(form.cleaned_data["decision"]), form.cleaned_data["message"]
    act = {
        Decision.PUBLISH: reviewing.publish,
        Decision.ASK: reviewing.ask_for_changes,
        Decision.REJECT: reviewing.reject,
    }[decision]
    try:
        act(proposal, by=by, at=at, message=message, seen=form.cleaned_data["seen"])
    except reviewing.NeedsReason:
        form.add_error("message", _("Say why: the author reads it."))
        return Decided(form, 422)
    except (services.Invalid, Refused):
        return Decided(form, 422, gettext("The text has problems that keep it from being published; they are listed."))
    except (reviewing.AlreadyDecided, reviewing.Amended, reviewing.Stale) as error:
        return Decided(form, 409, _told(error))
    return Decided(form)


def _told(error: Exception) -> str:
    if isinstance(error, reviewing.AlreadyDecided):
        name = error.proposal.reviewer.display_name if error.proposal.reviewer else ""
        values = {"name": name, "state": error.proposal.get_state_display()}
        if name:
            return gettext("%(name)s was faster: this proposal is %(state)s now.") % values
        return gettext("This proposal is not in review any more: it is %(state)s now.") % values
    if isinstance(error, reviewing.Amended):
        return gettext("The text was amended after you opened this page. Read it again, then decide.")
    return gettext("Another version was published meanwhile: bring the proposal up to date first.")


def _asked_line(query: QueryDict) -> int:
    line = query.get("line", "")
    return int(line) if line.isascii() and line.isdigit() and len(line) < 6 else 0


def _talk(talk: Talk, body: str, query: QueryDict) -> Talk:
    """With the words of the line that is written about, which find it again when the text is amended."""
    lines = split(body)
    if not 0 < talk.line <= len(lines):
        talk.line = 0
    talk.quote = quoted(lines[talk.line - 1]) if talk.line else ""
    talk.line_url = showing.with_query(query) + ("&" if query else "") + "line="
    return talk


def _elsewhere(threads: list[Thread], shown: showing.Shown) -> list[Thread]:
    """In a view without lines, all of them."""
    return [thread for thread in threads if thread.line is None or not shown.blocks]


def _choices(proposal: Proposal, reader: User, decided: Decided | None) -> list[Choice]:
    chosen = decided.form.data.get("decision") if decided else None
    offered = [
        one
        for one in reviewing.decisions(proposal, reader)
        if not (one is Decision.PUBLISH and moved_on(proposal))  # it must be brought up to date first
    ]
    return [
        Choice(one.value, str(one.label), str(WHAT_FOLLOWS[one]), one.value == (chosen or offered[0].value))
        for one in offered
    ]
