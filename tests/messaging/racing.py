"""Many ticks at the same moment, in a process and on a database of its own: prints what was said as JSON.

`python -m tests.messaging.racing`, with the database, which has its tables, in the environment.
"""

from __future__ import annotations

import json
import sys

from tests.knowledge.racing import race  # first: it sets Django up

# isort: split
from django.utils import timezone

from secdash.messaging import hearing, inbox, sending, speaking
from secdash.messaging.models import Channel, Delivery, Notice, Pending, Told
from tests.cast import a_member
from tests.messaging.world import a_channel, a_known_host, a_rule, worsens
from tests.queueing import IN_MEMORY, use


def main() -> None:
    use(IN_MEMORY)
    user = a_member()
    rules = [a_rule(a_channel(name=f"Chat {number}")) for number in range(3)]
    a_rule(a_channel(name="Inbox", kind="inbox", owner=user))
    scans = [worsens(a_known_host(f"host-{number}")) for number in range(4)]
    at = timezone.now()
    race(lambda _n: hearing.hear(at=at))
    found = {"told": Told.objects.filter(number__in=[scan.pk for scan in scans]).count()}
    found["pending"] = Pending.objects.count() / (len(rules) + 1)
    race(lambda _n: speaking.speak(at=at))
    found |= {"deliveries": Delivery.objects.count(), "notices": Notice.objects.count()}
    found["left"] = Pending.objects.count()
    claimed: list[int] = []
    pk = Delivery.objects.values_list("pk", flat=True)[0]
    race(lambda n: claimed.append(n) if sending.claim(pk, at=timezone.now()) else None)
    found["claimed"] = len(claimed)
    Channel.objects.filter(kind="inbox").delete()
    race(lambda _n: inbox.open_for_newcomers(at=at))
    found["inboxes"] = Channel.objects.filter(kind="inbox").count()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
