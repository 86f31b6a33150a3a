"""The words that hosts are sorted by: groups, tags, environments. One that gets the name of another joins it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import models, transaction
from django.db.models import Count
from django.utils.text import slugify

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.fleet.models import Group, GroupRole, Host, MaintenanceWindow, Tag

T = TypeVar("T")

NO_NAME = say("Write a name.")
TOO_LONG = say("This name is too long.")
NO_TAG = say("There is no letter or digit in it that a tag can be made of.")
NOT_EMPTY = say("This group has hosts. Give it the name of another group to move them there.")
NAMED = say("Acceptances, channels or rules name this group. End or change them first.")
GONE = say("Nothing is called so any more.")
LONGEST: Mapping[str, int] = {"group": 80, "tag": 40, "environment": 40}
SETTINGS: Mapping[str, str] = {"group": "group", "tag": "tags", "environment": "environment"}  # of a host, in the log


class Refused(Exception):
    """The message is for whoever asked."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Word(NamedTuple):
    """`key` names it in an address or a form."""

    name: str
    key: str
    hosts: int


class Renamed(NamedTuple):
    """The hosts that have `now` where they had `was`, both as the log of changes keeps them of a host."""

    hosts: list[Host]
    was: Any
    now: Any


def groups() -> list[Word]:
    rows = Group.objects.annotate(count=Count("hosts")).values_list("name", "slug", "count")
    return [Word(*row) for row in rows]


def tags() -> list[Word]:
    rows = Tag.objects.annotate(count=Count("hosts")).values_list("name", "count")
    return [Word(name, name, count) for name, count in rows]


def environments() -> list[Word]:
    named = Host.objects.exclude(environment="").order_by("environment")
    rows = named.values_list("environment").annotate(count=Count("pk"))
    return [Word(name, name, count) for name, count in rows]


@transaction.atomic
def rename(kind: str, key: str, name: str, *, by: User, at: datetime) -> int:
    """How many hosts are called otherwise from now on. Raises Refused."""
    wanted = name.strip()
    if not wanted:
        raise Refused(NO_NAME)
    if len(wanted) > LONGEST[kind]:
        raise Refused(TOO_LONG)
    renamed = RENAMING[kind](key, wanted)
    moved = len(renamed.hosts)
    record("hosts.regrouped", by=by, name=wanted, before={kind: key}, after={kind: wanted, "hosts": moved}, at=at)
    _tell_of_hosts(SETTINGS[kind], renamed, by=by, at=at)
    return moved


def _tell_of_hosts(setting: str, renamed: Renamed, *, by: User, at: datetime) -> None:
    """Each host's own history says it too: who looks there need not know of groups and tags at large."""
    if renamed.was != renamed.now:
        for host in renamed.hosts:
            record("host.changed", by=by, on=host, before={setting: renamed.was}, after={setting: renamed.now}, at=at)


def _rename_group(slug: str, name: str) -> Renamed:
    """Its address stays. Where another group has the name, hosts and windows go there; rights and channels do not."""
    group = _found(Group.objects.filter(slug=slug).first())
    hosts = list(group.hosts.order_by("pk"))
    other = Group.objects.filter(name__iexact=name).exclude(pk=group.pk).first()
    if other is None:
        Group.objects.filter(pk=group.pk).update(name=name)
        return Renamed(hosts, group.name, name)
    MaintenanceWindow.objects.filter(group=group).update(group=other)
    Host.objects.filter(group=group).update(group=other)
    return Renamed(hosts, group.name, other.name)


def _rename_tag(name: str, wanted: str) -> Renamed:
    slug = slugify(wanted)
    if not slug:
        raise Refused(NO_TAG)
    tag = _found(Tag.objects.filter(name=name).first())
    hosts = list(tag.hosts.order_by("pk"))
    if slug != tag.name:
        other, _made = Tag.objects.get_or_create(name=slug)
        other.hosts.add(*hosts)
        tag.delete()
    return Renamed(hosts, [name], [slug])


def _rename_environment(name: str, wanted: str) -> Renamed:
    hosts = list(Host.objects.filter(environment=name).order_by("pk"))
    Host.objects.filter(environment=name).update(environment=wanted)
    return Renamed(hosts, name, wanted)


RENAMING: Mapping[str, Callable[[str, str], Renamed]] = {
    "group": _rename_group,
    "tag": _rename_tag,
    "environment": _rename_environment,
}


@transaction.atomic
def remove(group: Group, *, by: User, at: datetime) -> None:
    """Take away a group that has no hosts, and with it the roles that people had in it. Raises Refused."""
    if group.hosts.exists():
        raise Refused(NOT_EMPTY)
    if _is_named(group):
        raise Refused(NAMED)
    record("group.removed", by=by, on=group, at=at)
    group.delete()


def _is_named(group: Group) -> bool:
    """Whether rows of other rooms would go with it: acceptances, channels, rules."""
    going = [each for each in Group._meta.related_objects if each.on_delete is models.CASCADE]
    others = [each for each in going if each.related_model not in (GroupRole, MaintenanceWindow)]
    return any(each.related_model._base_manager.filter(**{each.field.name: group}).exists() for each in others)


def _found(row: T | None) -> T:
    if row is None:
        raise Refused(GONE)
    return row
