"""The merge page: what was published meanwhile against what is proposed, conflict by conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from knowledge import beside, proposing
from knowledge.framing import Framed
from knowledge.merge import Agreed, Choice, Chunk, Conflict, Lines, merge, put_together
from knowledge.models import Proposal, Revision
from knowledge.previewing import Preview, preview
from knowledge.proposing import Saved
from knowledge.slicing import split
from secdash.accounts.models import User
from secdash.web import marking

HAND = "hand"


class ShownChunk(msgspec.Struct):
    """Agreed text has `text` alone; a conflict has its number, from 1, both sides, and what was chosen."""

    text: str = ""
    lines: int = 0
    number: int = 0
    ours: list[marking.Row] = []
    theirs: list[marking.Row] = []
    choice: str = ""
    hand: str = ""


class MergePage(msgspec.Struct):
    """`onto` is what is published; None where the proposal stands on it already."""

    proposal: Proposal
    onto: Revision | None
    chunks: list[ShownChunk] = []
    edits: int = 0
    missing: bool = False
    preview: Preview | None = None

    @property
    def conflicts(self) -> int:
        return sum(bool(chunk.number) for chunk in self.chunks)

    @property
    def status(self) -> int:
        return 422 if self.missing else 200


def compare(proposal: Proposal, data: Mapping[str, str] | None = None) -> MergePage:
    """The page, with the choices that were made so far."""
    onto = _onto(proposal)
    if onto is None:
        return MergePage(proposal, None, edits=proposal.edits)
    return MergePage(proposal, onto, _shown(_chunks(proposal, onto), data or {}), proposal.edits)


def look(proposal: Proposal, data: Mapping[str, str]) -> MergePage:
    """The page with a preview of the merged text, where each conflict is settled."""
    page = compare(proposal, data)
    if page.onto:
        settled = settle(_chunks(proposal, page.onto), data)
        page.missing = settled is None
        page.preview = None if settled is None else preview(proposal.article, Framed(settled))
    return page


def bring(proposal: Proposal, data: Mapping[str, str], *, by: User, at: datetime) -> Saved | MergePage:
    """Do it; or the page again, where a conflict is not settled. Raises Closed.

    Where the texts are not those any more that were compared, what was written by hand is put aside.
    """
    page = look(proposal, data)
    same = page.onto and (data.get("onto"), data.get("edits")) == (str(page.onto.number), str(proposal.edits))
    if page.onto is None or not same:
        hand = typed(data)
        return proposing.put_aside(proposal, body=hand, at=at) if hand else compare(proposal)
    text = settle(_chunks(proposal, page.onto), data)
    if text is None:
        return page
    return proposing.bring_up_to_date(proposal, body=text, onto=page.onto, edits=proposal.edits, by=by, at=at)


def settle(chunks: Sequence[Chunk], data: Mapping[str, str]) -> str | None:
    """The merged text; None while a conflict has no choice."""
    conflicts = [chunk for chunk in chunks if isinstance(chunk, Conflict)]
    settled = [_settled(conflict, number, data) for number, conflict in enumerate(conflicts, 1)]
    lines = [one for one in settled if one is not None]
    return put_together(chunks, lines) if len(lines) == len(settled) else None


def typed(data: Mapping[str, str]) -> str:
    """All that was written by hand, for a merge that cannot be made any more."""
    hands = [
        value for name, value in data.items() if name.startswith(f"{HAND}-") and data.get(f"choice-{name[5:]}") == HAND
    ]
    return "\n\n".join(hands).replace("\r\n", "\n")


def _settled(conflict: Conflict, number: int, data: Mapping[str, str]) -> Lines | None:
    choice = data.get(f"choice-{number}", "")
    if choice == HAND:
        by_hand = data.get(f"{HAND}-{number}", "")
        return tuple(split(by_hand)) if by_hand else ()
    return conflict.lines(Choice(choice)) if choice in {one.value for one in Choice} else None


def _onto(proposal: Proposal) -> Revision | None:
    published = proposal.article.published
    return published if published and published.pk != proposal.base_id and proposal.is_open else None


def _chunks(proposal: Proposal, onto: Revision) -> tuple[Chunk, ...]:
    return merge(proposal.base.body if proposal.base else "", proposal.body, onto.body)


def _shown(chunks: Sequence[Chunk], data: Mapping[str, Any]) -> list[ShownChunk]:
    shown, number = [], 0
    for chunk in chunks:
        if isinstance(chunk, Agreed):
            shown.append(ShownChunk("\n".join(chunk.lines), len(chunk.lines)))
            continue
        number += 1
        rows = beside.marked_lines(chunk.theirs, chunk.ours)
        shown.append(
            ShownChunk(
                number=number,
                ours=[row for row in rows if row.kind != "del"],
                theirs=[row for row in rows if row.kind != "add"],
                choice=data.get(f"choice-{number}", ""),
                hand=data.get(f"{HAND}-{number}", "\n".join(chunk.lines(Choice.BOTH))),
            )
        )
    return shown
