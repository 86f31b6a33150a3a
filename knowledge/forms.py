"""The editor's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.framing import Framed


class SourceField(forms.CharField):
    """A text as it was typed: with line feeds, whatever browsers send, and without what no database takes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


class DraftForm(forms.Form):
    """`edits`: what the page last saw of the proposal; `base`: the revision a new one was begun from.

    Where one section is edited, `before` and `after` are the rest of the article. The text has no limit here: what is
    too long to be published can still be saved.
    """

    body = SourceField(label=_("Text"))
    before = SourceField()
    after = SourceField()
    section = forms.CharField(required=False, max_length=120)
    summary = forms.CharField(label=_("What did you change, and why?"), max_length=200, required=False)
    in_step = forms.BooleanField(label=_("The other language needs no change for this"), required=False)
    edits = forms.IntegerField(min_value=0)
    base = forms.IntegerField(min_value=0, required=False)

    @property
    def framed(self) -> Framed:
        """What was typed, also where the form is not valid."""
        text, before, after = (SourceField().to_python(self.data.get(name, "")) for name in ("body", "before", "after"))
        return Framed(text, before, after, str(self.data.get("section", ""))[:120])
