"""From a registered host to its facts: how its own files are read is the host's setting."""

from __future__ import annotations

import pytest
from django.utils import timezone

from secdash.facts.files.reading import LOCAL, NONE, Way
from secdash.facts.helper import LABEL
from secdash.facts.model import HostFacts
from secdash.fleet.models import Host
from secdash.posture.management.commands.scan import _way
from secdash.posture.report.look import look_at
from secdash.scans.collecting import owner_of, way_of
from secdash.scans.models import Scan
from secdash.scans.services import run
from secdash.scans.snapshots import facts_of
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db


def scanned(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    run(scan.pk)
    return facts_of(Scan.objects.select_related("snapshot").get(pk=scan.pk).snapshot)


@pytest.mark.engine
@pytest.mark.parametrize("way", ["local", "archive"])
def test_a_scan_brings_what_the_chosen_way_sees(dockerd, way):
    host = a_host(kind="unix", address=str(dockerd.socket), file_reading=way)

    facts = scanned(host).host

    assert isinstance(facts, HostFacts)
    assert facts.source == way
    assert dockerd.get("/containers/json?all=1") == []


@pytest.mark.engine
@pytest.mark.parametrize("ways", [("archive", "none"), ("none", "archive")])
def test_either_reader_removes_what_a_dead_worker_of_this_host_left(dockerd, ways):
    host = a_host(kind="unix", address=str(dockerd.socket), file_reading=ways[0])
    Host.objects.filter(pk=host.pk).update(image_reading=ways[1])
    dockerd.docker("create", "--label", f"{LABEL}={owner_of(host)}", "bb:1", "sh")
    others = dockerd.docker("create", "--label", f"{LABEL}=somebody-else", "bb:1", "sh")
    try:
        scanned(host)
        assert [container["Id"] for container in dockerd.get("/containers/json?all=1")] == [others]
    finally:
        dockerd.docker("rm", others)


@pytest.mark.engine
def test_a_host_whose_files_nobody_wants_read_says_so(dockerd):
    host = a_host(kind="unix", address=str(dockerd.socket), file_reading="none")

    assert "choose in the settings" in str(scanned(host).host.why)


@pytest.mark.engine
def test_an_unchanged_host_gives_an_unchanged_snapshot(dockerd):
    host = a_host(kind="unix", address=str(dockerd.socket))

    assert scanned(host) == scanned(host)
    assert host.snapshots.count() == 1


def test_a_sample_host_has_files_of_its_own_and_none_of_this_machine():
    found = scanned(a_host("web-01", at=timezone.now())).host

    assert found.unread == ()
    assert found.mount_points in (("/",), ("/", "/var/lib/docker"))
    assert found.docker_group in ((), ("deploy",))


def test_each_host_has_an_owner_of_its_own_that_stays(settings):
    first, second = (a_host(name, kind="unix", address="/run/docker.sock") for name in ("web-01", "web-02"))
    settings.HOST_ROOT = "/host"

    way = way_of(first)

    assert (way.kind, way.prefix) == ("local", "/host")
    assert way.owner == way_of(first).owner != way_of(second).owner
    settings.SECRET_KEY = "another"
    assert way.owner != way_of(first).owner


@pytest.mark.parametrize(
    ("options", "way"),
    [
        ({"no_host_files": False, "host_root": None}, Way(LOCAL, "/")),
        ({"no_host_files": False, "host_root": "/host"}, Way(LOCAL, "/host")),
        ({"no_host_files": True, "host_root": "/host"}, Way(NONE, "/host")),
    ],
)
def test_the_command_line_reads_this_machines_files_unless_told_not_to(options, way):
    assert _way(options) == way


@pytest.mark.engine
def test_one_look_brings_them_too(dockerd):
    look = look_at(dockerd.url, only=["no-memory-limit"], progress=lambda *_: None, deadline=60, files=Way(LOCAL))

    assert look.facts.host.source == "local"
