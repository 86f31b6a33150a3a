"""A subject's key as a part of an address: keys hold slashes, and come from hosts that may mean harm."""

from __future__ import annotations

import re

# Browsers resolve . and .. in an address, escaped or not: a label of that text would lead its link elsewhere.
DOTS = re.compile(r"~*\.{1,2}")
ESCAPED_DOTS = re.compile(r"~+\.{1,2}")


class SubjectKey:
    """Like Django's `path`, with every segment of dots prefixed by a tilde."""

    regex = ".+"

    def to_python(self, value: str) -> str:
        return "/".join(part[1:] if ESCAPED_DOTS.fullmatch(part) else part for part in value.split("/"))

    def to_url(self, value: str) -> str:
        return "/".join(f"~{part}" if DOTS.fullmatch(part) else part for part in value.split("/"))
