"""The product's own code on the database of a test, in a process of its own; each prints JSON.

`python -m tests.faults.world begin SOCKET HOSTS` is what every test begins with, and prints a session; `ticks NUMBER`
lets so many ticks pass in which every host is due, and prints how long the queue was after each.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")


def begin(socket: str, number: str) -> object:
    from django.test import Client
    from django.utils import timezone

    from secdash.accounts.roles import Role
    from secdash.fleet import services
    from secdash.fleet.models import Host
    from tests.cast import a_member
    from tests.knowledge.articles import a_published_article

    for each in range(int(number)):
        services.register(f"host-{each:02}", kind="unix", address=socket, at=timezone.now(), file_reading="none")
    Host.objects.update(scan_due_at=None)
    a_published_article("Before.\n")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(a_member(Role.ADMINISTRATOR))
    return {"sessionid": client.cookies["sessionid"].value}


def ticks(number: str) -> object:
    from datetime import timedelta

    from django.db.models import F
    from django.utils import timezone

    from secdash.fleet.models import Host
    from secdash.handing_over import waiting
    from secdash.scans import ticking
    from secdash.scans.models import Scan

    lengths = []
    for _ in range(int(number)):
        Host.objects.update(scan_due_at=timezone.now() - timedelta(minutes=1))
        Scan.objects.update(created_at=F("created_at") - timedelta(minutes=10))
        ticking.tick(at=timezone.now())
        lengths.append(waiting("secdash"))
    return lengths


def main(what: str, *words: str) -> None:
    import django

    django.setup()
    print(json.dumps({"begin": begin, "ticks": ticks}[what](*words)))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
