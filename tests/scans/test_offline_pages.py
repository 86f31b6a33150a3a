"""The page of an offline host: what to run, where to bring it, and what is wrong with what was brought."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api.models import Scope
from secdash.audit.models import AuditEntry
from secdash.facts.model import dump
from secdash.facts.offline import envelope
from secdash.fleet import uploading
from secdash.fleet.models import Host
from secdash.scans.models import Scan
from tests.api.world import a_program
from tests.build import a_snapshot
from tests.cast import signed_in
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db

PAGE = "/hosts/island/snapshots/"


@pytest.fixture
def island():
    return uploading.register("island", at=timezone.now())


@pytest.fixture
def operator():
    return signed_in(Role.OPERATOR)


def a_file(key):
    data = envelope.closed(dump(a_snapshot()), key, at=timezone.now(), version="0.1.0")
    return {"file": SimpleUploadedFile("snapshot.sds", data)}


def test_what_is_uploaded_is_queued(island, operator):
    response = operator.post(PAGE, a_file(uploading.key_of(island)))

    assert response.headers["Location"] == "/hosts/island/"
    scan = Scan.objects.get(host=island)
    assert (scan.trigger, scan.requested_by) == ("upload", response.wsgi_request.user)
    assert "collected" in operator.get(PAGE).content.decode()


def test_what_is_wrong_with_it_is_said_beside_the_field(island, operator):
    response = operator.post(PAGE, a_file(envelope.new_key()))

    assert response.status_code == 422
    assert "signed with another key" in response.content.decode()
    assert not Scan.objects.exists()


def test_the_file_has_the_key_only_where_it_is_asked_for_and_that_is_entered(island, operator):
    key = uploading.key_of(island)

    plain = operator.get("/hosts/island/collector/")
    keyed = operator.post("/hosts/island/collector/")

    assert key not in plain.content.decode()
    assert key in keyed.content.decode()
    assert keyed.headers["Cache-Control"] == "no-store"
    assert 'filename="secdash-collect.py"' in keyed.headers["Content-Disposition"]
    entry = AuditEntry.objects.get(act="connection.key_handed_out")
    assert entry.after == {"key": island.connection.address}


def test_no_page_shows_the_key(island, operator):
    key = uploading.key_of(island)

    pages = [operator.get(url).content.decode() for url in (PAGE, "/hosts/island/", "/hosts/island/edit/")]

    assert [page for page in pages if key in page or key[-64:] in page] == []
    assert island.connection.address in pages[0]


def test_a_new_key_is_made_on_the_page(island, operator):
    before = uploading.key_of(island)

    operator.post("/hosts/island/snapshots/key/")

    assert uploading.key_of(Host.objects.get(pk=island.pk)) != before


def test_scan_now_says_what_to_do_instead(island, operator):
    response = operator.post("/hosts/island/scan/", follow=True)

    assert response.request["PATH_INFO"] == PAGE
    assert "Run secdash-collect there" in response.content.decode()
    assert not Scan.objects.exists()


def test_a_host_is_added_that_nobody_reaches(operator):
    said = {"name": "Reef", "group": "Sea", "tags": "far, wet", "interval": "2880"}

    response = operator.post("/hosts/add/offline/", said)

    host = Host.objects.get()
    assert response.headers["Location"] == "/hosts/reef/snapshots/"
    assert (host.is_offline, host.group.name, host.interval, host.scan_due_at) == (True, "Sea", 2880, None)
    assert uploading.key_of(host)
    assert operator.post("/hosts/add/offline/", said).status_code == 422


def test_a_program_uploads_with_a_token_of_that_scope(island):
    program = a_program(Role.OPERATOR, Scope.UPLOAD)
    address = "/api/v1/hosts/island/snapshots"
    sent = a_file(uploading.key_of(island))["file"].read()

    answers = [program.post(address, {"file": SimpleUploadedFile("a", sent)}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 422]
    assert answers[0].json()["trigger"] == "upload"
    assert "is here already" in answers[1].json()["errors"][0]["message"]


def test_a_host_that_is_reached_has_no_such_page(operator):
    a_host("web-01")

    assert operator.get("/hosts/web-01/snapshots/").status_code == 404
    assert operator.post("/hosts/web-01/collector/").status_code == 404
