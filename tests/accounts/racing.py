"""Administrators, guests and guessers at the same moment, in a process and on a database of its own; prints JSON.

`python -m tests.accounts.racing`, with the database, which has its tables, in the environment.
"""

from __future__ import annotations

import json
import sys

from tests.knowledge.racing import race  # first: it sets Django up

# isort: split
from django.utils import timezone

from secdash.accounts import inviting, locking, people
from secdash.accounts.models import FailedSignIn, Invitation, User
from secdash.accounts.roles import Role
from tests.cast import a_member


def main() -> None:
    at = timezone.now()
    admins = [a_member(Role.ADMINISTRATOR, username=f"admin-{number}") for number in range(6)]
    race(lambda n: demote(admins[n]))
    found = {"administrators": User.objects.filter(role=Role.ADMINISTRATOR).count()}
    inviting.invite(role=Role.VIEWER, by=admins[0], at=at)
    invitation = Invitation.objects.get()
    race(lambda n: accept(invitation, f"guest-{n}", at))
    found["guests"] = User.objects.filter(username__startswith="guest-").count()
    looked: list[int] = []
    for _round in range(2):
        race(lambda n: looked.append(n) if is_looked_at(at) else None)
    found["looked at"] = len(looked) <= locking.OF_A_NAME
    found["kept"] = FailedSignIn.objects.count() <= locking.OF_A_NAME
    json.dump(found, sys.stdout)


def demote(user: User) -> None:
    try:
        people.change(user, role=Role.VIEWER, reach=User.Reach.ALL, by=None, at=timezone.now())
    except people.LastAdministrator:
        return


def accept(invitation, name, at) -> None:
    try:
        inviting.accept(invitation, User(username=name), password="a longer phrase", at=at)
    except inviting.UsedUp:
        return


def is_looked_at(at) -> bool:
    try:
        locking.begin("vera", "192.0.2.7", at=at)
    except locking.Locked:
        return False
    return True


if __name__ == "__main__":
    main()
