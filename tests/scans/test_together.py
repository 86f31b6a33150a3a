"""Several due hosts in one task: each scan ends as it would in a task of its own, whatever happens to the others."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.findings.models import Transition
from secdash.fleet.models import Connection, Host
from secdash.scans import moving, services, ticking, together, unchanged
from secdash.scans.models import Scan
from tests.engine.recordings import recorded
from tests.engine.replaying_server import InTurn, Silence, recorded_routes, replaying
from tests.fleet.hosts import NOON, a_host
from tests.queueing import sent

pytestmark = pytest.mark.django_db
ID = recorded("docker/inspect_c01_default.json")["Id"]
NAMES = ("web-01", "web-02", "db-01")


@pytest.fixture
def engines():
    """By host's name; each host was scanned once, today."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(replaying(recorded_routes())) for name in NAMES}
        for name, engine in found.items():
            host = a_host(name, file_reading="none")
            address = engine.url.removeprefix("unix://")
            Connection.objects.filter(host=host).update(kind="unix", address=address)
            services.run(a_scan(host).pk)
            engine.requests.clear()
        assert Scan.objects.filter(state=Scan.State.DONE).count() == len(NAMES)
        yield found


@pytest.fixture
def scans(engines):
    """One queued for each host, by its name."""
    return {host.name: a_scan(host) for host in Host.objects.order_by("pk")}


def a_scan(host):
    return Scan.objects.create(host=host, trigger=Scan.Trigger.SCHEDULE, created_at=timezone.now())


def run(scans):
    """All of them in one task; their states afterwards, by host's name."""
    together.run([scan.pk for scan in scans.values()])
    return states(scans)


def states(scans):
    for scan in scans.values():
        scan.refresh_from_db()
    return {name: str(scan.state) for name, scan in scans.items()}


def was_judged(scan):
    return "judging" in scan.timings


ALL_DONE = dict.fromkeys(NAMES, "done")


def test_hosts_that_are_as_they_were_are_closed_as_they_were(scans):
    before = {scan.host_id: scan for scan in Scan.objects.filter(state=Scan.State.DONE)}

    assert run(scans) == ALL_DONE

    for scan in scans.values():
        assert not was_judged(scan)
        last = before[scan.host_id]
        assert (scan.tally, scan.score, scan.sight) == (last.tally, last.score, last.sight)
        assert (scan.attempts, scan.lease_until) == (1, None)
        assert Host.objects.get(pk=scan.host_id).seen_at == scan.finished_at
    assert sent() == []


def test_as_many_statements_close_three_as_one(scans):
    counts = []
    for names in (NAMES[:1], NAMES[1:]):
        with CaptureQueriesContext(connection) as queries:
            run({name: scans[name] for name in names})
        counts.append(len(queries) - len(names))  # that ask how it ended

    assert counts[0] == counts[1]


def change(engine):
    path = f"/containers/{ID}/json"
    inspect = engine.routes[path]
    engine.routes[path] = {**inspect, "HostConfig": {**inspect["HostConfig"], "PidsLimit": 7}}


def test_one_that_changed_is_judged_and_read_once(scans, engines):
    change(engines["web-02"])

    assert run(scans) == ALL_DONE

    assert [name for name in NAMES if was_judged(scans[name])] == ["web-02"]
    assert Transition.objects.filter(scan=scans["web-02"], why="fixed").exists()
    assert engines["web-02"].requests.count(("GET", "/info")) == 1
    assert sent() == []


def recorded_of(name):
    """What stands of that host, without ids and times."""
    host = Host.objects.get(name=name)
    columns = ("check_name", "subject_kind", "subject_key", "state", "severity", "reason", "evidence")
    findings = list(host.findings.order_by(*columns[:3]).values(*columns))
    moved = ("finding__check_name", "finding__subject_key", "was", "now", "why")
    steps = list(Transition.objects.filter(finding__host=host).order_by(*moved).values_list(*moved))
    days = host.days.values("score", "assessed", "passed", "failed", "opened", "resolved", "moves", "moved").get()
    scan = host.scans.newest_first().first()
    told = [getattr(scan, column) for column in ("statuses", "tally", "score", "containers", "engine_version", "stage")]
    return findings, steps, days, told, scan.snapshot.digest


