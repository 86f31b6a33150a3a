"""What changed between two scans, read and judged alone: findings, tally, score and the reasons of the score."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks.engine import judge
from secdash.facts.thing import Thing
from secdash.findings.models import Finding, Transition
from secdash.fleet.models import Connection, Host
from secdash.scans import asking_again, glances, moves, services, snapshots
from secdash.scans.glances import Came, look
from secdash.scans.models import PostureDay, Scan, Snapshot
from secdash.scans.recording_glances import record
from secdash.scans.remembering import Memory
from secdash.scans.tallied import tally
from tests.cast import a_member
from tests.engine.replaying_server import recorded_routes, replaying
from tests.fleet.hosts import a_host
from tests.knowledge.articles import a_published_article

pytestmark = pytest.mark.django_db

CHECK = "no-memory-limit"
MEMORY = Memory()


@pytest.fixture
def engine():
    """Two containers and their image."""
    routes = recorded_routes()
    few = [line for line in routes["/containers/json"] if not line["Labels"]][:2]
    used = [image for image in routes["/images/json"] if image["Id"] in {line["ImageID"] for line in few}]
    with replaying({**routes, "/containers/json": few, "/images/json": used}) as server:
        yield server


@pytest.fixture
def host(engine):
    host = a_host(kind=Connection.Kind.UNIX, address=engine.url.removeprefix("unix://"), at=timezone.now())
    Host.objects.filter(pk=host.pk).update(file_reading=Host.Files.NONE)
    scan(host)
    return host


def scan(host):
    services.run(Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now()).pk)


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """As a watcher has it, from one glance to the next."""
    monkeypatch.setitem(globals(), "MEMORY", Memory())


def seen(host, *wanted, kind="container"):
    known = glances.known([host.pk], MEMORY)[host.pk]
    things = {Thing(kind, id_) for id_ in wanted}
    return known if isinstance(known, Came) else look(known, things, began=timezone.now())


def glance(host, *wanted, kind="container"):
    found = seen(host, *wanted, kind=kind)
    return found if isinstance(found, Came) else written(found)


def written(found):
    return record([found], MEMORY, at=timezone.now())[0]


def another(engine, name="newcomer", **host_config):
    """One more container, like the first but for its name and options."""
    first = engine.routes["/containers/json"][0]
    id_ = (name.encode().hex() + "0" * 64)[:64]
    inspect = engine.routes[f"/containers/{first['Id']}/json"]
    options = {**inspect["HostConfig"], **host_config}
    engine.routes[f"/containers/{id_}/json"] = {**inspect, "Id": id_, "Name": f"/{name}", "HostConfig": options}
    engine.routes[f"/containers/{id_}/top"] = engine.routes[f"/containers/{first['Id']}/top"]
    engine.routes["/containers/json"] = [
        *engine.routes["/containers/json"],
        {**first, "Id": id_, "Names": [f"/{name}"]},
    ]
    return id_


def without(engine, id_):
    engine.routes["/containers/json"] = [line for line in engine.routes["/containers/json"] if line["Id"] != id_]


def change(engine, id_, **host_config):
    inspect = engine.routes[f"/containers/{id_}/json"]
    engine.routes[f"/containers/{id_}/json"] = {**inspect, "HostConfig": {**inspect["HostConfig"], **host_config}}


def newest():
    return Scan.objects.filter(state="done").newest_first()[0]


def adds_up(host):
    """The tally is that of the snapshot judged whole, and the day's moves are the difference of the scores."""
    done = Scan.objects.filter(host=host, state="done")
    scan, first = done.newest_first()[0], done.order_by("pk")[0]
    assert scan.tally == tally(judge(snapshots.facts_of(scan.snapshot)))
    day = PostureDay.objects.get(host=host)
    assert (day.score, moves.total(day.moves)) == (scan.score, scan.score - first.score)
    return scan


