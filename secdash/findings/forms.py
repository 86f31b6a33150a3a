"""The form in which somebody attests an item."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from secdash.findings.attesting import last_day
from secdash.findings.models import Attestation

USUALLY = timedelta(days=182)


class AttestationForm(forms.Form):
    says = forms.ChoiceField(
        label=_("How does the host stand"),
        choices=[(Attestation.Says.PASS.value, _("It passes")), (Attestation.Says.FAIL.value, _("It fails"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the host passes or fails.")},
    )
    note = forms.CharField(
        label=_("What you state"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is done, by whom and how, in words that an auditor understands. Everybody here reads it."),
        error_messages={"required": _("Say what you state; a bare yes convinces nobody.")},
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Where it can be checked: a document, a ticket, the output of a command. Never a secret."),
    )
    until = forms.DateField(
        label=_("Holds until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Its last day, at most a year from now. Then somebody looks again."),
        error_messages={
            "required": _("Give the last day on which this holds."),
            "invalid": _("Write the day as 2027-05-31."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("until", today + USUALLY)
        dates = {"min": today.isoformat(), "max": last_day(today).isoformat()}
        self.fields["until"].widget.attrs.update(dates)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise ValidationError(_("This day is over. Choose today or a later one."))
        if until > last_day(self.today):
            raise ValidationError(_("At most a year from now. Choose an earlier day."))
        return until
