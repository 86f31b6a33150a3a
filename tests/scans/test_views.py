"""Starting a scan from the browser and watching it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Finding
from secdash.scans import services
from secdash.scans.models import Scan
from tests.cast import signed_in
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return a_host("web-01", at=timezone.now())


def scan_now(host, **data):
    return signed_in(Role.OPERATOR).post(reverse("scan-now", args=[host.slug]), data)


def test_it_leads_to_the_host(host):
    assert scan_now(host).url == host.get_absolute_url()
    assert Scan.objects.get().requested_by.role == Role.OPERATOR


def test_it_leads_back_to_the_page_that_asked(host):
    assert scan_now(host, next="/findings/7/").url == "/findings/7/"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_it_never_leads_elsewhere(host, elsewhere):
    assert scan_now(host, next=elsewhere).url == host.get_absolute_url()


def test_a_finding_shows_the_scan_that_is_to_judge_it_again(host):
    first = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    services.run(first.pk)
    finding = Finding.objects.open().first()
    scan_now(host)

    page = signed_in().get(finding.get_absolute_url()).content.decode()

    assert reverse("scan-progress", args=[Scan.objects.latest("pk").pk]) in page


def test_the_fragment_asks_again_while_the_scan_is_under_way_and_reloads_the_page_once(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    url = reverse("scan-progress", args=[scan.pk])

    waiting = signed_in().get(url)
    services.run(scan.pk)
    over = signed_in().get(url)

    assert "every 1s" in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    assert "every 1s" not in over.content.decode()
    assert over["HX-Refresh"] == "true"


def test_a_host_that_waits_for_its_first_scan_asks_again_by_itself(host):
    page = signed_in().get(host.get_absolute_url()).content.decode()

    assert "every 2s" in page
