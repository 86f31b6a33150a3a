"""The text that a new article begins with: it renders without problems and says where to write what. Pure."""

from __future__ import annotations

import re

from knowledge.metadata import MAX_VALUE

LEADS = {
    "en": "Say in two sentences what this article is about, and for whom.",
    "fr": "Dites en deux phrases de quoi parle cet article, et pour qui.",
}
SECTIONS = {
    "en": (
        ("what", "What it is", "Explain the thing itself."),
        ("why", "Why it matters", "Say what goes wrong without it, and for whom."),
        ("do", "What to do", "Give the steps, with commands that a reader can run."),
        ("more", "Read more", "Name the sources."),
    ),
    "fr": (
        ("what", "De quoi il s’agit", "Expliquez la chose elle-même."),
        ("why", "Pourquoi c’est important", "Dites ce qui se passe sans cela, et pour qui."),
        ("do", "Que faire", "Donnez les étapes, avec des commandes que l’on peut exécuter."),
        ("more", "Pour aller plus loin", "Citez les sources."),
    ),
}
BREAKS = re.compile(r"[\x00-\x1f\x7f\s]+")


def skeleton(*, language: str, title: str, summary: str = "", part: str = "", order: int = 0) -> str:
    meta = [
        f"title: {_value(title, 'title')}",
        f"order: {order}",
        f"part: {part}",
        f"summary: {_value(summary, 'summary')}",
    ]
    sections = [f"## {heading} {{#{anchor}}}\n\n{text}" for anchor, heading, text in SECTIONS[language]]
    return "\n".join(["---", *meta, "---", "", LEADS[language], "", "\n\n".join(sections), ""])


def _value(text: str, key: str) -> str:
    """One line; quoted where the value itself begins and ends with a quote, which reading would take for ours."""
    line = BREAKS.sub(" ", text).strip()[: MAX_VALUE[key]].rstrip()
    quoted = len(line) > 1 and line[0] == line[-1] and line[0] in "\"'"
    return f'"{line}"' if quoted else line
