"""Safe HTML of a section as the text that is searched and quoted."""

from __future__ import annotations

from html.parser import HTMLParser

INLINE = {"a", "b", "code", "em", "i", "span", "strong", "sub", "sup"}
NOTE_MARKS = ("footnote-ref", "footnote-backref")


def text_of(html: str) -> str:
    """Words, code and what pictures show; without the marks of notes and the names of languages above code."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "figcaption" or known.get("class") in NOTE_MARKS:
            self.silent = tag
        if tag not in INLINE:
            self.parts.append(" ")
        if tag == "img":
            self.parts.append(known.get("alt", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)
