"""What programs change: through the same services as people, with the same refusals."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api.models import Scope
from secdash.api.rest import waiting
from secdash.findings.models import Acceptance, Finding, State
from secdash.fleet.models import Host
from secdash.scans import services
from secdash.scans.models import Scan
from tests.api.world import a_program
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def test_a_scan_is_started_and_its_end_read():
    a_host("web-01")
    program = a_program(Role.OPERATOR, Scope.SCAN)

    started = program.send("hosts/web-01/scans")
    again = program.send("hosts/web-01/scans")
    services.run(started.json()["id"])
    over = program.get(started["Location"], {"wait": "30"}).json()

    assert (started.status_code, started.json()["state"], started["Location"]) == (202, "queued", again["Location"])
    assert over["state"] == "done"
    assert over["open"]["critical"] == Finding.objects.open().filter(severity=4).count() > 0
    assert Scan.objects.get().requested_by == a_member(Role.OPERATOR)


def test_waiting_ends_with_the_scan_or_with_the_time():
    scan = services.request(a_host("web-01"), trigger="manual", at=timezone.now())
    seconds = count()

    still = waiting.wait_for(scan, seconds=5, clock=lambda: next(seconds), pause=lambda _s: None)
    over = waiting.wait_for(scan, seconds=30, clock=lambda: 0, pause=lambda _s: services.run(scan.pk))

    assert next(seconds) < 10
    assert (still.pk, over.state) == (scan.pk, "done")


def test_only_a_few_wait_at_once():
    scan = services.request(a_host("web-01"), trigger="manual", at=timezone.now())
    turned_away = []

    def wait_within(depth):
        if depth < waiting.MOST:
            waiting.wait_for(scan, seconds=9, clock=iter([0, 0, 99]).__next__, pause=lambda _s: wait_within(depth + 1))
        else:
            turned_away.append(waiting.wait_for(scan, seconds=9, clock=pytest.fail, pause=pytest.fail))

    wait_within(0)

    assert turned_away == [scan]


def test_a_finding_is_assigned_dated_and_talked_about():
    a_fleet(1, 1)
    finding, ada = Finding.objects.open().first(), a_member(Role.CONTRIBUTOR, username="ada")
    program, day = a_program(Role.OPERATOR), TODAY + timedelta(days=9)

    changed = program.send(f"findings/{finding.pk}", {"assignee": "ada", "due_on": day.isoformat()}, method="patch")
    said = program.send(f"findings/{finding.pk}/comments", {"body": "On its way."})

    finding.refresh_from_db()
    assert (changed.status_code, changed.json()["assignee"], finding.assignee, finding.due_on) == (200, "ada", ada, day)
    assert (said.status_code, finding.comments.get().body) == (201, "On its way.")
    told = [(each["kind"], each["now"]) for each in program.ask(f"findings/{finding.pk}/history").json()["items"]]
    assert told[0] == ("comment", "")
    assert set(told[1:3]) == {("assigned", ada.display_name), ("due", day.isoformat())}
    assert told[3:] == [("state", "open")]


def test_nobody_writes_over_what_they_have_not_read():
    a_fleet(1, 1)
    path, program = f"findings/{Finding.objects.open().first().pk}", a_program(Role.OPERATOR)
    read = program.ask(path)["ETag"]

    first = program.send(path, {"assignee": "operator"}, method="patch", **{"If-Match": read})
    second = program.send(path, {"assignee": None}, method="patch", **{"If-Match": read})
    third = program.send(path, {"assignee": None}, method="patch", **{"If-Match": first["ETag"]})

    assert [answer.status_code for answer in (first, second, third)] == [200, 412, 200]


@pytest.mark.parametrize("change", [{"assignee": "nobody-here"}, {"due_on": "2020-01-01"}, {"due_on": 5}, {"x": 1}])
def test_what_a_form_refuses_is_refused_here(change):
    a_fleet(1, 1)
    finding = Finding.objects.open().first()

    answer = a_program(Role.OPERATOR).send(f"findings/{finding.pk}", change, method="patch")

    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, f"body/{next(iter(change))}")


def test_a_risk_is_accepted_and_open_again():
    a_fleet(1, 1)
    finding = Finding.objects.open().get(check_name="privileged-container")
    program = a_program(Role.OPERATOR)
    body = {"scope": "finding", "finding": finding.pk, "reason": "Alone.", "until": (TODAY + timedelta(9)).isoformat()}

    made = program.send("acceptances", body)
    finding.refresh_from_db()
    held = finding.state
    ended = program.send(f"acceptances/{made.json()['id']}/end")

    finding.refresh_from_db()
    assert (made.status_code, held) == (201, State.ACCEPTED)
    assert (ended.json()["state"], finding.state) == ("ended", State.OPEN)
    assert program.get(made["Location"]).json() == ended.json()


def test_the_policy_binds_programs():
    a_fleet(1, 1)
    finding = Finding.objects.open().get(check_name="privileged-container")
    program = a_program(Role.OPERATOR)

    forever = program.send("acceptances", {"scope": "finding", "finding": finding.pk, "reason": "Alone."})
    nowhere = program.send(
        "acceptances", {"scope": "host", "check": "privileged-container", "host": "x", "reason": "."}
    )

    assert (forever.status_code, nowhere.status_code) == (409, 404)
    assert Acceptance.objects.count() == 0


def test_a_host_is_registered_changed_and_removed():
    program = a_program(Role.OPERATOR)

    made = program.send("hosts", {"name": "web-09", "address": "/run/docker.sock", "group": "Lab", "tags": ["pci"]})
    taken = program.send("hosts", {"name": "web-09", "address": "/run/docker.sock"})
    changed = program.send("hosts/web-09", {"owner": "shop team"}, method="patch")
    removed = program.send("hosts/web-09", method="delete")

    assert (made.status_code, made["Location"], made.json()["group"]) == (201, "/api/v1/hosts/web-09", "Lab")
    assert taken.status_code == 409
    assert (changed.json()["owner"], changed.json()["group"], changed.json()["tags"]) == ("shop team", "Lab", ["pci"])
    assert (removed.status_code, Host.objects.count()) == (204, 0)
    assert "docker.sock" not in made.text
