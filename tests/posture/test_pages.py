"""The pages of posture, fetched as a person fetches them."""

from __future__ import annotations

import json
import re
import shlex

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from secdash.accounts.roles import Role
from secdash.facts.model import Attachment
from secdash.findings.models import Finding
from secdash.fleet.models import Host
from secdash.posture.latest import looks_at
from secdash.posture.rows import FIRST_ROWS
from secdash.scans.models import Scan
from tests.build import UNSEEN, a_network, an_engine
from tests.cast import signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror="alert(1)">'
MOST_QUERIES = 15


def page(url, role=Role.VIEWER, **headers):
    response = signed_in(role).get(url, **headers)
    assert response.status_code == 200
    return response.content.decode()


def addresses():
    finding = Finding.objects.filter(check_name="no-memory-limit").order_by("pk").first()
    host = finding.host
    return [
        reverse("overview"),
        reverse("findings"),
        reverse("findings") + "?expand=no-memory-limit",
        reverse("finding-group") + "?key=no-memory-limit",
        reverse("finding", args=[finding.pk]),
        reverse("finding", args=[finding.pk]) + "?fix=all",
        reverse("overview") + "?since=visit&changes=all",
        reverse("hosts"),
        reverse("hosts") + "?state=unseen&q=fleet&sort=seen",
        reverse("host", args=[host.slug]),
        reverse("host-timeline", args=[host.slug]),
        reverse("container", args=[host.slug, finding.subject_key]),
        reverse("checks"),
        reverse("check", args=["no-memory-limit"]),
        reverse("benchmark"),
        reverse("benchmark") + f"?host={host.slug}",
        reverse("benchmark-item", args=["host-os-hardened"]),
        reverse("attestation", args=["host-os-hardened", host.slug]),
        reverse("live-check", args=["no-memory-limit"]),
        reverse("search") + "?q=app",
    ]


def test_the_hardened_file_can_be_kept_and_says_which_check_each_line_answers():
    host = a_host("web-01")
    scan_of(host, named("shop/web/1", memory=0, privileged=True))

    response = signed_in().get(reverse("hardened", args=["web-01", "shop/web/1"]))

    text = response.content.decode()
    assert response["Content-Disposition"] == 'attachment; filename="compose.yaml"'
    assert "# - privileged: true  # privileged-container" in text
    assert "mem_limit: 512m  # no-memory-limit" in text
    assert yaml.safe_load(text)["services"]


def test_there_is_no_file_to_keep_where_nothing_is_to_be_hardened():
    scan_of(a_host("web-01"), named("sane"))

    assert signed_in().get(reverse("hardened", args=["web-01", "sane"])).status_code == 404
    assert signed_in().get(reverse("hardened", args=["web-01", "nobody"])).status_code == 404


def test_a_container_page_says_what_each_change_may_break():
    scan_of(a_host("web-01"), named("app", memory=0, privileged=True))

    text = page(reverse("container", args=["web-01", "app"]))

    assert "try it first" in text
    assert "the kernel ends its processes" in text


def queries_of(url):
    client = signed_in()
    client.get(url)  # what is kept in the process is kept from here on
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_no_page_asks_more_of_the_database_when_the_fleet_grows():
    a_fleet(2, 3)
    small = {url: queries_of(url) for url in addresses()}
    for host in a_fleet_more(5, 9):
        assert host.pk
    large = {url: queries_of(url) for url in small}

    assert max(large.values()) <= MOST_QUERIES
    assert {url: large[url] - small[url] for url in small if large[url] > small[url] + 2} == {}


def a_fleet_more(hosts, containers):
    made = [a_host(f"more-{number}") for number in range(hosts)]
    for host in made:
        scan_of(host, *(named(f"app-{n}", memory=0, privileged=True) for n in range(containers)))
    return made


def test_a_finding_asks_little_of_the_database():
    a_fleet(2, 3)
    finding = Finding.objects.filter(check_name="no-memory-limit").order_by("pk").first()

    assert queries_of(reverse("finding", args=[finding.pk])) <= 14


def test_a_finding_knows_the_newest_scan_and_the_one_under_way():
    host = a_host("web-01")
    scan_of(host, named("app", memory=0), days_ago=1)
    newest = scan_of(host, named("app", memory=0))
    assert looks_at(host) == (newest, None)
    queued = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=newest.created_at)
    finding = Finding.objects.get(check_name="no-memory-limit")

    assert looks_at(host) == (newest, queued)
    assert "Rescan web-01" not in page(reverse("finding", args=[finding.pk]), Role.OPERATOR)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signed_in_may_read_every_page(role):
    a_fleet(1, 1)
    client = signed_in(role)

    assert {url: client.get(url).status_code for url in addresses()} == dict.fromkeys(addresses(), 200)


