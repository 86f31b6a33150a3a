"""What in a page would act for somebody else: found in its HTML, without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.knowledge.payloads import MARK

# No page of the product has any of these.
NEVER = {
    *("iframe", "frame", "frameset", "object", "embed", "applet", "portal", "base", "style", "template", "xmp", "math"),
    *("noscript", "foreignobject", "animate", "set", "marquee", "isindex", "plaintext", "audio", "video", "source"),
}
NEVER_SET = {"style", "srcdoc", "srcset", "imagesrcset", "ping", "background", "poster", "xlink:href", "http-equiv"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "cite"}
# Words that people typed may stand in these, and as a part of an address.
WORDS = {"title", "alt", "value", "content", "aria-label", "label"} | ADDRESSES
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SLASHES = re.compile(r"[/\\]{2}")
# Browsers read an address without these: all of them in front, the second ones everywhere.
IN_FRONT, ANYWHERE = "".join(map(chr, range(33))), re.compile(r"[\t\n\r]")
ID = re.compile(r"(?:[\w-]+\.)?(?:[\w-]+|a-fn(?:ref\d*)?-.*)", re.DOTALL)
# The editor is told at which line each heading stands.
ANCHORS = {"id", "for", "aria-labelledby", "data-lines", "name"}


def acting(html: str) -> list[str]:
    """Each thing that no page may have, in words; `html` is a page or a part of one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in NEVER or (tag == "script" and not _ours(given)):
            self._say(tag, "stands here")
        for name, value in given.items():
            if reason := _wrong(tag, name, value):
                self._say(tag, f"{reason}: {name}={value!r}")

    def _say(self, tag: str, words: str) -> None:
        self.found.append(f"<{tag}> at {self.getpos()}: {words}")


def _ours(script: dict[str, str]) -> bool:
    return script.get("src", "").startswith("/static/") or script.get("type", "").startswith("application/")


def _wrong(tag: str, name: str, value: str) -> str:
    if name.startswith("on") or name in NEVER_SET:
        return "never set"
    if name in ADDRESSES and not _leads_well(tag, value):
        return "leads where no page leads"
    if name in ANCHORS:
        return "" if MARK not in value or name != "id" or ID.fullmatch(value) else "no anchor"
    return "came from a payload" if MARK in value.lower() and name not in WORDS else ""


def _leads_well(tag: str, address: str) -> bool:
    """Only a link leads elsewhere, and says so with its scheme."""
    address = ANYWHERE.sub("", address.lstrip(IN_FRONT))
    if found := SCHEME.match(address):
        return found[1].lower() in {"http", "https", "mailto"} and (tag == "a" or MARK not in address)
    return not SLASHES.match(address)
