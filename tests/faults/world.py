"""The product's own code on the database of a test, in a process of its own; each prints JSON.

`python -m tests.faults.world begin SOCKET HOSTS` is what every test begins with, and prints a session; `ticks NUMBER`
lets so many ticks pass in which every host is due, and prints how long the queue was after each; `full FOLDER` scans
while the disk with that folder is full, and again with room.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

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


def full(folder: str) -> object:
    from datetime import timedelta

    from django.db import OperationalError, connection
    from django.db.models import Count
    from django.test import Client
    from django.utils import timezone

    from secdash.accounts.roles import Role
    from secdash.findings.models import Finding
    from secdash.scans import services, ticking
    from secdash.scans.models import Scan
    from tests.cast import a_member
    from tests.fleet.hosts import a_host

    host, client = a_host("web-01"), Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.force_login(a_member(Role.ADMINISTRATOR))
    scan = Scan.objects.create(host=host, trigger="manual", created_at=timezone.now())
    ballast = Path(folder) / "ballast"
    _fill(ballast, but_for=192 * 1024)
    told: dict[str, object] = {}
    try:
        services.run(scan.pk)
    except OperationalError as error:
        told["raised"] = type(error).__name__
    scan.refresh_from_db()
    told |= {"found": Finding.objects.count(), "state": scan.state}
    _fill(Path(folder) / "more", but_for=0)
    page = client.post(f"/hosts/{host.slug}/watch/", {"mode": "off"})
    told["page"] = [page.status_code, "The database does not answer" if "database does not" in page.text else page.text]

    ballast.unlink()
    (Path(folder) / "more").unlink()
    Scan.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    ticking.retake(at=timezone.now())
    services.run(scan.pk)
    scan.refresh_from_db()
    times = Finding.objects.annotate(times=Count("transitions")).values_list("times", flat=True)
    told |= {"state_then": scan.state, "found_then": len(times), "seen": sorted(set(times))}
    with connection.cursor() as cursor:
        told["whole"] = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    return told


def _fill(file: Path, *, but_for: int) -> None:
    """Take all room of the disk, but for so many bytes."""
    with file.open("wb") as out:
        try:
            while True:
                out.write(bytes(65536))
                out.flush()
        except OSError:
            pass
        size = file.stat().st_size
        out.truncate(max(0, size - but_for))


def main(what: str, *words: str) -> None:
    import django

    django.setup()
    print(json.dumps({"begin": begin, "ticks": ticks, "full": full}[what](*words)))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
