"""What each act on many findings asks for: one form a kind."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from secdash.accounts.models import User
from secdash.findings.acceptance_forms import reason_field, until_field
from secdash.findings.assigning import SEES_NOT_ALL, members
from secdash.findings.bulk_accepting import worst
from secdash.findings.models import BulkAct, FindingQuerySet
from secdash.findings.policy import current
from secdash.fleet.access import hosts_for
from secdash.web import times
from secdash.web.saying import said

NOBODY = "nobody"


class ActForm(forms.Form):
    """`found` are the findings that the act is for; `arguments` is what the act keeps, as JSON can."""

    def __init__(self, *args: Any, found: FindingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found

    def arguments(self) -> dict[str, Any]:
        raise NotImplementedError  # each kind has its own; there is no form of none


class AssignForm(ActForm):
    assignee = forms.ChoiceField(
        label=_("Assign to"), error_messages={"invalid_choice": _("Choose one of these people.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user.display_name for user in members()}
        choices = [(NOBODY, pgettext("assign to", "nobody")), *self.people.items()]
        cast(forms.ChoiceField, self.fields["assignee"]).choices = choices

    def clean_assignee(self) -> str:
        """Somebody who sees all that was chosen, or who sees none of it would learn that it is there."""
        chosen = str(self.cleaned_data["assignee"])
        person = None if chosen == NOBODY else User.objects.get(pk=chosen)
        if person and not person.sees_all and self.found.exclude(host__in=hosts_for(person)).exists():
            raise ValidationError(said(SEES_NOT_ALL))
        return chosen

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data["assignee"]
        return {"assignee": None if chosen == NOBODY else int(chosen), "name": self.people.get(chosen, "")}


class DueForm(ActForm):
    due = forms.DateField(
        label=_("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day in time. Leave it empty to take the due date away."),
        error_messages={"invalid": _("Write the day as 2027-05-31.")},
    )

    def clean_due(self) -> Any:
        day = self.cleaned_data["due"]
        if day and day < timezone.now().date():
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def arguments(self) -> dict[str, Any]:
        day = self.cleaned_data["due"]
        return {"due": day.isoformat() if day else None}


class CommentForm(ActForm):
    body = forms.CharField(
        label=_("Comment"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The same words stand on each of them. Markdown."),
        error_messages={"required": _("Write what you have to say.")},
    )

    def arguments(self) -> dict[str, Any]:
        return {"body": self.cleaned_data["body"]}


class AcceptForm(ActForm):
    reason = reason_field()
    until = until_field()
    never = forms.BooleanField(label=_("It never ends"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        severity = worst(self.found)
        self.last = current().last_day(severity, timezone.now().date()) if severity is not None else None
        if self.last is not None:
            del self.fields["never"]
            self.fields["until"].widget.attrs["max"] = self.last.isoformat()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        until, never = found.get("until"), found.get("never", False)
        if never:
            found["until"] = None
        elif until is None and "until" not in self.errors:
            raise ValidationError({"until": _("Give its last day.")})
        elif until and until < timezone.now().date():
            raise ValidationError({"until": _("This day is over. Choose today or a later one.")})
        elif until and self.last and until > self.last:
            text = _("For the worst of these the policy allows no day after %(last)s.") % {"last": times.day(self.last)}
            raise ValidationError({"until": text})
        return found

    def arguments(self) -> dict[str, Any]:
        until = self.cleaned_data["until"]
        return {"reason": self.cleaned_data["reason"], "until": until.isoformat() if until else None}


FORMS: dict[str, type[ActForm]] = {
    BulkAct.Kind.ASSIGN: AssignForm,
    BulkAct.Kind.DUE: DueForm,
    BulkAct.Kind.COMMENT: CommentForm,
    BulkAct.Kind.ACCEPT: AcceptForm,
}
