"""The four faces of verdicts as words beside their bar: "3 fail · 1 unknown · 12 pass · 2 n/a"."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from secdash.posture.tallies import Faces


def faces_said(faces: Faces) -> SafeString:
    """What there is none of is left out."""
    return mark_safe(" · ".join(_words(faces)))  # noqa: S308 - each part is escaped where it is made


def _words(faces: Faces) -> Iterator[str]:
    if faces.failed:
        failed = ngettext("%(n)s fail", "%(n)s fail", faces.failed) % {"n": faces.failed}
        yield format_html('<b class="bad">{}</b>', failed)
    if faces.unknown:
        yield escape(ngettext("%(n)s unknown", "%(n)s unknown", faces.unknown) % {"n": faces.unknown})
    if faces.passed:
        yield escape(ngettext("%(n)s pass", "%(n)s pass", faces.passed) % {"n": faces.passed})
    if faces.not_applicable:
        yield escape(f"{faces.not_applicable} {gettext('n/a')}")