def test_a_new_container_is_judged_without_a_scan(engine, host):
    before = set(Finding.objects.values_list("pk", flat=True))
    id_ = another(engine, Privileged=True, Memory=0)

    assert glance(host, id_) is Came.RECORDED

    found = Finding.objects.exclude(pk__in=before)
    assert {(each.subject_kind, each.subject_key) for each in found} == {("container", "newcomer")}
    assert {"privileged-container", CHECK} <= {each.check_name for each in found.open()}
    live = adds_up(host)
    assert (live.trigger, live.containers) == (Scan.Trigger.LIVE, 3)
    assert set(Transition.objects.filter(finding__in=found).values_list("scan", "why")) == {(live.pk, "seen")}
    assert PostureDay.objects.get().moves.keys() <= {moves.NEW}


def test_only_what_changed_is_asked(engine, host):
    id_ = another(engine)
    engine.requests.clear()

    glance(host, id_)

    asked = {path for _method, path in engine.requests}
    ends = engine.routes[f"/containers/{id_}/json"]["NetworkSettings"]["Networks"].values()
    its_own = {path for path in asked if id_ in path}
    assert asked == {"/containers/json", *its_own, *(f"/networks/{end['NetworkID']}" for end in ends)}
    assert f"/containers/{id_}/json" in its_own
    assert {method for method, _path in engine.requests} == {"GET"}


def test_a_container_that_is_gone_takes_its_findings_along(engine, host):
    id_ = another(engine, Privileged=True)
    glance(host, id_)
    without(engine, id_)

    assert glance(host) is Came.RECORDED

    assert set(Finding.objects.filter(subject_key="newcomer").values_list("state", flat=True)) == {"resolved"}
    assert set(Transition.objects.filter(scan=newest()).values_list("why", flat=True)) == {"gone"}
    adds_up(host)


def test_an_unreadable_listing_takes_nothing_for_gone(engine, host):
    before = list(Finding.objects.order_by("pk").values())
    engine.routes["/containers/json"] = {"message": "a proxy that says nothing"}

    assert glance(host) is Came.WHOLE

    assert list(Finding.objects.order_by("pk").values()) == before


def test_a_container_that_was_updated_is_judged_again(engine, host):
    id_ = engine.routes["/containers/json"][0]["Id"]
    change(engine, id_, Memory=0)
    glance(host, id_)
    change(engine, id_, Memory=1 << 29)

    assert glance(host, id_) is Came.RECORDED

    mended = Finding.objects.get(check_name=CHECK, transitions__scan=newest())
    assert mended.state == "resolved"
    assert "fixed" in set(mended.transitions.values_list("why", flat=True))
    adds_up(host)


def test_what_the_listing_itself_shows_is_read_though_nobody_told_of_it(engine, host):
    another(engine)

    assert glance(host) is Came.RECORDED

    assert Finding.objects.filter(subject_key="newcomer").exists()


def test_an_image_that_came_with_a_container_is_judged_with_it(engine, host):
    image = engine.routes["/images/json"][0]
    inspect = engine.routes[f"/images/{image['Id']}/json"]
    id_ = another(engine)
    new = "sha256:" + "ab" * 32
    tags = ["fresh:latest"]
    container = engine.routes[f"/containers/{id_}/json"]
    engine.routes[f"/containers/{id_}/json"] = {**container, "Image": new}
    engine.routes[f"/images/{new}/json"] = {**inspect, "Id": new, "RepoTags": tags}
    engine.routes[f"/images/{new}/history"] = engine.routes[f"/images/{image['Id']}/history"]
    engine.routes["/images/json"] = [*engine.routes["/images/json"], {**image, "Id": new, "RepoTags": tags}]

    assert glance(host, id_) is Came.RECORDED

    assert Finding.objects.filter(subject_kind="image", subject_key="fresh:latest").exists()
    adds_up(host)


