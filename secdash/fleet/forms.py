"""The forms for a host: what it is called, how it is reached, and how far a scan reaches."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.fleet import access, ways
from secdash.fleet.connection_forms import ConnectionForm
from secdash.fleet.models import Connection, Host

LONGEST_TAG, MOST_TAGS, OFFERED = 40, 20, 30
A_DAY = 24 * 60  # minutes


class DetailsForm(forms.Form):
    """What a host is called, how often it is scanned, and how far a scan reaches."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As your team calls it, such as web-01."))
    group = forms.CharField(
        label=_("Group"), max_length=80, required=False, help_text=_("New or existing, such as Production.")
    )
    tags = forms.CharField(label=_("Tags"), max_length=MOST_TAGS * (LONGEST_TAG + 2), required=False)
    environment = forms.CharField(label=_("Environment"), max_length=40, required=False)
    owner = forms.CharField(label=_("Owner"), max_length=80, required=False, help_text=_("A person or a team."))
    interval = forms.IntegerField(label=_("Minutes between scans"), min_value=5, max_value=10080, initial=60)
    file_reading = forms.ChoiceField(label=_("Files of the host"), widget=forms.RadioSelect)
    image_reading = forms.ChoiceField(label=_("Files in images"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, kind: str = "", host: Host | None = None, **kwargs: Any) -> None:
        """Without a kind, the ways of reading for every kind are offered: the page shows those that fit."""
        super().__init__(*args, **kwargs)
        self.host, self.user = host, user
        self.fields["group"].required = not user.can(Act.MANAGE_HOSTS)
        self.fields["tags"].help_text = self._tags_offered()
        files = ways.fitting(ways.FILES, kind) if kind else ways.FILES
        images = ways.fitting(ways.IMAGES, kind) if kind else ways.IMAGES
        self.file_ways = self._offer("file_reading", files, ways.usual_files(kind or Connection.Kind.UNIX))
        self.image_ways = self._offer("image_reading", images, Host.Images.NONE)

    def _offer(self, name: str, offered: tuple[ways.Way, ...], usual: str) -> tuple[ways.Way, ...]:
        """Only ways that fit; what a host has that does not fit any more counts as not chosen."""
        values = [way.value for way in offered]
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [(way.value, way.label) for way in offered]
        field.initial = usual
        if self.initial.get(name) not in values:
            self.initial.pop(name, None)
        return offered

    def _tags_offered(self) -> str:
        words = _("Words with commas or spaces between, such as public, pci.")
        known = list(access.tags_for(self.user).values_list("name", flat=True)[:OFFERED])
        in_use = _("In use: %(tags)s.") % {"tags": ", ".join(known)}
        return f"{words} {in_use}" if known else str(words)

    def clean_tags(self) -> list[str]:
        """As slugs, each once; two spellings of one word are one tag."""
        tags: dict[str, None] = {}
        for word in re.split(r"[,;\s]+", str(self.cleaned_data["tags"])):
            slug = slugify(word)
            if word and not slug:
                raise ValidationError(
                    _("“%(word)s” has no letter or digit that a tag can be made of.") % {"word": word}
                )
            if len(slug) > LONGEST_TAG:
                raise ValidationError(
                    _("“%(word)s” is too long for a tag: at most %(most)s characters.")
                    % {"word": word, "most": LONGEST_TAG}
                )
            tags |= {slug: None} if slug else {}
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("A host has at most %(most)s tags.") % {"most": MOST_TAGS})
        return list(tags)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = Host.objects.exclude(pk=self.host.pk) if self.host else Host.objects.all()
        if others.filter(name__iexact=name).exists():
            raise ValidationError(_("There is already a host of this name. Choose another name."), code="unique")
        return name

    def clean_group(self) -> str:
        name = str(self.cleaned_data["group"]).strip()
        if why := access.why_not_placed(self.user, name):
            raise ValidationError(why)
        return name

    def details(self) -> dict[str, Any]:
        """What services.register and services.change take beside the time."""
        fields = ("name", "environment", "owner", "interval", "file_reading", "image_reading")
        named = {"group_name": self.cleaned_data["group"], "tags": self.cleaned_data["tags"]}
        return {**{field: self.cleaned_data[field] for field in fields}, **named}


class HostForm(DetailsForm, ConnectionForm):
    """A new host."""

    def clean(self) -> dict[str, Any]:
        """A way of reading that does not fit the way to the host was hidden when the form was sent: the usual one."""
        cleaned = super().clean()
        way = cleaned.get("kind", "")
        if cleaned.get("file_reading") not in {None, *_values(ways.offered(ways.FILES, way))}:
            cleaned["file_reading"] = ways.usual_files(way)
        if cleaned.get("image_reading") not in {None, *_values(ways.offered(ways.IMAGES, way))}:
            cleaned["image_reading"] = Host.Images.NONE
        return cleaned

    def details(self) -> dict[str, Any]:
        return {**super().details(), **self.reached(), "host_key": self.pinned}


def _values(offered: tuple[ways.Way, ...]) -> set[str]:
    return {way.value for way in offered}


class OfflineForm(DetailsForm):
    """A host that nobody connects to. How it is read is for whoever reads it there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, kind=Connection.Kind.OFFLINE, **kwargs)
        self.fields["interval"].label = _("Minutes until the next snapshot is overdue")
        self.fields["interval"].initial = A_DAY
        del self.fields["file_reading"], self.fields["image_reading"]

    def details(self) -> dict[str, Any]:
        fields = ("name", "tags", "environment", "owner", "interval")
        return {**{field: self.cleaned_data[field] for field in fields}, "group_name": self.cleaned_data["group"]}


class SettingsForm(DetailsForm):
    """A host that is there: what can be changed of it. The way to reach it is what it is."""

    @classmethod
    def of(cls, host: Host, data: QueryDict | None, *, user: User) -> SettingsForm:
        fields = ("name", "environment", "owner", "interval", "file_reading", "image_reading")
        now = {field: getattr(host, field) for field in fields}
        now["group"] = host.group.name if host.group else ""
        now["tags"] = ", ".join(tag.name for tag in host.tags.all())
        return cls(data, initial=now, kind=host.connection.kind, host=host, user=user)
