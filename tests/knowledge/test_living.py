"""Live blocks as a reader with hosts meets them: all of an article in one answer, complete, and never empty."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from secdash.findings.models import Finding
from tests.build import an_engine
from tests.cast import signed_in
from tests.fleet.hosts import a_host
from tests.knowledge.articles import a_published_article
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
CHECKS = ("no-memory-limit", "privileged-container", "no-cpu-limit", "userns-remap-off")
SEE = "\n\n### See it yourself {#%s-see}\n\n```sh\ndocker inspect CONTAINER\n```\n"
HOSTILE = "x' \"<img src=x onerror=alert(1)>"


def a_section(check):
    return f"## {check} {{#{check}}}\n\nText.\n\n::: check {check}\n" + SEE % check


@pytest.fixture
def article():
    return a_published_article("\n".join(map(a_section, CHECKS)))


def together(*checks, **more):
    answer = signed_in().get(reverse("live-checks"), {"checks": ",".join(checks), **more})
    assert answer.status_code == 200
    return answer.content.decode()


def queries_of(*checks):
    client = signed_in()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("live-checks"), {"checks": ",".join(checks)}, headers={"hx-request": "true"})
    return len(queries)


def test_a_page_asks_once_for_all_of_its_blocks(article):
    shown = html.unescape(signed_in().get("/guide/en/limits/").content.decode())

    assert re.findall(r'hx-get="(/live/[^"]*)"', shown) == [f"/live/?lang=en&checks={','.join(CHECKS)}"]
    assert [f'id="live-{check}"' in shown for check in CHECKS] == [True] * len(CHECKS)


def test_the_answer_puts_each_block_into_its_place(article):
    a_fleet(2, 3)

    shown = together(*CHECKS)

    places = re.findall(r'<div class="live-slot" id="live-([a-z-]+)" hx-swap-oob="outerHTML">', shown)
    assert places == list(CHECKS)


def test_the_number_of_queries_depends_on_nothing(article):
    a_fleet(1, 2)
    few = queries_of("no-memory-limit")
    for number in range(6):
        scan_of(a_host(f"more-{number}"), *(named(f"app-{n}", memory=0, privileged=True) for n in range(12)))

    assert queries_of(*CHECKS) == few
    assert few <= 11
    assert queries_of(*CHECKS) == few - 2  # the tallies, and what is open: both are kept until something moves


def test_a_block_says_how_many_and_which_and_since_when(article):
    host = a_host("web-01")
    scan = scan_of(host, *(named(f"app-{n}", memory=0) for n in range(9)), named("fine", memory=512 * 1024**2))

    shown = together("no-memory-limit")

    assert "9 fail" in shown
    assert "1 passes" in shown
    assert [f">app-{n}<" in shown for n in range(9)] == [True] * 6 + [False] * 3
    assert "and 3 more" in shown
    assert "/findings/?check=no-memory-limit&amp;host=web-01" in shown
    scan.refresh_from_db()
    assert f'datetime="{scan.finished_at.isoformat()}"' in shown


def test_the_command_names_the_first_container_that_fails(article):
    scan_of(a_host("web-01"), named("b-side", memory=0), named("a-side", memory=0))

    assert "docker inspect a-side" in together("no-memory-limit")
    assert "CONTAINER" not in together("no-memory-limit")


def test_a_name_that_means_harm_stays_a_name(article):
    scan_of(a_host("web-01"), named(HOSTILE, memory=0))

    shown = together("no-memory-limit")

    assert "<img" not in shown
    assert "&lt;img src=x" in shown


def test_a_check_of_the_engine_has_no_container_to_name(article):
    scan_of(a_host("web-01"), engine=an_engine(security_options=()))
    check = Finding.objects.filter(subject_kind="engine").order_by("pk").values_list("check_name", flat=True)[0]

    shown = together(check)

    assert "1 fails" in shown
    assert "docker inspect" not in shown
    assert shown.count(">web-01<") >= 2


def test_the_fix_is_written_for_the_first_that_fails_and_opens_in_place(article):
    a_fleet(1, 2)
    first = Finding.objects.filter(check_name="no-memory-limit").order_by("subject_name").first()
    url = reverse("finding-fix", args=[first.pk])

    assert f'hx-get="{url}?lang=fr"' in together("no-memory-limit", lang="fr")
    answer = signed_in().get(url).content.decode()
    assert "mem_limit" in answer
    assert f'href="/findings/{first.pk}/#fix"' in answer
    assert "<html" not in answer


def test_where_nothing_is_left_to_fix_it_says_so(article):
    host = a_host("web-01")
    scan_of(host, named("app", memory=0))
    finding = Finding.objects.get(check_name="no-memory-limit")
    scan_of(host, named("app", memory=512 * 1024**2))

    assert "nothing left" in signed_in().get(reverse("finding-fix", args=[finding.pk])).content.decode()


def test_without_a_scanned_host_the_check_is_described(article):
    shown = together("no-memory-limit", "userns-remap-off")

    assert "Once a host was scanned" in shown
    assert "judges each container" in shown
    assert "judges each host and its Engine" in shown
    assert "5.11" in shown


def test_names_that_are_gone_from_the_catalogue_answer_nothing(article):
    assert "live-slot" not in together("no-such", "")
    assert together("no-memory-limit", "no-memory-limit").count("live-slot") == 1
