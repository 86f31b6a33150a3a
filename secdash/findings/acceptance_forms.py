"""The forms about acceptances: accepting a risk, and the policy that bounds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from secdash.findings.accepting import LONGEST_REASON
from secdash.findings.asked import Covers
from secdash.findings.policy import Policy, Rule, severities
from secdash.web.words import SEVERITY_WORDS

QUICK = (30, 90, 180)  # days
ON_A_DAY, NEVER = "day", "never"
MOST_DAYS = 3650


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why the risk is worth it, and what else keeps it small. Everybody here reads it. Never a secret."),
        error_messages={"required": _("Say why this risk is accepted.")},
    )


def until_field() -> forms.DateField:
    return forms.DateField(
        label=_("Its last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2027-05-31.")},
    )


class AcceptForm(forms.Form):
    """`scopes` are (value, label) pairs; `last` is the latest day that the policy allows, None for no limit."""

    covers = forms.ChoiceField(label=_("What it holds"), choices=Covers.choices, widget=forms.RadioSelect)
    reason = reason_field()
    until = until_field()

    def __init__(
        self, *args: Any, scopes: Iterable[tuple[str, str]], last: date | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last = today, last
        offered = list(scopes)
        self.fields["scope"] = _one_of(_("What is accepted"), offered)
        self.fields["term"] = _one_of(_("Until when"), terms(last, today))
        self.initial.setdefault("scope", offered[0][0])
        self.initial.setdefault("covers", Covers.PRESENT)
        self.initial.setdefault("term", terms(last, today)[0][0])
        dates = {"min": today.isoformat()} | ({"max": last.isoformat()} if last else {})
        self.fields["until"].widget.attrs.update(dates)

    def clean(self) -> dict[str, Any]:
        """`until` becomes the last day that the term means; None where it never ends."""
        found = super().clean() or {}
        term = found.get("term", "")
        if term == ON_A_DAY and not found.get("until") and "until" not in self.errors:
            raise ValidationError({"until": _("Give its last day.")})
        if term == NEVER:
            found["until"] = None
        elif term.isdecimal():
            found["until"] = self.today + timedelta(days=int(term))
        return found


def _one_of(label: Any, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def terms(last: date | None, today: date) -> list[tuple[str, str]]:
    """The quick choices that the policy allows, its longest, a day of one's own, and never where it sets no limit."""
    most = (last - today).days if last else None
    days = [each for each in QUICK if most is None or each <= most]
    if most is not None and most not in days and most < QUICK[-1]:
        days.append(most)
    choices = [(str(each), ngettext("%(n)d day", "%(n)d days", each) % {"n": each}) for each in days]
    choices.append((ON_A_DAY, str(_("Until a day of your choice"))))
    return choices if last else [*choices, (NEVER, str(_("It never ends")))]


class RefusalForm(forms.Form):
    answer = forms.CharField(
        label=_("Why you refuse"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why you refuse: whoever asked reads it.")},
    )


class PolicyForm(forms.Form):
    """Three numbers for each severity, as `fix_critical`, `accept_critical`, `approvals_critical` …"""

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in severities():
            word, rule = severity.word, policy.rule(severity)
            shown = SEVERITY_WORDS[word]
            self.fields[f"fix_{word}"] = _days(_("Days to fix: %(severity)s"), shown, rule.fix_days)
            self.fields[f"accept_{word}"] = _days(_("Days an acceptance holds: %(severity)s"), shown, rule.accept_days)
            self.fields[f"approvals_{word}"] = forms.TypedChoiceField(
                label=str(_("Who agrees: %(severity)s")) % {"severity": shown},
                choices=[(0, _("nobody else")), (1, _("a second person"))],
                coerce=int,
                initial=rule.approvals,
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def lines(self) -> list[Mapping[str, Any]]:
        """For the page: a severity and its three fields."""
        names = ("fix", "accept", "approvals")
        return [
            {"severity": severity, **{name: self[f"{name}_{severity.word}"] for name in names}}
            for severity in severities()
        ]

    def rules(self) -> dict[int, Rule]:
        found = self.cleaned_data
        return {
            int(severity): Rule(*(found[f"{name}_{severity.word}"] for name in ("fix", "accept", "approvals")))
            for severity in severities()
        }


def _days(label: Any, severity: Any, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=str(label) % {"severity": severity},
        widget=forms.NumberInput(attrs={"class": "input"}),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        initial=initial,
        error_messages={
            "invalid": _("Give a number of days, or leave it empty for no limit."),
            "min_value": _("At least one day; leave it empty for no limit."),
            "max_value": _("At most 3650 days; leave it empty for no limit."),
        },
    )
