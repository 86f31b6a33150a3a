"""The reviewer's form, and the one for comments."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.models import Comment
from knowledge.placing import QUOTED
from knowledge.reviewing import Decision

COMMENT = Comment._meta.get_field("body").max_length


class DecisionForm(forms.Form):
    """`seen` is the count of edits of the text that the reviewer read."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect)
    message = forms.CharField(
        label=_("Message"), required=False, max_length=COMMENT, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class CommentForm(forms.Form):
    """`thread` is the one that is answered; else `line` and `quote`, or `anchor`, say what is commented on."""

    body = forms.CharField(label=_("Comment"), max_length=COMMENT, widget=forms.Textarea(attrs={"rows": 3}))
    thread = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    line = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=QUOTED, strip=False, widget=forms.HiddenInput)
    anchor = forms.CharField(required=False, max_length=120)
