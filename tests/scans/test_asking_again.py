"""*Check again* from request to receipt, on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks import CATALOGUE
from secdash.findings.models import Finding, Receipt, Transition
from secdash.fleet.models import Connection, Host
from secdash.scans import asking_again, services
from secdash.scans.models import PostureDay, Scan
from secdash.scans.narrowing import Asked, look_again
from secdash.scans.tasks import ask_again, run_scan
from tests.cast import a_member
from tests.engine.replaying_server import recorded_routes, replaying
from tests.fleet.hosts import a_host
from tests.knowledge.articles import a_published_article
from tests.queueing import broker, sent

pytestmark = pytest.mark.django_db

CHECK = "no-memory-limit"


@pytest.fixture
def engine():
    """A small one: two containers and no image, so that its scan takes a moment only."""
    routes = recorded_routes()
    few = [line for line in routes["/containers/json"] if not line["Labels"]][:2]
    with replaying({**routes, "/containers/json": few, "/images/json": []}) as server:
        yield server


@pytest.fixture
def finding(engine):
    """A container without a memory limit, as a scan found it."""
    host = a_host(kind=Connection.Kind.UNIX, address=engine.url.removeprefix("unix://"), at=timezone.now())
    Host.objects.filter(pk=host.pk).update(file_reading=Host.Files.NONE)
    services.run(Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now()).pk)
    return Finding.objects.open().filter(check_name=CHECK, project="")[0]


def its_inspect(engine, finding):
    """Where the Engine answers about the finding's container."""
    return next(
        path
        for path, answer in engine.routes.items()
        if isinstance(answer, dict) and answer.get("Name") == f"/{finding.subject_name}"
    )


def set_memory(engine, finding, bytes_):
    inspect = engine.routes[its_inspect(engine, finding)]
    changed = {**inspect, "HostConfig": {**inspect["HostConfig"], "Memory": bytes_}}
    engine.routes[its_inspect(engine, finding)] = changed


def ask(finding):
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    asking_again.run(receipt.pk)
    receipt.refresh_from_db()
    finding.refresh_from_db()
    return receipt


def test_a_fix_is_verified(engine, finding):
    for language in ("en", "fr"):
        a_published_article(f"## Memory {{#memory}}\n\n::: check {CHECK}\n", language=language)
    set_memory(engine, finding, 1 << 29)

    receipt = ask(finding)

    assert (receipt.state, receipt.status) == (Receipt.State.DONE, "pass")
    assert receipt.before["evidence"] == [["HostConfig.Memory", 0]]
    assert receipt.after["evidence"] == [["HostConfig.Memory", 1 << 29]]
    assert (receipt.before["state"], receipt.after["state"]) == ("open", "resolved")
    assert receipt.revisions == {"en": 1, "fr": 1}
    assert receipt.article == "limits"
    assert finding.state == "resolved"
    move = Transition.objects.filter(finding=finding).latest("pk")
    assert (move.why, move.by, move.scan) == ("fixed", receipt.by, None)
    assert move.lasted is not None


def test_a_verified_fix_is_in_the_tally_and_in_the_day(engine, finding):
    scan, day = Scan.objects.get(), PostureDay.objects.get()
    passed, failed, *rest = scan.tally[CHECK]
    set_memory(engine, finding, 1 << 29)

    ask(finding)

    now, today = Scan.objects.get(), PostureDay.objects.get()
    assert now.tally[CHECK] == [passed + 1, failed - 1, *rest]
    assert today.score == now.score
    assert today.resolved == day.resolved + 1
    assert (today.passed, today.failed) == (day.passed + 1, day.failed - 1)
    assert today.medium == day.medium - 1


def test_what_still_fails_stays_open_and_other_findings_are_left_alone(finding):
    before = list(Finding.objects.order_by("pk").values())

    receipt = ask(finding)

    assert receipt.status == "fail"
    assert list(Finding.objects.order_by("pk").values()) == before
    assert Transition.objects.filter(finding=finding).count() == 1


