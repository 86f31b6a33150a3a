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
from secdash.facts.message import say
from secdash.fleet import access, services, uploading
from secdash.fleet.exchange.fields import FIELDS
from secdash.fleet.exchange.reading import Line
from secdash.fleet.exchange.writing import WRITTEN, values_of
from secdash.fleet.forms import DetailsForm
from secdash.fleet.models import KEPT_BY_KIND, Connection, Host
from secdash.fleet.reaching import NotAnAddress, address_of, place_of
from secdash.web.saying import said

Doing = Literal["added", "changed", "unchanged", "refused"]
OFFLINE = Connection.Kind.OFFLINE
HAS_NONE = say("Nobody connects to an offline host: leave its address empty.")
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

    @property
    def kind(self) -> str:
        return self.line.values.get("kind", "").lower()


class Plan(NamedTuple):
    lines: tuple[Planned, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(planned.doing for planned in self.lines)

    @property
    def does_something(self) -> bool:
        return any(planned.doing in ("added", "changed") for planned in self.lines)

    @property
    def adds_offline(self) -> bool:
        return any(planned.doing == "added" and planned.kind == OFFLINE for planned in self.lines)

    @property
    def adds_locked(self) -> bool:
        """Whether somebody has to give afterwards what opens the door of a host."""
        return any(planned.doing == "added" and planned.kind in KEPT_BY_KIND for planned in self.lines)

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
        address = _address(kind, line.values.get("address", ""))
    except NotAnAddress as wrong:
        return _refused(line, said(wrong.message))
    host = hosts.get(line.values.get("name", "").casefold())
    return _known(line, host, kind, address, user) if host else _new(line, kind, address, user)


def _address(kind: str, text: str) -> str:
    """As `values_of` writes it. Raises NotAnAddress."""
    if kind != OFFLINE:
        return address_of(kind, place_of(kind, text))
    if text:
        raise NotAnAddress("address", HAS_NONE)
    return ""


def _new(line: Line, kind: str, address: str, user: User) -> Planned:
    form = _form(line.values, {}, kind=kind, user=user)
    if not form.is_valid():
        return _refused(line, *_errors(form))
    return Planned(line, "added", form=form, address=address)


def _known(line: Line, host: Host, kind: str, address: str, user: User) -> Planned:
    """What the line does not say stays. How a host is reached is changed where it can be tested."""
    before = values_of(host)
    if (kind, address) != (before["kind"], before["address"]):
        return _refused(
            line, _("It is reached otherwise. Change that on the host’s own page, where it is tested first.")
        )
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
    if kind == OFFLINE:
        usual["interval"] = uploading.A_DAY
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
        _("%(field)s: %(problem)s") % {"field": form.fields[name].label, "problem": problem}
        for name, problems in form.errors.items()
        for problem in problems
    ]


def _refused(line: Line, *why: str) -> Planned:
    return Planned(line, "refused", why=why)


@transaction.atomic
def carry_out(todo: Plan, *, by: User, at: datetime) -> None:
    """Add and change what the plan says; refused lines stay out. New hosts wait for what opens their door."""
    for planned in todo.lines:
        if planned.form is not None and planned.doing == "added":
            _add(planned, planned.form.details(), by, at)
        elif planned.form is not None and planned.host is not None and planned.doing == "changed":
            services.change(planned.host, **planned.form.details(), by=by, at=at)
    record("hosts.imported", by=by, after=dict(todo.counts), at=at)


def _add(planned: Planned, details: dict[str, Any], by: User, at: datetime) -> None:
    """An offline host gets its key with this, and how it is read is for whoever reads it there."""
    if planned.kind == OFFLINE:
        told = {name: value for name, value in details.items() if name not in FORM_NAMES.values()}
        uploading.register(**told, by=by, at=at)
    else:
        services.register(**details, kind=planned.kind, address=planned.address, by=by, at=at)
