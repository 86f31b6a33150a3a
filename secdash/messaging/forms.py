"""The forms for channels and rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks.outcome import Severity
from secdash.fleet.access import groups_for, groups_where, hosts_for, tags_for
from secdash.fleet.models import Group, Host, Tag
from secdash.messaging import access, chats, webhooks
from secdash.messaging.hearing import FARTHEST
from secdash.messaging.models import Channel, Rule, a_zone
from secdash.messaging.rhythm import HOURS, WEEKDAYS, Rhythm
from secdash.web.words import SEVERITY_WORDS

LANGUAGE_OF_ACCOUNT = _("Your own channels follow the language of your account, if you chose one there.")
MINE, ALL = "me", "all"
A_MONDAY = 5  # of January 2026, which the names of the weekdays are taken from


class ChannelForm(forms.Form):
    """A new channel."""

    kind = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As you call it, such as Team chat."))
    address = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It is kept sealed and never shown again."),
    )
    belongs = forms.ChoiceField(label=_("What it is told of"))
    language = forms.ChoiceField(
        label=_("Language of its messages"), choices=settings.LANGUAGES, help_text=LANGUAGE_OF_ACCOUNT
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        outside = [Channel.Kind.APPRISE, Channel.Kind.WEBHOOK]
        kinds = [Channel.Kind.MAIL, *(outside if access.may_manage(user) else [])]
        cast("forms.ChoiceField", self.fields["kind"]).choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["kind"].initial = Channel.Kind.MAIL
        cast("forms.ChoiceField", self.fields["belongs"]).choices = self._belongings()
        if user.email:
            self.fields["address"].initial = user.email

    def _belongings(self) -> list[tuple[str, Any]]:
        mine: list[tuple[str, Any]] = [(MINE, _("what I may see; the channel is mine"))]
        if not access.may_manage(self.user):
            return mine
        allowed = groups_where(self.user, Act.MANAGE_CHANNELS)
        groups = [(str(pk), name) for pk, name in allowed.values_list("pk", "name")]
        of_groups: list[tuple[Any, Any]] = [(_("The hosts of a group"), groups)] if groups else []
        of_all = [(ALL, _("all hosts"))] if self.user.can(Act.MANAGE_CHANNELS) else []
        return [*mine, *of_all, *of_groups]

    def clean_address(self) -> str:
        return checked_address(str(self.data.get("kind", "")), str(self.cleaned_data["address"]))

    def values(self) -> dict[str, Any]:
        """What channels.add takes beside who and when."""
        belongs = self.cleaned_data["belongs"]
        group = Group.objects.filter(pk=belongs).first() if belongs not in (MINE, ALL) else None
        names = ("kind", "name", "address", "language")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "owner": self.user if belongs == MINE else None,
            "group": group,
        }


class ChannelEditForm(forms.Form):
    """What can be changed of a channel; its kind and what it is told of are what it is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(
        label=_("New address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Leave it empty to keep the present one, which is sealed and not shown."),
    )
    language = forms.ChoiceField(
        label=_("Language of its messages"), choices=settings.LANGUAGES, help_text=LANGUAGE_OF_ACCOUNT
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"name": channel.name, "language": channel.language})
        super().__init__(*args, **kwargs)
        self.channel = channel
        if channel.is_inbox:
            del self.fields["address"], self.fields["language"]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        return checked_address(self.channel.kind, address) if address else ""

    def values(self) -> dict[str, str]:
        return {
            "name": self.cleaned_data["name"],
            "language": self.cleaned_data.get("language", self.channel.language),
            "address": self.cleaned_data.get("address", ""),
        }


def checked_address(kind: str, address: str) -> str:
    """Raises ValidationError, whose words do not repeat the address."""
    address = address.strip()
    if kind == Channel.Kind.APPRISE:
        try:
            return chats.checked(address)
        except chats.NotAnAddress as error:
            raise ValidationError(str(error)) from error
    if kind == Channel.Kind.WEBHOOK:
        try:
            return webhooks.checked(address)
        except webhooks.NotAnAddress as error:
            raise ValidationError(str(error)) from error
    validate_email(address)
    return address


