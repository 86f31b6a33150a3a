"""People and the groups of hosts they may act on: what accounts, which know no hosts, leave to the fleet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, QuerySet

from secdash.accounts import people
from secdash.accounts.models import Invitation, User
from secdash.accounts.roles import Role
from secdash.accounts.signals import invitation_accepted
from secdash.audit.recording import record
from secdash.fleet.models import Group, GroupRole


def listed() -> QuerySet[User]:
    """Everybody, with what the page says of them: three queries, however many they are."""
    roles = GroupRole.objects.select_related("group").order_by("group__name")
    return (
        User.objects.annotate(
            session_count=Count("usersession"),
            used_at=Max("usersession__last_seen_at"),
            has_provider=Exists(SocialAccount.objects.filter(user=OuterRef("pk"))),
        )
        .prefetch_related(Prefetch("group_roles", roles))
        .order_by("-is_active", "username")
    )


def sessions_of(user: User) -> QuerySet[UserSession]:
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    return found


@transaction.atomic
def give(user: User, *, role: Role, reach: User.Reach, groups: Mapping[int, Role], by: User, at: datetime) -> None:
    """Role, reach and roles in groups, all or nothing. Raises people.LastAdministrator."""
    people.change(user, role=role, reach=reach, by=by, at=at)
    set_group_roles(user, groups, by=by, at=at)


@transaction.atomic
def set_group_roles(user: User, roles: Mapping[int, Role], *, by: User | None, at: datetime) -> bool:
    """Exactly these, by primary key of the group. False where nothing differs."""
    User.objects.select_for_update().get(pk=user.pk)
    before = said(user)
    GroupRole.objects.filter(user=user).exclude(group__in=roles).delete()
    for group, role in roles.items():
        GroupRole.objects.update_or_create(user=user, group_id=group, defaults={"role": role})
    after = said(user)
    if before == after:
        return False
    record("person.groups_changed", by=by, on=user, before=before, after=after, at=at)
    return True


def said(user: User) -> dict[str, str]:
    """Name of a group → role."""
    return dict(GroupRole.objects.filter(user=user).order_by("group__name").values_list("group__name", "role"))


def with_names(invitations: QuerySet[Invitation]) -> list[tuple[Invitation, list[tuple[str, str]]]]:
    """Invitations, each with the groups and roles it gives; groups that are gone are left out."""
    names = {str(pk): name for pk, name in Group.objects.values_list("pk", "name")}
    words = dict(Role.choices)
    return [
        (each, sorted((names[pk], str(words.get(role, role))) for pk, role in each.groups.items() if pk in names))
        for each in invitations.select_related("invited_by")
    ]


def listen() -> None:
    invitation_accepted.connect(_give_invited, dispatch_uid="roles in groups of an invitation")


def _give_invited(*, invitation: Invitation, user: User, **_more: Any) -> None:
    there = set(Group.objects.values_list("pk", flat=True))
    roles = {int(pk): Role(role) for pk, role in invitation.groups.items() if int(pk) in there}
    if roles:
        set_group_roles(user, roles, by=invitation.invited_by, at=user.date_joined)
