"""A fix on a real Engine, verified by asking the one check again."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.facts.connect import EngineClient
from secdash.findings.models import Finding, Receipt
from secdash.fleet.models import Connection, Host
from secdash.scans import asking_again, services
from secdash.scans.models import Scan
from tests.cast import a_member
from tests.fixes import on_engine
from tests.fleet.hosts import a_host

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

NAME = "leaky"


@pytest.fixture
def engine(dockerd):
    yield dockerd
    on_engine.remove(dockerd, NAME, "beside")


@pytest.fixture
def questions(monkeypatch):
    """Every question that goes out, as the transport saw it."""
    asked = []
    real = EngineClient.get_json

    def counted(client, path, **options):
        asked.append(unquote(path))
        return real(client, path, **options)

    monkeypatch.setattr(EngineClient, "get_json", counted)
    return asked


def test_a_container_that_was_given_a_limit_is_resolved_with_a_receipt(engine, questions):
    host = a_host(kind=Connection.Kind.UNIX, address=str(engine.socket), at=timezone.now())
    Host.objects.filter(pk=host.pk).update(file_reading=Host.Files.NONE)
    on_engine.create(engine, "beside", ["bb:1"])
    on_engine.create(engine, NAME, ["bb:1"])
    services.run(Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now()).pk)
    of_the_scan = len(questions)
    finding = Finding.objects.get(host=host, check_name="no-memory-limit", subject_name=NAME)
    on_engine.remove(engine, NAME)
    on_engine.create(engine, NAME, ["--memory", "512m", "bb:1"])
    questions.clear()

    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    asking_again.run(receipt.pk)

    receipt.refresh_from_db()
    finding.refresh_from_db()
    assert receipt.state == Receipt.State.DONE
    assert receipt.before["evidence"] == [["HostConfig.Memory", 0]]
    assert receipt.after["evidence"] == [["HostConfig.Memory", 512 << 20]]
    assert finding.state == "resolved"
    assert receipt.after["asked"] == questions
    assert len(questions) == 4 < of_the_scan
    assert (receipt.finished_at - receipt.at).total_seconds() < 5