def weekdays() -> list[tuple[int, str]]:
    return [(day, date_format(datetime(2026, 1, A_MONDAY + day), "l")) for day in range(WEEKDAYS)]  # noqa: DTZ001 - any Monday’s name


class RuleForm(forms.Form):
    """What a channel is told of, and when."""

    events = forms.MultipleChoiceField(
        label=_("What of"),
        choices=Rule.Event.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
        error_messages={"required": _("Choose at least one.")},
    )
    severity = forms.TypedChoiceField(
        label=_("Findings from this severity on"),
        coerce=int,
        choices=[(int(each), SEVERITY_WORDS[each.word]) for each in reversed(Severity)],
        initial=int(Severity.HIGH),
    )
    scope = forms.ChoiceField(label=_("On which hosts"))
    rhythm = forms.ChoiceField(
        label=_("When"),
        choices=[
            (Rhythm.SOON.value, _("soon, with a pause between two messages")),
            (Rhythm.DAILY.value, _("once a day, if anything changed")),
            (Rhythm.WEEKLY.value, _("once a week, if anything changed")),
        ],
        initial=Rhythm.SOON.value,
    )
    pause = forms.IntegerField(label=_("Minutes of pause"), min_value=1, max_value=1440, initial=10)
    weekday = forms.TypedChoiceField(label=_("Day of the week"), coerce=int, choices=weekdays, initial=0)
    hour = forms.TypedChoiceField(
        label=_("Hour"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(HOURS)], initial=8
    )
    zone = forms.CharField(
        label=_("Time zone"), max_length=64, initial="UTC", help_text=_("As Europe/Paris."), validators=[a_zone]
    )
    ahead = forms.IntegerField(
        label=pgettext_lazy("acceptance", "Days before it ends"), min_value=1, max_value=FARTHEST.days, initial=7
    )

    def __init__(self, *args: Any, channel: Channel, user: User, rule: Rule | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _as_initial(rule) if rule else None)
        super().__init__(*args, **kwargs)
        self.user, self.hosts = user, hosts_for(user)
        if channel.group_id:
            self.hosts = self.hosts.filter(group=channel.group_id)
        cast("forms.ChoiceField", self.fields["scope"]).choices = self._scopes(channel)

    def _scopes(self, channel: Channel) -> list[tuple[str, Any]]:
        hosts = [(f"host-{pk}", name) for pk, name in self.hosts.order_by("name").values_list("pk", "name")]
        tags = [(f"tag-{pk}", name) for pk, name in tags_for(self.user).values_list("pk", "name")]
        groups = [] if channel.group_id else list(groups_for(self.user).values_list("pk", "name"))
        named: list[tuple[Any, Any]] = [
            (_("A group"), [(f"group-{pk}", name) for pk, name in groups]),
            (_("A tag"), tags),
            (_("A host"), hosts),
        ]
        return [("all", _("all hosts of the channel")), *((label, rows) for label, rows in named if rows)]

    def values(self) -> dict[str, Any]:
        """The columns of a rule."""
        names = ("events", "severity", "rhythm", "pause", "weekday", "hour", "zone", "ahead")
        kind, _dash, pk = str(self.cleaned_data["scope"]).partition("-")
        models: dict[str, type[Host | Group | Tag]] = {"host": Host, "group": Group, "tag": Tag}
        chosen = {name: model.objects.filter(pk=pk).first() if name == kind else None for name, model in models.items()}
        return {**{name: self.cleaned_data[name] for name in names}, "scope": kind, **chosen}


def _as_initial(rule: Rule) -> dict[str, Any]:
    names = ("events", "severity", "rhythm", "pause", "weekday", "hour", "zone", "ahead")
    pk = rule.host_id or rule.group_id or rule.tag_id
    scope = f"{rule.scope}-{pk}" if pk and rule.scope != Rule.Scope.ALL else "all"
    return {**{name: getattr(rule, name) for name in names}, "scope": scope}
