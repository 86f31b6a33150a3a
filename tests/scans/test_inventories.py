"""The fleet's memory of images' files: one reader an image, one query a scan, no content."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.facts.collect import collect
from secdash.facts.images.inventory import FORMAT
from secdash.facts.images.reading import NOT_YET
from secdash.facts.message import say
from secdash.facts.model import FILES_NOT_READ, Unknown, dump
from secdash.facts.parse import parse
from secdash.findings.models import Finding
from secdash.fleet.models import Connection, Host
from secdash.scans import services, ticking
from secdash.scans.inventories import FORGET_AFTER, LEASE, TRY_AGAIN_AFTER, Inventories, forget_unused, with_image_files
from secdash.scans.models import ImageInventory, Scan, Snapshot
from secdash.scans.snapshots import facts_of
from tests.build import image_files
from tests.engine.archives import a_file, a_tar
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db

MARKER = "MARKER-7c1d"
FILES = image_files()
FAILED = Unknown(say("The archive of this image is damaged."))


def stored(id_="sha256:1", files=FILES):
    store = Inventories()
    assert store.claim(id_)
    store.keep(id_, files)
    return ImageInventory.objects.get(image_id=id_)


def changed(row, **fields):
    ImageInventory.objects.filter(pk=row.pk).update(**fields)


def test_keeps_what_was_read_for_every_host():
    stored("sha256:1")
    stored("sha256:2", FAILED)

    assert Inventories().kept(["sha256:1", "sha256:2", "sha256:3"]) == {"sha256:1": FILES, "sha256:2": FAILED}


def test_one_reader_an_image():
    first, second = Inventories(), Inventories()

    assert first.claim("sha256:1")
    assert not second.claim("sha256:1")
    assert second.kept(["sha256:1"]) == {}
    first.release("sha256:1")
    assert second.claim("sha256:1")
    second.keep("sha256:1", FILES)
    assert not first.claim("sha256:1")


def test_a_reader_that_died_is_succeeded_once_its_lease_is_over():
    store = Inventories()
    store.claim("sha256:1")
    row = ImageInventory.objects.get()
    assert timedelta(0) < row.lease_until - timezone.now() <= LEASE

    changed(row, lease_until=timezone.now() - timedelta(seconds=1))

    assert store.claim("sha256:1")
    assert not store.claim("sha256:1")


def test_what_could_not_be_read_is_tried_again_after_a_week():
    row = stored(files=FAILED)
    changed(row, read_at=timezone.now() - TRY_AGAIN_AFTER + timedelta(minutes=1))
    assert Inventories().kept(["sha256:1"]) == {"sha256:1": FAILED}
    assert not Inventories().claim("sha256:1")

    changed(row, read_at=timezone.now() - TRY_AGAIN_AFTER - timedelta(minutes=1))

    assert Inventories().kept(["sha256:1"]) == {}
    assert Inventories().claim("sha256:1")
    Inventories().keep("sha256:1", FILES)
    assert Inventories().kept(["sha256:1"]) == {"sha256:1": FILES}


def test_what_was_read_never_expires_but_with_its_format():
    row = stored()
    changed(row, read_at=timezone.now() - timedelta(days=4000))
    assert Inventories().kept(["sha256:1"]) == {"sha256:1": FILES}

    changed(row, format=FORMAT - 1)

    assert Inventories().kept(["sha256:1"]) == {}
    assert Inventories().claim("sha256:1")
    forget_unused(at=timezone.now())
    assert [row.format for row in ImageInventory.objects.all()] == [FORMAT]


def test_forgets_images_that_no_scan_has_seen_for_long():
    now = timezone.now()
    used, unused = stored("sha256:1"), stored("sha256:2")
    for row in (used, unused):
        changed(row, seen_at=now - FORGET_AFTER - timedelta(hours=1))
    Inventories().kept(["sha256:1"])

    forget_unused(at=now)

    assert list(ImageInventory.objects.values_list("image_id", flat=True)) == ["sha256:1"]
    changed(used, seen_at=now - FORGET_AFTER + timedelta(minutes=1))
    ticking.tick(at=now)
    assert ImageInventory.objects.count() == 1


def test_knowing_all_images_takes_one_query_whatever_their_number():
    ids = [f"sha256:{number}" for number in range(60)]
    for id_ in ids:
        stored(id_)
    for count in (1, 60):
        with CaptureQueriesContext(connection) as queries:
            assert len(Inventories().kept(ids[:count])) == count
        assert len(queries) == 1


def test_seeing_an_image_is_noted_once_a_day():
    row = stored()
    changed(row, seen_at=timezone.now() - timedelta(days=1, minutes=1))
    for expected in (2, 1):
        with CaptureQueriesContext(connection) as queries:
            Inventories().kept(["sha256:1"])
        assert len(queries) == expected


def test_a_host_without_deep_reading_is_asked_nothing():
    for options in ({"kind": Connection.Kind.UNIX, "address": "/nonexistent/x"}, {}):
        host = a_host(f"host-{len(options)}", **options)
        if not options:
            Host.objects.filter(pk=host.pk).update(image_reading=Host.Images.EXPORT)  # sample hosts have no images
            host.refresh_from_db()
        facts = msgspec.structs.replace(parse_sample(), images=())
        with CaptureQueriesContext(connection) as queries:
            assert with_image_files(host, facts, progress=lambda *_: None) is facts
        assert not [query for query in queries if "imageinventory" in query["sql"].lower()]


def parse_sample():
    from secdash.scans.sample import engine

    return parse(engine.answers(engine.address("web-01", NOON.date()), day=NOON.date()))


# --- whole scans of a real Engine ---------------------------------------------------------------------------------


@pytest.fixture
def leaky(dockerd):
    """An image with secrets of all kinds in it."""
    tar = a_tar(
        a_file("root/.npmrc", f"//r/:_authToken={MARKER}-npm\n".encode()),
        a_file("root/.netrc", f"machine x login y password {MARKER}-netrc\n".encode()),
        a_file("app/.env", f"DB_PASSWORD={MARKER}-env\n".encode()),
        a_file("srv/id_rsa", f"-----BEGIN PRIVATE KEY-----\n{MARKER.replace('-', '+')}{'A' * 40}\n".encode()),
        a_file("etc/shadow", f"root::1::::::\nx:$6${MARKER}:1::::::\n".encode()),
    )
    dockerd.docker("import", "-", "leaky:1", stdin=tar)
    yield "leaky:1"
    dockerd.docker("rmi", "leaky:1")


def scan_of(engine, name, way):
    host = a_host(name, kind=Connection.Kind.UNIX, address=str(engine.socket))
    Host.objects.filter(pk=host.pk).update(image_reading=way)
    return again(host)


def again(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=NOON)
    services.run(scan.pk)
    scan.refresh_from_db()
    assert scan.state == Scan.State.DONE
    return scan


@pytest.mark.engine
@pytest.mark.parametrize("way", ["export", "archive"])
def test_a_scan_finds_what_is_in_images_and_keeps_no_secret(dockerd, leaky, way):
    scan = scan_of(dockerd, "builder", way)

    finding = Finding.objects.get(check_name="secret-file-in-image")
    assert finding.subject_name == leaky
    assert "images" in scan.timings
    assert scan.tally["image-empty-password"][1] == 1
    assert_nowhere_in_database(MARKER, MARKER.replace("-", "+"))


def assert_nowhere_in_database(*markers):
    kept = [dump(facts_of(snapshot)).decode() for snapshot in Snapshot.objects.all()]
    kept += [repr(Inventories().kept([row.image_id])) for row in ImageInventory.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            kept += [repr(row) for row in cursor.fetchall()]
    assert len(kept) > 10
    assert not [text for text in kept if any(marker in text for marker in markers)]


@pytest.mark.engine
def test_a_second_host_with_the_same_images_reads_none_of_them(dockerd, leaky):
    first = scan_of(dockerd, "one", "export")
    rows = list(ImageInventory.objects.values_list("image_id", "read_at"))

    with CaptureQueriesContext(connection) as queries:
        second = scan_of(dockerd, "two", "archive")

    assert list(ImageInventory.objects.values_list("image_id", "read_at")) == rows
    assert len([query for query in queries if "imageinventory" in query["sql"].lower()]) == 1
    assert first.snapshot.digest == second.snapshot.digest


@pytest.mark.engine
def test_an_unchanged_rescan_asks_once_and_keeps_one_snapshot(dockerd, leaky):
    first = scan_of(dockerd, "one", "export")
    with CaptureQueriesContext(connection) as queries:
        second = again(first.host)

    assert len([query for query in queries if "imageinventory" in query["sql"].lower()]) == 1
    assert first.snapshot == second.snapshot


@pytest.mark.engine
def test_turning_it_off_turns_findings_into_not_knowing(dockerd, leaky):
    scan = scan_of(dockerd, "one", "export")
    opened = Finding.objects.open().filter(check_name="secret-file-in-image").count()

    Host.objects.filter(pk=scan.host_id).update(image_reading="none")
    off = again(Host.objects.get(pk=scan.host_id))

    images = facts_of(off.snapshot).images
    assert {image.files for image in images} == {FILES_NOT_READ}
    assert Finding.objects.open().filter(check_name="secret-file-in-image").count() == opened == 1


@pytest.mark.engine
def test_an_image_that_another_scan_reads_is_not_waited_for(dockerd, leaky):
    ids = [image.id for image in parse(collect(dockerd.url)).images]
    for id_ in ids:
        Inventories().claim(id_)

    scan = scan_of(dockerd, "one", "export")

    whys = {str(image.files.why) for image in facts_of(scan.snapshot).images}
    assert whys == {"Another scan is reading this image now; a later one will show what is in it."}
    assert str(NOT_YET.why) not in whys