def test_strangers_are_sent_to_the_door(client):
    a_fleet(1, 1)

    for url in [*addresses(), reverse("findings-export", args=["csv"])]:
        assert client.get(url).url.startswith(reverse("login"))


def test_names_from_a_host_never_become_markup():
    host = a_host("web-01")
    labels = (("com.docker.compose.project", HOSTILE),)
    scan_of(host, named(HOSTILE, memory=0, image=HOSTILE, labels=labels, privileged=True))

    for url in addresses():
        assert HOSTILE not in page(url), url


def test_a_key_with_slashes_has_a_page():
    host = a_host("web-01")
    scan_of(host, named("shop/web/1", memory=0))

    assert "shop/web/1" in page(reverse("container", args=["web-01", "shop/web/1"]))


def test_without_hosts_the_overview_says_what_to_do():
    assert reverse("host-add") in page("/", Role.OPERATOR)
    assert reverse("host-add") not in page("/", Role.VIEWER)


def test_the_overview_says_what_holds_the_score():
    a_fleet(2, 3)

    assert "2 hosts are held at 59" in page("/")


def test_the_three_kinds_of_nothing_differ():
    assert "Nothing was scanned yet" in page("/findings/")
    host = a_host("web-01")
    scan_of(host)
    Finding.objects.all().delete()
    assert "All clear" in page("/findings/")
    scan_of(host, named("app", memory=0))
    assert "Your filter hides all findings" in page("/findings/?q=nothing-has-this-name")


def test_a_group_says_of_how_many_and_shows_its_rows_with_and_without_a_script():
    a_fleet(1, FIRST_ROWS + 4)
    whole = page("/findings/?expand=no-memory-limit")
    fragment = page(reverse("finding-group") + "?key=no-memory-limit", headers={"HX-Request": "true"})

    for text in (whole, fragment):
        assert "<b>24</b> of 24 containers" in text
        assert "Show the other 4" in text
    assert "<html" not in fragment


def test_filters_stand_in_the_address_and_can_be_taken_off():
    a_fleet(2, 2)
    text = page("/findings/?severity=critical&host=fleet-0")

    assert "privileged-container" in text
    assert "no-memory-limit</a>" not in text
    assert 'href="/findings/?host=fleet-0"' in text


def test_a_finding_shows_evidence_guide_and_the_fix_of_that_container():
    host = a_host("web-01")
    scan_of(host, named("shop web", privileged=True))
    finding = Finding.objects.get(check_name="privileged-container")
    text = page(finding.get_absolute_url())

    assert "HostConfig.Privileged" in text
    assert "compose.yaml" in text
    assert "privileged" in text


def test_the_guide_names_the_container_quoted_for_a_shell_and_escaped_for_the_page(shipped_guide):
    scan_of(a_host("web-01"), named("it's; <rm>", memory=0))
    text = page(Finding.objects.get(check_name="no-memory-limit").get_absolute_url())

    assert "CONTAINER" not in text
    assert escape(shlex.quote("it's; <rm>")) in text


def test_a_finding_whose_container_is_gone_says_so():
    host = a_host("web-01")
    scan_of(host, named("app", memory=0), days_ago=1)
    finding = Finding.objects.get(check_name="no-memory-limit")
    scan_of(host)

    assert "no longer saw this container" in page(finding.get_absolute_url())
    assert "no longer saw this container" in page(reverse("container", args=["web-01", "app"]))


def test_an_unreachable_host_keeps_what_is_known_and_says_so():
    host = a_host("web-01")
    scan_of(host, named("app", memory=0))
    Host.objects.update(state=Host.State.UNREACHABLE)
    text = page(host.get_absolute_url())

    assert "This host does not answer" in text
    assert ">app<" in text


def test_a_host_that_was_never_scanned_says_so():
    assert "Never scanned" in page(a_host("web-01").get_absolute_url())


def test_environment_names_are_shown_and_values_cannot_be():
    from secdash.facts.model import EnvName

    scan_of(a_host("web-01"), named("app", env=(EnvName("API_TOKEN", "its name says so"),)))

    assert "API_TOKEN" in page(reverse("container", args=["web-01", "app"]))


