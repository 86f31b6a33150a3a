"""An Engine that accepts and then says nothing, at each question that a scan asks: at that one, or from that one on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone

from secdash.facts.connect import open_engine
from secdash.findings.models import Finding, Transition
from secdash.fleet.models import Connection, Host
from secdash.scans import services
from secdash.scans.models import Scan
from tests.faults.hanging import HELPER, HangingEngine, hanging
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db

CONTAINER = "/containers/(?!f{64})[0-9a-f]{64}"
QUESTIONS = (
    "/version", "/info",
    "/containers/json", f"{CONTAINER}/json", f"{CONTAINER}/top", f"{CONTAINER}/changes", "/exec/e1/json",
    "/images/json", "/images/[^/]+/json", "/images/[^/]+/history", "/images/[^/]+/get",
    "/networks", "/networks/.+", "/volumes", "/plugins", "/services", "/secrets",
    "/containers/create", f"/containers/{HELPER}/archive",
)  # fmt: skip
# So late in a scan that what is missing is only unknown, whatever comes after it.
AFTERWARDS = ("/services", "/secrets", "/containers/create", f"/containers/{HELPER}/archive", "/images/[^/]+/get")
PATIENCE = 1.0  # seconds: an answer that does come takes less, also on a machine that is busy with other tests


@pytest.fixture
def engine() -> Iterator[HangingEngine]:
    with hanging() as found:
        yield found


@pytest.fixture
def host(engine: HangingEngine, monkeypatch: pytest.MonkeyPatch) -> Host:
    """One that was scanned once, with all the time that it takes; from now on half a minute of patience is a moment."""
    host = a_host(file_reading="archive")
    Connection.objects.filter(host=host).update(kind="unix", address=engine.url.removeprefix("unix://"))
    Host.objects.filter(pk=host.pk).update(image_reading="export")
    assert scanned(host).state == "done"
    have_little_patience(monkeypatch)
    return host


def have_little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("collect.ANSWER_TIME", "collect.TOP_TIME", "collect.CHANGES_TIME", "helper.ANSWER_TIME"):
        monkeypatch.setattr(f"secdash.facts.{name}", PATIENCE)
    monkeypatch.setattr("secdash.facts.files.archive.ANSWER_TIME", PATIENCE)
    for name in ("files.reading.MOST_SECONDS", "images.reading.SECONDS_A_SCAN"):  # for all of them together
        monkeypatch.setattr(f"secdash.facts.{name}", 10 * PATIENCE)
    monkeypatch.setitem(open_engine.__wrapped__.__kwdefaults__, "read_timeout", PATIENCE)


def scanned(host: Host) -> Scan:
    scan = Scan.objects.create(host=host, trigger="manual", created_at=timezone.now())
    services.run(scan.pk)
    scan.refresh_from_db()
    return scan


def decided(scan: Scan) -> int:
    """Verdicts that need an answer; whether an image's files were read meanwhile makes others of unknown ones."""
    return int(scan.statuses["pass"] + scan.statuses["fail"])


def standing() -> tuple[object, int]:
    """The findings, and how often something was said of one."""
    columns = ("pk", "state", "severity", "opened_at")
    return list(Finding.objects.order_by("pk").values_list(*columns)), Transition.objects.count()


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_it_ends_in_words_and_changes_nothing(host: Host, engine: HangingEngine, question: str, for_good: bool) -> None:
    first, before = Scan.objects.get(), standing()
    engine.hangs, engine.for_good = re.compile(question), for_good

    scan = scanned(host)  # while the Engine still keeps silent

    assert engine.hung
    assert len(before[0]) > 40
    assert standing() == before
    if (for_good and question not in AFTERWARDS) or question == "/version":
        assert (scan.state, Host.objects.get().state) == ("failed", "unreachable")
        assert "did not answer within" in str(scan.failure)
    else:
        assert (scan.state, Host.objects.get().state) == ("done", "reachable")
        assert decided(scan) <= decided(first), (scan.statuses, first.statuses)
