"""One act on 10,000 findings, through the bar as a person does it, while somebody else works on the same hosts."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from django.test import Client

QUERY = "check=no-healthcheck&" + "&".join(f"group=group-{n}" for n in range(1, 6))
BUDGET = 10.0  # seconds


class Acted(NamedTuple):
    """Seconds: of both POSTs, of the worker's steps, of taking all back, and the longest that another person waited."""

    findings: int
    post: float
    steps: float
    undo: float
    waited: float
    others: int

    @property
    def is_good(self) -> bool:
        return self.post + self.steps < BUDGET


def accept(client: Client) -> Acted:
    """Accept them and take the acceptance back."""
    from django.utils import timezone

    from secdash.findings import bulk
    from secdash.findings.models import BulkAct
    from tests import queueing

    queueing.use(queueing.IN_MEMORY)  # type: ignore[no-untyped-call]  # tests have no types; the steps are taken here
    until = timezone.now().date() + timedelta(days=10)
    chosen = {"act": "accept", "query": QUERY, "matching": "1"}
    with Other() as other:
        begun = time.perf_counter()
        client.post("/findings/act/", chosen)  # asks for the reason
        answer = client.post("/findings/act/", {**chosen, "sure": "1", "reason": "Measured.", "until": str(until)})
        posted = time.perf_counter()
        act = BulkAct.objects.get(pk=parse_qs(urlsplit(answer["Location"]).query)["act"][0])
        bulk.run(act.pk)
        done = time.perf_counter()
    act.refresh_from_db()
    assert act.state == act.State.DONE, act.failure
    undone = time.perf_counter()
    client.post(f"/findings/acts/{act.pk}/undo/")
    bulk.run(act.pk)
    undo = time.perf_counter() - undone
    return Acted(act.total, posted - begun, done - posted, undo, max(other.waits, default=0), len(other.waits))


class Other:
    """Somebody who meanwhile assigns findings of the same hosts, one after the other, and waits for each."""

    def __enter__(self) -> Other:
        self.waits: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        from django.db import connection
        from django.utils import timezone

        from secdash.accounts.models import User
        from secdash.findings import assigning
        from secdash.findings.models import Finding

        person = User.objects.get(username="person-1")
        found = Finding.objects.open().filter(host__group__slug="group-2").exclude(check_name="no-healthcheck")
        for pk in found.order_by("pk").values_list("pk", flat=True)[:5000]:
            if self._over.wait(0.02):
                break
            begun = time.perf_counter()
            assigning.assign([pk], person, by=person, at=timezone.now())
            self.waits.append(time.perf_counter() - begun)
        connection.close()
