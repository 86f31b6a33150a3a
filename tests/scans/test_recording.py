"""What one scan writes: a constant number of rows for a host that did not change, and one life across redeploys."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.checks.engine import judge
from secdash.facts.message import say
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from secdash.findings.models import Finding, State, Transition
from secdash.scans.models import PostureDay, Scan, Snapshot
from secdash.scans.recording import Judged, record
from secdash.scans.sample import engine
from secdash.scans.sample.inspect import container, image
from secdash.scans.sample.plan import Plan
from tests.build import a_snapshot
from tests.fleet.hosts import NOON, a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


def answers_with(*plans):
    """The answers of a simulated Engine that runs these containers."""
    base = engine.answers(engine.address("build-01", NOON.date()), day=NOON.date())
    return msgspec.structs.replace(
        base,
        containers=tuple(container("build-01", plan) for plan in plans),
        images=tuple(image(reference) for reference in sorted({plan.image for plan in plans})),
    )


def some(count):
    return [Plan(name=f"app-{number}", image="app:1", network="apps") for number in range(count)]


def record_facts(host, facts):
    scan = Scan.objects.create(
        host=host, trigger=Scan.Trigger.MANUAL, state=Scan.State.RUNNING, attempts=1, created_at=NOON
    )
    assert record(scan, Judged(facts, list(judge(facts))), timings={}, at=NOON)
    return scan


def rows():
    return {model.__name__: model.objects.count() for model in (Finding, Transition, Snapshot, PostureDay)}


def test_an_unchanged_rescan_writes_a_constant_number_of_rows_whatever_the_size():
    written = []
    for count, name in ((5, "small"), (50, "large")):
        host = a_host(name)
        facts = parse(answers_with(*some(count)))
        record_facts(host, facts)
        before = rows()
        with CaptureQueriesContext(connection) as queries:
            record_facts(host, facts)
        assert rows() == before
        statements = [query["sql"].removeprefix("1 times: ") for query in queries]
        written.append([sql.split()[0] for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))])

    assert written[0] == written[1]
    # The scan's row itself, its closing, the host's day, the host's last sight.
    assert written[0] == ["INSERT", "UPDATE", "UPDATE", "UPDATE"]


def test_a_redeploy_under_the_same_service_neither_closes_nor_doubles_findings():
    host = a_host()
    plan = Plan(name="shop-web-1", image="shop/web:1", project="shop", network="shop")
    record_facts(host, parse(answers_with(plan)))
    before = list(Finding.objects.order_by("pk").values_list("pk", "state", "opened_at"))

    redeployed = answers_with(msgspec.structs.replace(plan, image="shop/web:2"))
    listed = redeployed.containers[0]
    other_id = "f" * 64
    moved = msgspec.structs.replace(
        listed, listed={**listed.listed, "Id": other_id}, inspect={**listed.inspect, "Id": other_id}
    )
    scan = record_facts(host, parse(msgspec.structs.replace(redeployed, containers=(moved,))))

    containers = Finding.objects.filter(subject_kind="container")
    assert {finding.image for finding in containers} == {"shop/web:2"}
    assert set(containers.values_list("pk", "state", "opened_at")) <= set(before)
    assert not Transition.objects.filter(scan=scan, finding__subject_kind="container").exists()


def test_what_is_gone_from_a_complete_listing_is_resolved_as_gone():
    host = a_host()
    record_facts(host, parse(answers_with(*some(2))))
    record_facts(host, parse(answers_with(*some(1))))

    gone = Finding.objects.filter(subject_name="app-1")
    assert set(gone.values_list("state", flat=True)) == {"resolved"}
    assert set(Transition.objects.filter(finding__in=gone, now="resolved").values_list("why", flat=True)) == {"gone"}


def test_a_listing_that_could_not_be_read_resolves_nothing():
    host = a_host()
    facts = parse(answers_with(*some(2)))
    record_facts(host, facts)
    before = Finding.objects.open().count()

    record_facts(host, msgspec.structs.replace(facts, containers=Unknown(say("The Engine answered 500."))))

    assert Finding.objects.open().filter(subject_kind="container").count() > 0
    assert Finding.objects.open().count() == before


def test_a_removed_privilege_resolves_its_finding_and_raises_the_score():
    host = a_host()
    plan = Plan(name="app", image="app:1", network="apps", privileged=True)
    worse = record_facts(host, parse(answers_with(plan)))
    better = record_facts(host, parse(answers_with(msgspec.structs.replace(plan, privileged=False))))

    finding = Finding.objects.get(check_name="privileged-container")
    assert finding.state == "resolved"
    assert [each.why for each in finding.transitions.all()] == ["seen", "fixed"]
    assert worse.score <= 59 < better.score


@pytest.mark.parametrize("text", ["x" * 30_000, "with\0nul"], ids=["long", "nul"])
def test_no_label_keeps_a_container_from_being_recorded(text):
    host = a_host()
    answers = answers_with(Plan(name="app", image="app:1", network="apps", project="shop", privileged=True))
    listed = answers.containers[0]
    labels = {**listed.inspect["Config"]["Labels"], "com.docker.compose.project": text}
    config = {**listed.inspect["Config"], "Labels": labels, "Image": f"app:{text}"}
    changed = msgspec.structs.replace(listed, inspect={**listed.inspect, "Config": config})

    record_facts(host, parse(msgspec.structs.replace(answers, containers=(changed,))))

    finding = Finding.objects.get(check_name="privileged-container")
    columns = {field.name: getattr(field, "max_length", None) for field in Finding._meta.get_fields()}
    for name in ("subject_key", "subject_name", "project", "image"):
        stored = getattr(finding, name)
        assert len(stored) <= columns[name]
        assert "\0" not in stored


def test_a_scan_that_began_before_somebody_checked_again_does_not_bring_back_what_they_saw_fixed():
    host, at = a_host("late-01", at=timezone.now()), timezone.now()
    scan_of(host, named("app", memory=0), days_ago=1)
    finding = Finding.objects.get(check_name="no-memory-limit")
    slow = Scan.objects.create(
        host=host,
        trigger=Scan.Trigger.MANUAL,
        state=Scan.State.RUNNING,
        attempts=1,
        created_at=at - timedelta(minutes=2),
        started_at=at - timedelta(minutes=2),
    )
    Finding.objects.filter(pk=finding.pk).update(state=State.RESOLVED, changed_at=at - timedelta(minutes=1))
    old = a_snapshot(containers=(named("app", memory=0),))

    record(slow, Judged(old, list(judge(old))), timings={}, at=at)
    after_the_slow_one = Finding.objects.get(pk=finding.pk).state
    scan_of(host, named("app", memory=0))

    assert after_the_slow_one == State.RESOLVED
    assert Finding.objects.get(pk=finding.pk).state == State.OPEN
    assert Finding.objects.filter(check_name="no-memory-limit").count() == 1
