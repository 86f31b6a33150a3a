"""The forms in which people work on a finding: who does it, by when, and what there is to say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.findings.models import Comment
from secdash.findings.remarks import Refused, as_html
from secdash.web.saying import said

PLACEHOLDER = _("Add a comment. Markdown works, and @name.")
LONGEST = Comment._meta.get_field("body").max_length


class AssignForm(forms.Form):
    """`people` are those who can be chosen; `cleaned_data` has the person, or None for nobody."""

    assignee = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        label=_("Assignee"),
        error_messages={"invalid_choice": _("This person may not see hosts, or is gone. Choose somebody else.")},
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = {str(person.pk): person for person in people}
        field = self.fields["assignee"]
        field.choices = [("", _("nobody")), *((pk, _label(person)) for pk, person in found.items())]  # type: ignore[attr-defined] # typed a Field
        field.coerce = found.__getitem__  # type: ignore[attr-defined] # the same


def _label(person: User) -> str:
    """With the name that mentions use, since two people may be called the same."""
    full = person.get_full_name()
    return f"{full} (@{person.username})" if full else person.username


class DueForm(forms.Form):
    day = forms.DateField(
        label=_("Due date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2027-05-31.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["day"].widget.attrs["min"] = today.isoformat()

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day < self.today:
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return day


class CommentForm(forms.Form):
    body = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": PLACEHOLDER, "data-press": "c"}),
        error_messages={"required": _("Write something first.")},
    )

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        try:
            as_html(body)
        except Refused as error:
            raise ValidationError(said(error.message)) from error
        return body
