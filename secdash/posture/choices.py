"""Lines of selects, and what kinds of things are called."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

KIND_WORDS = {
    "engine": _("engine"),
    "container": _("container"),
    "image": _("image"),
    "network": _("network"),
    "volume": _("volume"),
    "file": _("file"),
    "service": _("service"),
}


class Option(NamedTuple):
    value: str
    label: str
    chosen: bool


def options_of(labels: dict[str, str], chosen: str) -> list[Option]:
    return [Option(v, label, v == chosen) for v, label in sorted(labels.items(), key=lambda pair: pair[1].casefold())]


def kind_word(kind: str) -> str:
    return str(KIND_WORDS[kind])
