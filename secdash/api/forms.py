"""The forms by which tokens are made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secdash.accounts.roles import Role
from secdash.api.models import Scope
from secdash.fleet.models import Group

DAYS = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year")))
USUAL_DAYS = 90
OFFERED = (Scope.READ, Scope.SCAN, Scope.UPLOAD, Scope.ACT, Scope.METRICS)


class TokenForm(forms.Form):
    """A token of the person who makes it."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What it is for, such as Nightly build."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope.value, scope.label) for scope in OFFERED],
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    days = forms.TypedChoiceField(label=_("Expires after"), choices=DAYS, coerce=int, initial=USUAL_DAYS)

    def values(self) -> dict[str, Any]:
        """What tokens.give takes beside who and when."""
        return dict(self.cleaned_data)


class ServiceTokenForm(TokenForm):
    """A token of a program, with a role of its own."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)
    groups = forms.ModelMultipleChoiceField(
        label=_("Hosts of these groups only"),
        queryset=Group.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
    )
