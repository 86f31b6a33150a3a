"""The editor's form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.source import MAX_CHARACTERS


class EditForm(forms.Form):
    """`base` is the number of the revision that the text was begun from."""

    body = forms.CharField(
        label=_("Text"), strip=False, max_length=MAX_CHARACTERS, widget=forms.Textarea(attrs={"spellcheck": "true"})
    )
    summary = forms.CharField(label=_("What did you change, and why?"), max_length=200)
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_body(self) -> str:
        """Browsers send CRLF; texts are kept with line feeds."""
        body: str = self.cleaned_data["body"]
        return body.replace("\r\n", "\n")
