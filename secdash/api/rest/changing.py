"""What was sent, as services take it, and what they refuse, as a problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.api.rest import reaching
from secdash.api.rest.problems import CONFLICT, INVALID, Kind, Place, Problem
from secdash.fleet import connecting, services
from secdash.fleet.connection_forms import ConnectionForm
from secdash.fleet.forms import HostForm, SettingsForm
from secdash.fleet.models import Host


def register(given: Mapping[str, Any], *, by: User, at: datetime) -> Host:
    """As the form of the page would. Raises Problem for what that refuses, such as a name that another host has."""
    form = HostForm(_typed({**given, **reaching.typed(given)}), user=by)
    cleaned(form, **reaching.CALLED)
    with refused_as_problem():
        return services.register(**{**form.details(), **reaching.pinned(form, given)}, by=by, at=at)


def change(host: Host, given: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """As it is, but for what is given. Raises Problem as `register` does."""
    shown = SettingsForm.of(host, None, user=by)
    now = {name: shown[name].value() for name in shown.fields}
    form = SettingsForm.of(host, _typed({**now, **given}), user=by)
    cleaned(form)
    with refused_as_problem():
        services.change(host, **form.details(), by=by, at=at)


def reach_otherwise(host: Host, given: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """The way as it is given, whole: nothing stays of what opened the door before. Raises Problem, too where it does
    not lead into the Engine, unless `untested` says that it need not yet.
    """
    typed = {**given, **reaching.typed(given)}
    form = _way(typed)
    if form.waits_for_host_key:
        form = _way({**typed, **reaching.pinned(form, given), "host_key_is_right": "on"})
    if not given["untested"]:
        reaching.need_open(form)
    with refused_as_problem():
        connecting.reach_otherwise(host, **form.reached(), host_key=form.pinned, by=by, at=at)


def _way(typed: Mapping[str, Any]) -> ConnectionForm:
    form = ConnectionForm(_typed(typed))
    cleaned(form, **reaching.CALLED)
    return form


def _typed(given: Mapping[str, Any]) -> QueryDict:
    """As somebody would type it into the form."""
    data = QueryDict(mutable=True)
    for name, value in given.items():
        data[name] = " ".join(value) if isinstance(value, list) else str(value)
    return data


@contextmanager
def refused_as_problem() -> Iterator[None]:
    try:
        yield
    except ValidationError as refused:
        said = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
        raise _refused(said, CONFLICT if _is_taken(refused) else INVALID) from refused


def _is_taken(refused: ValidationError) -> bool:
    """Whether all is right but that another has it already."""
    return _all_taken(getattr(refused, "error_dict", {}))


def _all_taken(by_field: Mapping[str, Iterable[ValidationError]]) -> bool:
    return bool(by_field) and all(each.code == "unique" for errors in by_field.values() for each in errors)


def cleaned(form: Form, **called: str) -> dict[str, Any]:
    """What the form of the page makes of it. Raises Problem; `called` says what a field is called in the body."""
    if not form.is_valid():
        said = {called.get(name, name): list(map(str, errors)) for name, errors in form.errors.items()}
        raise _refused(said, CONFLICT if _all_taken(form.errors.as_data()) else INVALID)
    return form.cleaned_data


def _refused(said: Mapping[str, list[str]], kind: Kind) -> Problem:
    places = [Place(f"body/{name}".rstrip("/"), text) for name, texts in said.items() for text in texts]
    return Problem(kind, places=places)