def test_new_evidence_of_the_same_fault_is_kept(engine, finding):
    Finding.objects.filter(pk=finding.pk).update(evidence=[["HostConfig.Memory", -1]])
    finding.refresh_from_db()

    receipt = ask(finding)

    assert receipt.before["evidence"] == [["HostConfig.Memory", -1]]
    assert finding.evidence == [["HostConfig.Memory", 0]]
    assert finding.state == "open"


def test_what_came_back_is_opened_again(engine, finding):
    set_memory(engine, finding, 1 << 29)
    ask(finding)
    set_memory(engine, finding, 0)

    assert ask(finding).status == "fail"

    assert finding.state == "open"
    assert Transition.objects.filter(finding=finding).latest("pk").why == "reopened"


def test_a_container_that_was_removed_is_gone(engine, finding):
    removed = engine.routes[its_inspect(engine, finding)]["Id"]
    listed = engine.routes["/containers/json"]
    engine.routes["/containers/json"] = [line for line in listed if line["Id"] != removed]

    receipt = ask(finding)

    assert receipt.status == "not_applicable"
    assert Transition.objects.filter(finding=finding).latest("pk").why == "gone"


def test_a_host_that_does_not_answer_fails_the_receipt_and_leaves_the_finding(engine, finding):
    Connection.objects.filter(host=finding.host).update(address="/nowhere/docker.sock")
    before = Finding.objects.values().get(pk=finding.pk)

    receipt = ask(finding)

    assert receipt.state == Receipt.State.FAILED
    assert "/nowhere/docker.sock" in str(receipt.failure)
    assert Finding.objects.values().get(pk=finding.pk) == before


def test_one_at_a_time_is_asked_about_a_finding(finding, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
        with transaction.atomic():
            second = asking_again.request(finding, by=a_member(Role.ADMINISTRATOR), at=timezone.now())

    assert first == second
    assert sent() == [first.pk]


def test_a_check_that_left_the_catalogue_cannot_be_asked(finding):
    finding.check_name = "of-yesterday"

    with pytest.raises(asking_again.NotAskable, match="does not have the check"):
        asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())


def test_what_was_seen_before_a_scan_changed_the_finding_is_asked_anew(finding):
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    held, began = asking_again.claim(receipt.pk, at=timezone.now()), timezone.now()
    about = Asked(CATALOGUE[CHECK], finding.subject_kind, finding.subject_key)
    again = look_again(finding.host, about, whole_seconds=20, beat=lambda: None)
    Finding.objects.filter(pk=finding.pk).update(state="resolved", changed_at=timezone.now())

    assert not asking_again.record(held, again, began=began, at=timezone.now())

    receipt.refresh_from_db()
    finding.refresh_from_db()
    assert (receipt.state, finding.state) == (Receipt.State.QUEUED, "resolved")


def test_a_worker_that_was_thought_dead_records_nothing(engine, finding, monkeypatch):
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    held = asking_again.claim(receipt.pk, at=timezone.now() - timedelta(minutes=2))
    asking_again.tick(at=timezone.now())
    set_memory(engine, finding, 1 << 29)

    assert not asking_again.fail(held, asking_again.INTERRUPTED, at=timezone.now())
    asking_again.run(receipt.pk)

    receipt.refresh_from_db()
    assert receipt.status == "pass"


def test_a_receipt_whose_workers_die_again_and_again_is_given_up_in_words(finding):
    long_ago = timezone.now() - timedelta(minutes=11)
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=long_ago)
    asking_again.claim(receipt.pk, at=long_ago)

    asking_again.tick(at=timezone.now())

    receipt.refresh_from_db()
    assert (receipt.state, receipt.failure) == (Receipt.State.FAILED, asking_again.INTERRUPTED)


def test_what_lost_its_message_is_sent_again(finding):
    receipt = asking_again.request(finding, by=a_member(Role.OPERATOR), at=timezone.now())
    sent()

    asking_again.tick(at=timezone.now() + timedelta(minutes=1))

    assert sent() == [receipt.pk]


def test_it_overtakes_the_scans_that_wait(redis_url):
    with broker(redis_url):
        run_scan.delay(1)
        run_scan.delay(2)
        ask_again.delay(3)

        assert sent() == [3, 1, 2]
