"""Who may do what on which hosts, and fetching hosts with the permission inside: nobody gets one that they may not see.

A person's own role holds on every host, or where their reach says so on none; a role in a group holds on its hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import blake2b
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import ALLOWED, ON_HOSTS, Act
from secdash.fleet.models import Connection, Group, GroupQuerySet, GroupRole, Host, HostQuerySet, Tag

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def hosts_for(user: User) -> HostQuerySet:
    return Host.objects.visible_to(user)


def hosts_where(user: User, act: Act) -> HostQuerySet:
    """The hosts on which this person may do that."""
    return Host.objects.allowing(user, act)


def host_for(user: User, slug: str, act: Act = Act.SEE_HOSTS) -> Host:
    """The host. Raises Http404 for one that does not exist or that this person may not see: both look alike.

    Raises PermissionDenied for one that they see and may not do that to.
    """
    host = get_object_or_404(hosts_for(user).select_related("group", "connection"), slug=slug)
    need(user, act, host)
    return host


def reached_host(user: User, slug: str) -> Host:
    """One whose way this person may replace. Raises as `host_for` does; Http404 for samples and uploaded ones, too."""
    host = host_for(user, slug, Act.MANAGE_HOSTS)
    if host.connection.kind in (Connection.Kind.OFFLINE, Connection.Kind.SAMPLE):
        raise Http404
    return host


def groups_for(user: User) -> GroupQuerySet:
    return Group.objects.visible_to(user)


def groups_where(user: User, act: Act) -> GroupQuerySet:
    """The groups on whose hosts, also on such as are to come, this person may do that."""
    return Group.objects.allowing(user, act)


def tags_for(user: User) -> QuerySet[Tag]:
    """The tags that hosts of theirs have."""
    return Tag.objects.all() if user.sees_all else Tag.objects.filter(hosts__in=hosts_for(user)).distinct()


def may(user: User, act: Act, host: Host) -> bool:
    """No query for whoever may do it everywhere, and none for seeing a host that was fetched for this person."""
    return (user.sees_all and user.can(act)) or hosts_where(user, act).filter(pk=host.pk).exists()


def need(user: User, act: Act, host: Host) -> None:
    """Raises PermissionDenied. `host` was fetched for this person, so that they see it."""
    if act != Act.SEE_HOSTS and not may(user, act, host):
        raise PermissionDenied


def acts_on(user: User, host: Host) -> frozenset[Act]:
    """Everything that this person may do on the host, for a page that offers it. One query at most."""
    everywhere = frozenset(act for act in ON_HOSTS if user.sees_all and user.can(act))
    if everywhere == ON_HOSTS or host.group_id is None:
        return everywhere
    return everywhere | _acts_of(user, GroupRole.objects.filter(group=host.group_id).allowing(user, Act.SEE_HOSTS))


def acts_somewhere(user: User) -> frozenset[Act]:
    """What this person may do on some host or other. One query at most."""
    everywhere = frozenset(act for act in ON_HOSTS if user.sees_all and user.can(act))
    return everywhere if everywhere == ON_HOSTS else everywhere | _acts_of(user, user.group_roles.all())


def _acts_of(user: User, roles: Iterable[GroupRole]) -> frozenset[Act]:
    held = {each.role for each in roles} if user.is_active else set()
    return frozenset(act for act in ON_HOSTS if held & ALLOWED[act])


def needs_somewhere(
    act: Act,
) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Let those through who may do this on some host; what is done to which hosts is decided behind it."""

    def guard(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if act not in acts_somewhere(member(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def may_place(user: User, group_name: str) -> bool:
    """Whether they may put a host into the group of that name; into none, or a new one, whoever manages all hosts."""
    if user.can(Act.MANAGE_HOSTS):
        return True
    return bool(group_name) and groups_where(user, Act.MANAGE_HOSTS).filter(name__iexact=group_name).exists()


def why_not_placed(user: User, group_name: str) -> str:
    """What to tell whoever may not put a host into the group of that name; "" for who may."""
    if may_place(user, group_name):
        return ""
    names = ", ".join(groups_where(user, Act.MANAGE_HOSTS).values_list("name", flat=True))
    return _("Choose one of the groups whose hosts you manage: %(groups)s.") % {"groups": names}


def eyes(user: User) -> str:
    """The same for all who see the same: what is kept for one of them is right for the others. "" for all hosts.

    Groups count beside hosts, since days of hosts that are gone are those of their groups. One query at most.
    """
    if user.sees_all:
        return ""
    seen = GroupRole.objects.allowing(user, Act.SEE_HOSTS).order_by("group_id", "group__hosts__pk")
    pairs = ",".join(f"{group}/{host}" for group, host in seen.values_list("group_id", "group__hosts__pk"))
    return blake2b(pairs.encode(), digest_size=12).hexdigest()
