"""What stands inside a line: links the wrong way round, HTML for which Markdown has a word, code that a word processor
made typographic."""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge.exchange.account import Account
from knowledge.exchange.lines import Line
from knowledge.picturing import SPAN, WORDLESS
from secdash.facts.message import say

URL = r"(?:https?://|mailto:)[^\s\[\]()<>]+"
TURNED = re.compile(rf"(?<!!)\[({URL})\]\(([^()\s][^()]*)\)")
PARTED = re.compile(rf"(?<!!)\[([^\[\]]+)\][ \t]+\(({URL})\)")
SWAPPED = re.compile(rf"(?<![\w\]])\(([^()]+)\)\[({URL})\]")
ADDRESS = re.compile(r"(?:[a-z][a-z+.-]*:|[/#.]|\S*\.[a-z]{2,5}(?:[/#?]\S*)?$)", re.IGNORECASE)
PAIR = re.compile(r"<(b|strong|i|em|cite|code|kbd|tt)>(?=\S)([^<>`]*[^<>`\s])</\1>", re.IGNORECASE)
LINK = re.compile(rf"<a\s+href=[\"']({URL})[\"']\s*>([^<>\[\]]+)</a>", re.IGNORECASE)
BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*$", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--")
FOREIGN_PICTURE = re.compile(r"!\[[^\]]*\]\((?:https?:)?//", re.IGNORECASE)
UNKNOWN_DIRECTIVE = re.compile(r":::(?![ \t]*check[ \t]+\S+[ \t]*$).*")
SCRIPT = re.compile(r"#!")
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*", "code": "`", "kbd": "`", "tt": "`"}
DOUBLE = re.compile("[“”„″]")
OPTION = re.compile(r"(?<![^\s=(\[|])[–—](?=[A-Za-z])")


def mended(line: Line, account: Account) -> Line:
    """The line with what can be mended mended; what cannot is put on the account and stays."""
    if line.code or line.blank:
        return line
    text = line.text
    for kind, mend in STEPS:
        after = mend(text)
        account.changed(line.number, kind, text, after)
        text = after
    _say_what_stays(line, text, account)
    return Line(line.number, text)


def outside_code(text: str, mend: Callable[[str], str]) -> str:
    """The text with everything but its code spans mended."""
    parts: list[str] = []
    at = 0
    for span in SPAN.finditer(text):
        parts += [mend(text[at : span.start()]), span[0]]
        at = span.end()
    return "".join([*parts, mend(text[at:])])


def without_code(text: str) -> str:
    return SPAN.sub("", text)


def _links(text: str) -> str:
    text = TURNED.sub(lambda found: found[0] if ADDRESS.match(found[2]) else f"[{found[2]}]({found[1]})", text)
    text = PARTED.sub(r"[\1](\2)", text)
    return SWAPPED.sub(r"[\1](\2)", text)


def _html(text: str) -> str:
    text = LINK.sub(r"[\2](\1)", text)
    text = PAIR.sub(lambda found: f"{MARKS[found[1].lower()]}{found[2]}{MARKS[found[1].lower()]}", text)
    return BREAK.sub("  ", text)


def _typographic_code(text: str) -> str:
    """`”` in code was typed as `"`, and `–option` as `--option`: as they stand, neither can be run."""
    return SPAN.sub(lambda span: f"{span[1]}{OPTION.sub('--', DOUBLE.sub(chr(34), span[2]))}{span[1]}", text)


def _code_space(text: str) -> str:
    """The space before a closing mark that touches the next word belongs behind it."""

    def moved(span: re.Match[str]) -> str:
        code = span[2].rstrip()
        touches = text[span.end() : span.end() + 1].isalnum()
        return f"{span[1]}{code}{span[1]}{span[2][len(code) :]}" if touches and code else span[0]

    return SPAN.sub(moved, text)


STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("link", lambda text: outside_code(text, _links)),
    ("html", lambda text: outside_code(text, _html)),
    ("code", _typographic_code),
    ("code", _code_space),
    ("text", lambda text: f" {text}" if UNKNOWN_DIRECTIVE.fullmatch(text) else text),
    ("text", lambda text: f"\\{text}" if SCRIPT.match(text) else text),
)


def _say_what_stays(line: Line, text: str, account: Account) -> None:
    plain = without_code(text)
    if UNKNOWN_DIRECTIVE.fullmatch(text.strip()):
        account.keep(line.number, line.text, say("This directive is not known; write “::: check NAME”."))
    if TAG.search(plain):
        account.keep(line.number, line.text, say("HTML is shown as it is written; use Markdown."))
    if WORDLESS.search(plain):
        account.keep(line.number, line.text, say("A picture has no words for those who cannot see it."))
    if FOREIGN_PICTURE.search(plain):
        account.keep(line.number, line.text, say("Pictures of other sites are not shown; upload this one."))
    if plain.count("`") % 2:
        account.keep(line.number, line.text, say("Inline code is opened and not closed on the same line."))
