"""Somebody who assigns findings one after the other, waiting for each: a process of its own, as a web process is.

Run by `bench.fleet_acts`, until its standard input ends. Prints the seconds that each act took, as JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time

PAUSE = 0.02


def main() -> None:
    import django

    django.setup()
    logging.disable(logging.WARNING)
    over = threading.Event()
    print("ready", flush=True)
    threading.Thread(target=wait_for_the_end, args=(over,), daemon=True).start()
    json.dump(work(over), sys.stdout)


def wait_for_the_end(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def work(over: threading.Event) -> list[float]:
    from django.utils import timezone

    from secdash.accounts.models import User
    from secdash.findings import assigning
    from secdash.findings.models import Finding

    waits: list[float] = []
    person = User.objects.get(username="person-1")
    found = Finding.objects.open().filter(host__group__slug="group-2").exclude(check_name="no-healthcheck")
    for pk in found.order_by("pk").values_list("pk", flat=True)[:5000]:
        if over.wait(PAUSE):
            break
        begun = time.perf_counter()
        assigning.assign([pk], person, by=person, at=timezone.now())
        waits.append(time.perf_counter() - begun)
    return waits


if __name__ == "__main__":
    main()