def test_nothing_is_written_where_nothing_changed(engine, host):
    id_ = engine.routes["/containers/json"][0]["Id"]

    assert glance(host, id_) is Came.NOTHING

    assert Scan.objects.count() == 1


def test_a_scan_after_it_finds_nothing_new_and_is_the_newer(engine, host):
    id_ = another(engine, Privileged=True)
    asked_before = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    glance(host, id_)
    moved = PostureDay.objects.get().moves

    services.run(asked_before.pk)

    assert newest().pk == asked_before.pk
    assert not Transition.objects.filter(scan=asked_before).exists()
    assert PostureDay.objects.get().moves == moved


def test_a_scan_that_runs_goes_first(engine, host):
    id_ = another(engine)
    running = Scan.objects.create(host=host, trigger="manual", state="running", attempts=1, created_at=timezone.now())

    assert glance(host, id_) is Came.LATER

    assert not Finding.objects.filter(subject_key="newcomer").exists()
    running.delete()
    assert glance(host, id_) is Came.RECORDED


def test_two_glances_at_once_do_not_undo_each_other(engine, host):
    one, other = another(engine, "one"), another(engine, "other")
    first, second = seen(host, one), seen(host, other)

    assert written(first) is Came.RECORDED
    assert written(second) is Came.LATER


def test_another_catalogue_is_left_to_a_scan(engine, host):
    Scan.objects.update(catalogue_version="older")
    id_ = another(engine)

    assert glance(host, id_) is Came.WHOLE


def test_a_host_that_was_never_scanned_is_left_to_a_scan(engine, host):
    Scan.objects.all().delete()

    assert glance(host) is Came.WHOLE


def test_more_than_a_scan_is_worth_is_left_to_a_scan(engine, host, monkeypatch):
    monkeypatch.setattr(glances.facts, "MOST", 2)
    for name in ("one", "two", "three"):
        another(engine, name)

    assert glance(host) is Came.WHOLE


def test_what_was_checked_again_is_not_counted_twice(engine, host):
    for language in ("en", "fr"):
        a_published_article(f"## Memory {{#memory}}\n\n::: check {CHECK}\n", language=language)
    id_ = another(engine, Memory=0)
    glance(host, id_)
    change(engine, id_, Memory=1 << 29)
    finding = Finding.objects.get(check_name=CHECK, subject_key="newcomer")
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    asking_again.run(receipt.pk)

    assert glance(host, id_) is Came.RECORDED

    adds_up(host)


def test_the_glances_of_a_day_keep_one_snapshot(engine, host):
    for name in ("one", "two", "three"):
        glance(host, another(engine, name))

    live = Scan.objects.filter(trigger=Scan.Trigger.LIVE).order_by("pk")
    assert [bool(each.snapshot_id and each.tally) for each in live] == [False, False, True]
    assert all(each.score is not None for each in live)
    assert Snapshot.objects.count() == 2


def test_the_last_glance_of_yesterday_keeps_what_it_saw(engine, host):
    glance(host, another(engine, "one"))
    yesterday = timezone.now() - timedelta(days=1)
    Scan.objects.filter(trigger=Scan.Trigger.LIVE).update(finished_at=yesterday)

    glance(host, another(engine, "two"))

    assert all(each.snapshot_id for each in Scan.objects.all())


# --- networks and volumes -------------------------------------------------------------------------------------------


def join(engine, id_, network, name):
    """Attach the container, as the Engine shows it: in its own answer, and in that of the network."""
    inspect = engine.routes[f"/containers/{id_}/json"]
    ends = {**inspect["NetworkSettings"]["Networks"], name: {"NetworkID": network}}
    settings = {**inspect["NetworkSettings"], "Networks": ends}
    engine.routes[f"/containers/{id_}/json"] = {**inspect, "NetworkSettings": settings}
    there = engine.routes[f"/networks/{network}"]
    engine.routes[f"/networks/{network}"] = {**there, "Containers": {**(there["Containers"] or {}), id_: {}}}


