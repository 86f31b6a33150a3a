"""Forms of the people page: role, reach, and a role in each group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.fleet.models import Group

PREFIX = "group-"


class RightsForm(forms.Form):
    """What somebody may do, and where."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    reach = forms.ChoiceField(
        label=_("Reach"),
        choices=User.Reach.choices,
        help_text=_(
            "On all hosts, a role in a group adds to the role. Otherwise it alone holds on the hosts of its group."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in Group.objects.all():
            self.fields[f"{PREFIX}{group.pk}"] = forms.ChoiceField(
                label=group.name, choices=[("", _("none")), *Role.choices], required=False
            )

    @property
    def group_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def group_roles(self) -> dict[int, Role]:
        """Primary key of a group → role, where one was chosen."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith(PREFIX) and value}
        return {int(name.removeprefix(PREFIX)): Role(value) for name, value in chosen.items()}

    @staticmethod
    def initial_of(user: User) -> dict[str, str]:
        groups = {f"{PREFIX}{each.group_id}": each.role for each in user.group_roles.all()}
        return {"role": user.role, "reach": user.reach, **groups}


class InviteForm(RightsForm):
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("To know whom it is for, and to mail the link there.")
    )
    field_order = ("email", "role", "reach")