def test_several_that_changed_are_recorded_as_each_is_by_itself(scans, engines):
    for engine in engines.values():
        change(engine)
    services.run(scans.pop("db-01").pk)
    run(scans)
    alone, *together_ = (recorded_of(name) for name in ("db-01", "web-01", "web-02"))

    assert [step for step in alone[1] if step[-1] == "fixed"]
    assert together_ == [alone, alone]
    assert all(was_judged(scan) for scan in scans.values())


def test_as_many_statements_record_two_as_one(scans, engines):
    counts = []
    for engine in engines.values():
        change(engine)
    for names in (NAMES[:1], NAMES[1:]):
        with CaptureQueriesContext(connection) as queries:
            run({name: scans[name] for name in names})
        of_one_row = [query for query in queries if query["sql"].startswith("UPDATE") and " IN (" not in query["sql"]]
        counts.append(len(queries) - len(names) - len(of_one_row))  # SQLite rewrites row by row

    assert counts[1] <= counts[0]


def test_where_one_of_several_cannot_be_recorded_the_others_are(scans, engines, monkeypatch):
    for engine in engines.values():
        change(engine)
    moved = moving.moved

    def stumbling(before, scan, *rest):
        return 1 / 0 if scan.pk == scans["web-02"].pk else moved(before, scan, *rest)

    monkeypatch.setattr(moving, "moved", stumbling)

    assert run(scans) == {**ALL_DONE, "web-02": "failed"}
    assert "ZeroDivisionError" in str(scans["web-02"].failure)
    assert not Transition.objects.filter(scan=scans["web-02"]).exists()
    assert Transition.objects.filter(scan=scans["db-01"], why="fixed").exists()


def test_one_that_cannot_be_reached_fails_alone(scans, tmp_path):
    Connection.objects.filter(host__name="web-02").update(address=str(tmp_path / "none.sock"))

    assert run(scans) == {**ALL_DONE, "web-02": "failed"}

    assert "none.sock" in str(scans["web-02"].failure)
    assert Host.objects.get(name="web-02").state == Host.State.UNREACHABLE
    assert Host.objects.get(name="db-01").state == Host.State.REACHABLE


def test_one_that_makes_us_stumble_fails_alone(scans, monkeypatch):
    mark_of = unchanged.mark_of

    def stumbling(host, answers):
        return 1 / 0 if host.name == "web-02" else mark_of(host, answers)

    monkeypatch.setattr(unchanged, "mark_of", stumbling)

    assert run(scans) == {**ALL_DONE, "web-02": "failed"}
    assert "ZeroDivisionError" in str(scans["web-02"].failure)


def test_one_that_keeps_it_waiting_is_sent_by_itself_and_so_is_what_comes_after_it(scans, engines):
    engines["web-02"].routes["/info"] = InTurn((Silence(30), recorded("docker/info.json")))

    assert run(scans) == {"web-01": "done", "web-02": "queued", "db-01": "queued"}

    assert sent() == [scans["web-02"].pk, scans["db-01"].pk]
    assert [(scan.attempts, scan.lease_until) for scan in scans.values()] == [(1, None), (0, None), (0, None)]
    assert not engines["db-01"].requests
    for name in ("web-02", "db-01"):
        services.run(scans[name].pk)
    assert states(scans) == ALL_DONE
    assert {scan.attempts for scan in scans.values()} == {1}


def test_what_was_deleted_since_it_was_sent_is_left_quietly(scans):
    Host.objects.get(name="web-02").delete()
    gone = scans.pop("web-02")
    together.run([scans["web-01"].pk, gone.pk, scans["db-01"].pk])

    assert states(scans) == dict.fromkeys(scans, "done")
    assert sent() == []


