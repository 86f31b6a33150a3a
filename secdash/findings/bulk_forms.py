"""What each act on many findings asks for: one form a kind."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from secdash.accounts.models import User
from secdash.findings.models import BulkAct

NOBODY = "nobody"


class AssignForm(forms.Form):
    assignee = forms.ChoiceField(
        label=_("Assign to"), error_messages={"invalid_choice": _("Choose one of these people.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
        self.people = {str(user.pk): user.display_name for user in active}
        choices = [(NOBODY, pgettext("assign to", "nobody")), *self.people.items()]
        cast(forms.ChoiceField, self.fields["assignee"]).choices = choices

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data["assignee"]
        return {"assignee": None if chosen == NOBODY else int(chosen), "name": self.people.get(chosen, "")}


class DueForm(forms.Form):
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


class CommentForm(forms.Form):
    body = forms.CharField(
        label=_("Comment"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The same words stand on each of them. Markdown."),
        error_messages={"required": _("Write what you have to say.")},
    )

    def arguments(self) -> dict[str, Any]:
        return {"body": self.cleaned_data["body"]}


FORMS: dict[str, type[AssignForm | DueForm | CommentForm]] = {
    BulkAct.Kind.ASSIGN: AssignForm,
    BulkAct.Kind.DUE: DueForm,
    BulkAct.Kind.COMMENT: CommentForm,
}
