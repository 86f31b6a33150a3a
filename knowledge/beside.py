"""A text to read beside the one that is written, with what changed in it marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from knowledge.models import Article, Proposal, ProposalText, Revision
from knowledge.slicing import split
from knowledge.steps import step_of
from secdash.web import marking


class Line(msgspec.Struct, frozen=True):
    kind: str
    text: str
    old_no: int | None = None
    new_no: int | None = None
    checks: tuple[str, ...] = ()


class Side(msgspec.Struct, frozen=True):
    """A read-only pane. `source` is a text in another language, `kept` one that may take the place of what stands."""

    rows: list[marking.Row]
    source: Revision | None = None
    since: Revision | None = None
    kept: ProposalText | None = None


def source_of(proposal: Proposal) -> Side | None:
    """The text that is translated, with what changed in it since the published translation was made."""
    source = proposal.follows
    if source is None:
        return None
    since = _in_step_with(proposal.article, source)
    return Side(marked(since.body if since else source.body, source.body), source=source, since=since)


def _in_step_with(article: Article, source: Revision) -> Revision | None:
    """The text before the source that the published translation says the same as; None where nothing changed since."""
    step = step_of(article, source.article)
    if step is None or step.since is None or step.since >= source.number:
        return None
    return source.article.revisions.get(number=step.since)


def kept_beside(proposal: Proposal, number: int) -> Side | None:
    """A text that was put aside, with what it has and the standing one has not, and the reverse."""
    kept = proposal.texts.filter(number=number).first()
    return Side(marked(proposal.body, kept.body), kept=kept) if kept else None


def marked(then: str, now: str) -> list[marking.Row]:
    """The lines of `now`, and between them those that went; changed lines stand one against the other."""
    return marked_lines(split(then), split(now))


def marked_lines(old: Sequence[str], new: Sequence[str]) -> list[marking.Row]:
    return [row for lines in _groups(old, new) for row in marking.rows(lines)]


def _groups(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Line]]:
    """What is marked together: a changed line with its partner, else a run of one kind."""
    for tag, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        taken = [Line("del", old[at], at + 1) for at in range(a, b)]
        put = [Line("same" if tag == "equal" else "add", new[at], None, at + 1) for at in range(c, d)]
        pairs = min(len(taken), len(put)) if tag == "replace" else 0
        yield from ([one, other] for one, other in zip(taken[:pairs], put[:pairs], strict=True))
        if tag != "equal":
            yield taken[pairs:]
        yield put[pairs:]
