"""On a database of its own, for processes that watch.

`python -m tests.watching.world register SOCKET NAME…`, where the tables are there, and `scan-due`.

Both scan what is due.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")


def main(what: str, *words: str) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from secdash.fleet import services as fleet
    from secdash.fleet.models import Host

    if what == "register":
        socket, *names = words
        for name in names:
            fleet.register(name, kind="unix", address=socket, at=timezone.now(), file_reading="none")
    for host in Host.objects.due(timezone.now()):
        scan(host)


def scan(host) -> None:
    from django.utils import timezone

    from secdash.scans import services
    from secdash.scans.models import Scan

    services.run(Scan.objects.create(host=host, trigger="schedule", created_at=timezone.now()).pk)
    type(host).objects.filter(pk=host.pk).update(scan_due_at=host.next_due(timezone.now()))


if __name__ == "__main__":
    main(*sys.argv[1:])