def test_exports_hold_exactly_what_is_filtered():
    a_fleet(2, 2)
    answer = signed_in().get(reverse("findings-export", args=["json"]) + "?check=no-memory-limit&host=fleet-1")
    rows = json.loads(b"".join(answer.streaming_content))["findings"]

    assert [(row["host"], row["check"]) for row in rows] == [("fleet-1", "no-memory-limit")] * 2


def test_a_cell_that_looks_like_a_formula_is_defused():
    scan_of(a_host("web-01"), named("=cmd|' /C calc'!A0", memory=0))
    answer = signed_in().get(reverse("findings-export", args=["csv"]))

    assert "'=cmd|" in b"".join(answer.streaming_content).decode()


def test_the_live_block_speaks_the_language_of_its_article():
    a_fleet(1, 2)
    url = reverse("live-check", args=["no-memory-limit"])

    assert 'href="/findings/?check=no-memory-limit' in page(url + "?lang=fr")
    assert page(url + "?lang=fr") != page(url + "?lang=en")


def test_unknown_names_are_not_found():
    a_fleet(1, 1)
    client = signed_in()

    for url in (
        "/checks/no-such/",
        "/live/no-such/",
        "/findings/999999/",
        "/hosts/no-such/",
        "/hosts/fleet-0/containers/x/",
    ):
        assert client.get(url).status_code == 404, url


def test_the_search_finds_hosts_checks_and_findings():
    a_fleet(1, 1)

    assert "fleet-0" in page("/search/?q=fleet")
    assert "no-memory-limit" in page("/search/?q=5.11")
    assert "app-0" in page("/search/?q=app-0")
    assert "Nothing is called or holds “zzzzzz”" in page("/search/?q=zzzzzz")


def test_the_search_finds_articles_of_the_guide(shipped_guide):

    assert "/guide/en/cgroups/" in page("/search/?q=memory")


def a_network_left_open():
    """A network whose unpublished ports are open, with one container on it."""
    network = a_network(
        name="edge",
        options=(("com.docker.network.bridge.gateway_mode_ipv4", "nat-unprotected"),),
        containers=("db-id",),
    )
    end = Attachment("edge", aliases=("primary",))
    scan_of(
        a_host("web-01"),
        named("db", attachments=(end,)),
        named("web"),
        networks=(network,),
        engine=an_engine(security_options=("name=apparmor",)),
    )
    return Finding.objects.get(check_name="unpublished-ports-open")


def test_a_finding_about_a_network_names_it_and_who_is_on_it_and_writes_its_fix():
    text = page(a_network_left_open().get_absolute_url())

    assert "Network leaves unpublished ports open" in text
    assert re.search(r'href="/hosts/web-01/containers/db/"[^>]*>db</a>', text)
    assert "/hosts/web-01/containers/web/" not in text
    assert "docker network connect --alias primary edge db" in text
    assert "docker network create \\\n  --driver bridge" in text


def test_a_host_lists_what_fails_of_its_networks_beside_its_engine():
    finding = a_network_left_open()
    text = page("/hosts/web-01/")

    assert re.search(rf'href="{finding.get_absolute_url()}">[^<]*</a><small class="m dim">edge</small>', text)
    assert "network with open ports" in text


def test_a_host_tells_what_is_unknown_once_for_each_reason():
    scan_of(a_host("web-01"), named("app"), host=UNSEEN)

    text = page("/hosts/web-01/")

    assert text.count(str(UNSEEN.why)) == 1
    assert reverse("check", args=["daemon-json-loose-mode"]) in text


def test_a_host_shows_the_worst_lines_first_and_all_on_request():
    networks = tuple(a_network(name=f"n{n}", driver="overlay") for n in range(20))
    scan_of(a_host("web-01"), named("app"), networks=networks)

    short, whole = page("/hosts/web-01/"), page("/hosts/web-01/?all")

    assert 'href="?all#engine"' in short
    assert short.count("Overlay network without encryption") < whole.count("Overlay network without encryption") == 20


def test_a_group_of_findings_is_headed_by_what_they_are_about():
    a_network_left_open()

    text = page("/findings/?expand=unpublished-ports-open")

    assert '<th scope="col">Network</th>' in text
    assert "<b>1</b> of 1 network" in text
    assert "unpublished-ports-open" in page("/findings/?kind=network")
