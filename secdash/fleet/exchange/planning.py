"""What an import would do, line by line, before it does it; and doing it, all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.fleet import access, services
from secdash.fleet.exchange.fields import FIELDS
from secdash.fleet.exchange.reading import Line
from secdash.fleet.exchange.writing import WRITTEN, values_of
from secdash.fleet.forms import DetailsForm
from secdash.fleet.models import Host
from secdash.fleet.reaching import NotAnAddress, address_of, place_of
from secdash.web.saying import said

Doing = Literal["added", "changed", "unchanged", "refused"]
FORM_NAMES = {"files": "file_reading", "images": "image_reading"}


class Change(NamedTuple):
    field: str
    before: str
    after: str


class Planned(NamedTuple):
    """One line and what becomes of it. `form` is valid unless it is refused; `why` has the reasons if it is."""

    line: Line
    doing: Doing
    changes: tuple[Change, ...] = ()
    why: tuple[str, ...] = ()
    host: Host | None = None
    form: DetailsForm | None = None
    address: str = ""

    @property
    def name(self) -> str:
        return self.line.values.get("name", "")


class Plan(NamedTuple):
    lines: tuple[Planned, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(planned.doing for planned in self.lines)

    @property
    def does_something(self) -> bool:
        return any(planned.doing in ("added", "changed") for planned in self.lines)

    @property
    def digest(self) -> str:
        """That somebody confirms what they saw, and nothing else."""
        told = repr([(planned.line, planned.doing, planned.changes) for planned in self.lines])
        return blake2b(told.encode(), digest_size=16).hexdigest()


def plan(lines: Iterable[Line], *, user: User) -> Plan:
    """Hosts are found by their name, among those that this person manages. A name counts once."""
    managed = access.hosts_where(user, Act.MANAGE_HOSTS).select_related("group", "connection").prefetch_related("tags")
    hosts = {host.name.casefold(): host for host in managed}
    seen: set[str] = set()
    planned: list[Planned] = []
    for line in lines:
        name = line.values.get("name", "").casefold()
        planned.append(
            _refused(line, _("This name stands in the file before.")) if name in seen else _one(line, hosts, user)
        )
        seen |= {name} if name else set()
    return Plan(tuple(planned))


def _one(line: Line, hosts: Mapping[str, Host], user: User) -> Planned:
    if unknown := sorted(set(line.values) - set(FIELDS)):
        return _refused(line, _("There is no field called %(names)s.") % {"names": ", ".join(unknown)})
    kind = line.values.get("kind", "").lower()
    if kind not in WRITTEN:
        return _refused(line, _("The kind is one of %(kinds)s.") % {"kinds": ", ".join(WRITTEN)})
    try:
        address = address_of(kind, place_of(kind, line.values.get("address", "")))
    except NotAnAddress as wrong:
        return _refused(line, said(wrong.message))
    host = hosts.get(line.values.get("name", "").casefold())
    return _known(line, host, kind, address, user) if host else _new(line, kind, address, user)


def _new(line: Line, kind: str, address: str, user: User) -> Planned:
    form = _form(line.values, {}, kind=kind, user=user)
    if not form.is_valid():
        return _refused(line, *_errors(form))
    return Planned(line, "added", form=form, address=address)


def _known(line: Line, host: Host, kind: str, address: str, user: User) -> Planned:
    """What the line does not say stays. How a host is reached is changed where it can be tested."""
    if (kind, address) != (host.connection.kind, host.connection.address):
        return _refused(
            line, _("It is reached otherwise. Change that on the host’s own page, where it is tested first.")
        )
    before = values_of(host)
    form = _form(line.values, before, kind=kind, user=user, host=host)
    if not form.is_valid():
        return _refused(line, *_errors(form))
    after = {**_as_text(form), "kind": kind, "address": address}
    changes = tuple(Change(name, before[name], after[name]) for name in FIELDS if before[name] != after[name])
    return Planned(line, "changed" if changes else "unchanged", changes, host=host, form=form)


def _form(
    values: Mapping[str, str], before: Mapping[str, str], *, kind: str, user: User, **options: Any
) -> DetailsForm:
    """Fields that are left out are as before, or as a new host has them."""
    form = DetailsForm(kind=kind, user=user, **options)
    usual = {name: form.fields[FORM_NAMES.get(name, name)].initial for name in ("interval", "files", "images")}
    data = QueryDict(mutable=True)
    for name in FIELDS:
        value = values.get(name) or before.get(name) or str(usual.get(name) or "")
        data[FORM_NAMES.get(name, name)] = value
    return DetailsForm(data, kind=kind, user=user, **options)


def _as_text(form: DetailsForm) -> dict[str, str]:
    told = {name: str(form.cleaned_data.get(FORM_NAMES.get(name, name), "")) for name in FIELDS}
    return {**told, "tags": " ".join(sorted(form.cleaned_data["tags"]))}


def _errors(form: DetailsForm) -> list[str]:
    return [
        f"{form.fields[name].label if name in form.fields else name}: {error}"
        for name, errors in form.errors.items()
        for error in errors
    ]


def _refused(line: Line, *why: str) -> Planned:
    return Planned(line, "refused", why=why)


@transaction.atomic
def carry_out(todo: Plan, *, by: User, at: datetime) -> None:
    """Add and change what the plan says; refused lines stay out. New hosts wait for what opens their door."""
    for planned in todo.lines:
        if planned.form is None or planned.doing not in ("added", "changed"):
            continue
        if planned.host is None:
            kind = planned.line.values["kind"].lower()
            services.register(**planned.form.details(), kind=kind, address=planned.address, by=by, at=at)
        else:
            services.change(planned.host, **planned.form.details(), by=by, at=at)
    record("hosts.imported", by=by, after=dict(todo.counts), at=at)