def networks():
    return {each.name: each for each in snapshots.facts_of(newest().snapshot).networks}


def a_network(engine, name="joined"):
    """A network that no scan has seen."""
    id_ = (name.encode().hex() + "0" * 64)[:64]
    first = engine.routes["/networks"][0]
    engine.routes["/networks"] = [*engine.routes["/networks"], {**first, "Id": id_, "Name": name}]
    engine.routes[f"/networks/{id_}"] = {**engine.routes[f"/networks/{first['Id']}"], "Id": id_, "Name": name}
    return id_


def test_a_container_that_joins_a_network_is_on_it_at_once(engine, host):
    id_ = engine.routes["/containers/json"][0]["Id"]
    network = next(each for each in networks().values() if id_ not in each.containers)
    join(engine, id_, network.id, network.name)

    assert glance(host, id_) is Came.RECORDED

    assert id_ in networks()[network.name].containers
    adds_up(host)


def test_a_network_that_is_new_is_judged_and_one_that_is_gone_goes(engine, host):
    network = a_network(engine)
    join(engine, engine.routes["/containers/json"][0]["Id"], network, "joined")

    assert glance(host, network, kind="network") is Came.RECORDED
    assert "joined" in networks()
    adds_up(host)

    engine.routes["/networks"] = [line for line in engine.routes["/networks"] if line["Id"] != network]
    del engine.routes[f"/networks/{network}"]
    assert glance(host, network, kind="network") is Came.RECORDED
    assert "joined" not in networks()
    adds_up(host)


def test_a_volume_that_is_new_is_judged(engine, host):
    volumes = engine.routes["/volumes"]
    new = {"Name": "fresh", "Driver": "local", "Mountpoint": "/var/lib/docker/volumes/fresh/_data", "Options": None}
    engine.routes["/volumes"] = {**volumes, "Volumes": [*(volumes["Volumes"] or []), new]}

    assert glance(host, "fresh", kind="volume") is Came.RECORDED

    assert "fresh" in {each.name for each in snapshots.facts_of(newest().snapshot).volumes}
    adds_up(host)


def test_networks_that_cannot_be_listed_any_more_are_left_to_a_scan(engine, host):
    engine.routes["/networks"] = {"message": "a proxy that says nothing"}

    assert glance(host, "ab" * 32, kind="network") is Came.WHOLE


# --- several hosts at once ------------------------------------------------------------------------------------------


def test_glances_of_several_hosts_are_written_together_and_one_that_lost_to_a_scan_is_not(
    engine, host, django_assert_max_num_queries
):
    address = engine.url.removeprefix("unix://")
    others = [a_host(f"web-{n}", kind=Connection.Kind.UNIX, address=address, at=timezone.now()) for n in range(2, 6)]
    Host.objects.update(file_reading=Host.Files.NONE)
    for each in others:
        scan(each)
    alone = record_queries([seen(host, another(engine, "alone", Privileged=True))])
    id_ = another(engine, "newcomer", Privileged=True)
    found = [seen(each, id_) for each in (host, *others)]
    late = Scan.objects.create(
        host=others[-1], trigger="manual", state="running", attempts=1, created_at=timezone.now()
    )

    with django_assert_max_num_queries(alone + 4):
        came = record(found, MEMORY, at=timezone.now())

    assert came == [Came.RECORDED] * 4 + [Came.LATER]
    privileged = Finding.objects.filter(check_name="privileged-container", subject_key="newcomer")
    assert set(privileged.values_list("host", flat=True)) == {host.pk, *(each.pk for each in others[:-1])}
    late.delete()
    for each in (host, *others[:-1]):
        adds_up(each)


def record_queries(found):
    with CaptureQueriesContext(connection) as queries:
        assert record(found, MEMORY, at=timezone.now()) == [Came.RECORDED]
    return len(queries)
