"""What programs read."""

from __future__ import annotations

import pytest

from secdash.findings.models import Finding
from tests.api.world import a_program
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db


def test_hosts_say_what_their_file_says():
    a_fleet(2, 2)

    answer = a_program().ask("hosts")

    assert answer.status_code == 200, answer.content
    first, second = answer.json()["items"]
    assert (first["slug"], second["slug"], answer.json()["next"]) == ("fleet-0", "fleet-1", None)
    assert (first["critical"], first["containers"], first["connection"]) == (1, 2, "sample")
    assert set(first) & {"address", "sealed", "host_key"} == set()


def test_everything_can_be_read(shipped_guide):
    (host,) = a_fleet(1, 1)
    finding = Finding.objects.open().first()
    client = a_program()
    paths = (
        "hosts/fleet-0", "groups", "findings", f"findings/{finding.pk}", f"findings/{finding.pk}/history",
        "acceptances", "scans", f"scans/{host.scans.get().pk}", "checks", "checks/privileged-container", "benchmark",
        "trends/score", "articles", "articles/en/cgroups", "articles/en/cgroups/revisions",
        "articles/en/cgroups/revisions/1", "token",
    )  # fmt: skip

    answers = {path: client.ask(path) for path in paths}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 200)