def test_a_host_that_nobody_connects_to_any_more_is_sent_by_itself(scans):
    Connection.objects.filter(host__name="web-02").update(kind="offline", address="")

    assert run(scans) == {**ALL_DONE, "web-02": "queued"}

    assert sent() == [scans["web-02"].pk]
    assert scans["web-02"].attempts == 0


def test_one_that_was_claimed_otherwise_is_left(scans):
    claimed = services.claim(scans["web-02"].pk, at=timezone.now())

    assert run(scans) == {**ALL_DONE, "web-02": "running"}

    assert scans["web-02"].attempts == claimed.attempts == 1
    together.hand_on([scans["web-01"]])
    assert states(scans)["web-01"] == "done"
    assert sent() == []


def test_whoever_asks_for_a_scan_by_hand_gets_the_one_that_is_in_the_group(scans):
    asked = services.queued(scans["web-02"].host, trigger=Scan.Trigger.MANUAL, at=timezone.now())

    assert asked == scans["web-02"]
    assert run(scans) == ALL_DONE
    services.run(asked.pk)
    assert Scan.objects.filter(host=asked.host).count() == 2


def test_one_of_which_people_said_something_meanwhile_is_judged_in_a_task_of_its_own(scans):
    finding = scans["web-02"].host.findings.first()
    finding.__class__.objects.filter(pk=finding.pk).update(changed_at=timezone.now())

    assert run(scans) == {**ALL_DONE, "web-02": "queued"}

    assert sent() == [scans["web-02"].pk]
    services.run(scans["web-02"].pk)
    assert states(scans) == ALL_DONE
    assert was_judged(scans["web-02"])


def many(number=together.MANY):
    """Due hosts whose last scans took no time."""
    hosts = [a_host(f"host-{n:02}", file_reading="none") for n in range(number)]
    for host in hosts:
        scanned(host)
    return hosts


def scanned(host, **fields):
    fields = {"state": "done", "timings": {"connecting": 1, "reading": 20}, "trigger": "schedule", **fields}
    Scan.objects.create(host=host, created_at=NOON, finished_at=NOON, **fields)


def claimed(on_commit):
    """What the tick sent: ids of scans, or lists of them."""
    with on_commit(execute=True):
        ticking.claim_due(at=NOON)
    return sent()


def test_the_tick_sends_many_in_groups(django_capture_on_commit_callbacks):
    hosts = many()
    found = claimed(django_capture_on_commit_callbacks)

    assert [len(group) for group in found] == [together.A_GROUP] * (len(hosts) // together.A_GROUP)
    waiting = Scan.objects.filter(state=Scan.State.QUEUED).order_by("pk").values_list("pk", flat=True)
    assert [pk for group in found for pk in group] == list(waiting)


def test_the_tick_sends_few_one_by_one(django_capture_on_commit_callbacks):
    hosts = many(together.MANY - 1)

    assert [type(each) for each in claimed(django_capture_on_commit_callbacks)] == [int] * len(hosts)


def test_what_was_slow_or_failed_or_was_never_scanned_is_sent_by_itself(django_capture_on_commit_callbacks):
    slow, failing, *_rest = many()
    a_host("new")
    scanned(slow, timings={"connecting": 10, "reading": 2000})
    scanned(failing, state="failed", timings={})
    found = claimed(django_capture_on_commit_callbacks)

    alone = Scan.objects.filter(pk__in=[each for each in found if isinstance(each, int)])
    assert set(alone.values_list("host__name", flat=True)) == {slow.name, failing.name, "new"}
    assert sum(len(each) for each in found if isinstance(each, list)) == together.MANY - 2


def test_a_queue_that_holds_groups_is_not_made_longer(django_capture_on_commit_callbacks):
    many()
    before = claimed(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        for group in before:
            together._send(group)
        ticking.resend(at=timezone.now())

    assert sent() == before


def test_where_the_queue_lost_a_group_its_scans_are_sent_again(django_capture_on_commit_callbacks):
    many()
    [*before, lost] = claimed(django_capture_on_commit_callbacks)
    assert len(before) == together.MANY // together.A_GROUP - 1
    ticking.resend(at=timezone.now())

    assert set(lost) <= set(sent())
