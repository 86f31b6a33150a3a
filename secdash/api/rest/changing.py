"""What was sent, as services take it, and what they refuse, as a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.rest.problems import CONFLICT, INVALID, Kind, Place, Problem, invalid
from secdash.fleet import services
from secdash.fleet.access import groups_where, may_place
from secdash.fleet.models import Host

KEPT = ("name", "environment", "owner", "interval", "file_reading", "image_reading")


def register(given: Mapping[str, Any], *, by: User, at: datetime) -> Host:
    """Raises Problem for what the register refuses, such as a name that another host has."""
    _need_place(by, given["group"])
    values = {**given, "group_name": given["group"]}
    del values["group"]
    with refused_as_problem():
        return services.register(values.pop("name"), **values, by=by, at=at)


def change(host: Host, given: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """As it is, but for what is given. Raises Problem as `register` does."""
    if "group" in given:
        _need_place(by, given["group"])
    now: dict[str, Any] = {name: getattr(host, name) for name in KEPT}
    now["group_name"] = host.group.name if host.group else ""
    now["tags"] = [tag.name for tag in host.tags.all()]
    named = {"group_name" if name == "group" else name: value for name, value in given.items()}
    with refused_as_problem():
        services.change(host, **{**now, **named}, by=by, at=at)


def _need_place(by: User, group: str) -> None:
    """Raises Problem where they may not put a host into that group."""
    if not may_place(by, group):
        names = ", ".join(groups_where(by, Act.MANAGE_HOSTS).values_list("name", flat=True))
        said = _("Choose one of the groups whose hosts you manage: %(groups)s.") % {"groups": names}
        raise invalid("body/group", said)


@contextmanager
def refused_as_problem() -> Iterator[None]:
    try:
        yield
    except ValidationError as refused:
        said = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
        raise _refused(said, CONFLICT if _is_taken(refused) else INVALID) from refused


def _is_taken(refused: ValidationError) -> bool:
    """Whether all is right but that another has it already."""
    by_field = getattr(refused, "error_dict", {})
    return bool(by_field) and all(each.code == "unique" for errors in by_field.values() for each in errors)


def cleaned(form: Form, **called: str) -> dict[str, Any]:
    """What the form of the page makes of it. Raises Problem; `called` says what a field is called in the body."""
    if not form.is_valid():
        raise _refused(
            {called.get(name, name): list(map(str, errors)) for name, errors in form.errors.items()}, INVALID
        )
    return form.cleaned_data


def _refused(said: Mapping[str, list[str]], kind: Kind) -> Problem:
    places = [Place(f"body/{name}".rstrip("/"), text) for name, texts in said.items() for text in texts]
    return Problem(kind, places=places)
