"""The form that announces a maintenance window."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.fleet import access
from secdash.fleet.maintenance import LONGEST
from secdash.fleet.models import Group, Host

HOST, GROUP = "host", "group"


class WindowForm(forms.Form):
    """Of a host or a group that this person manages."""

    target = forms.ChoiceField(label=_("Group or host"))
    starts_at = forms.DateTimeField(
        label=_("From, in UTC"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=_("Until, in UTC"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Such as: kernel update, by the platform team.")
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        hosts = access.hosts_where(user, Act.MANAGE_HOSTS).order_by("name").values_list("slug", "name")
        groups = access.groups_where(user, Act.MANAGE_HOSTS).values_list("slug", "name")
        choices = [
            (_("All hosts of a group"), [(f"{GROUP}:{slug}", name) for slug, name in groups]),
            (_("One host"), [(f"{HOST}:{slug}", name) for slug, name in hosts]),
        ]
        cast("forms.ChoiceField", self.fields["target"]).choices = [
            (str(label), lines) for label, lines in choices if lines
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it begins."))
        elif starts and ends and ends - starts > LONGEST:
            self.add_error("ends_at", _("A window lasts at most %(days)s days.") % {"days": LONGEST.days})
        return cleaned

    def clean_ends_at(self) -> Any:
        ends = self.cleaned_data["ends_at"]
        if ends <= timezone.now():
            raise ValidationError(_("This time is over."))
        return ends

    @property
    def chosen(self) -> Host | Group:
        """The host or the group; the form is valid, so it is one of those that were offered."""
        kind, _colon, slug = str(self.cleaned_data["target"]).partition(":")
        return Host.objects.get(slug=slug) if kind == HOST else Group.objects.get(slug=slug)

    def values(self) -> dict[str, Any]:
        """What maintenance.announce takes beside the target, who and when."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at", "reason")}
