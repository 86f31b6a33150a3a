"""Links, references and notes of one text, mended after it was cut into several articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from knowledge.exchange.account import Account
from knowledge.exchange.drafts import Draft
from knowledge.exchange.headings import Block, words
from knowledge.exchange.inline import outside_code
from knowledge.exchange.lines import Line
from secdash.facts.message import say

DEFINITION = re.compile(r"[ ]{0,3}\[(\^?[^\]\n]+)\]:[ \t]*\S.*")
USED = re.compile(r"\[(\^?[^\[\]\n]+)\](?![:(])")
INTERNAL = re.compile(r"(\]\()#([^\s()]+)(\))")
NOT_WORD = re.compile(r"[^\w\- ]")


def with_shared_definitions(drafts: Sequence[Draft], account: Account) -> None:
    """Where the link or note that an article refers to was written in another one, it gets its own copy."""
    defined = {name: lines for draft in drafts for name, lines in _definitions(draft.lines).items()}
    for draft in drafts:
        own = _definitions(draft.lines)
        wanted = {name.lower() for line in draft.lines if not line.code for name in USED.findall(line.text)}
        for name in sorted(wanted & defined.keys() - own.keys()):
            lines = defined[name]
            account.changed(lines[0].number, "reference", lines[0].text, draft.key)
            draft.lines += [Line(lines[0].number, ""), *lines]


def with_links_followed(drafts: Sequence[Draft], blocks: Sequence[Block], account: Account) -> None:
    """`#the-heading`, as most renderers name a heading, becomes the anchor that it has now."""
    targets = _targets(drafts, blocks)
    for draft in drafts:
        draft.lines = [_followed(line, draft, targets, account) for line in draft.lines]


def _targets(drafts: Sequence[Draft], blocks: Sequence[Block]) -> dict[str, tuple[str, str]]:
    """Name → key and anchor; the first heading of a name keeps it."""
    places = {line: (draft.key, anchor) for draft in drafts for line, anchor in draft.anchors.items()}
    found: dict[str, tuple[str, str]] = {}
    for head in (block.head for block in blocks if block.head):
        if head.line in places:
            for name in (head.given, places[head.line][1], _usual(head.text), _usual(head.title)):
                found.setdefault(name, places[head.line])
    found.pop("", None)
    return found


def _usual(text: str) -> str:
    return NOT_WORD.sub("", words(text).lower()).replace(" ", "-")


def _followed(line: Line, draft: Draft, targets: Mapping[str, tuple[str, str]], account: Account) -> Line:
    if line.code or "](#" not in line.text:
        return line

    def follow(found: re.Match[str]) -> str:
        place = targets.get(found[2].lower()) or targets.get(found[2])
        if place is None:
            account.keep(line.number, found[0][1:], say("No heading has this name; the link leads nowhere."))
            return found[0]
        key, anchor = place
        here = f"#{anchor}" if key == draft.key and anchor else f"{key}.md{f'#{anchor}' if anchor else ''}"
        return f"{found[1]}{here}{found[3]}"

    text = outside_code(line.text, lambda part: INTERNAL.sub(follow, part))
    account.changed(line.number, "link", line.text, text)
    return Line(line.number, text)


def _definitions(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Name → its lines: a note goes on as long as what follows is indented."""
    found: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    for line in lines:
        start = None if line.code else DEFINITION.fullmatch(line.text)
        if start:
            current = found.setdefault(start[1].lower(), [])
        elif current is not None and not line.blank and line.indent < 2:
            current = None
        if current is not None:
            current.append(line)
    return {name: _trimmed(given) for name, given in found.items()}


def _trimmed(lines: list[Line]) -> list[Line]:
    while len(lines) > 1 and lines[-1].blank:
        lines.pop()
    return lines
