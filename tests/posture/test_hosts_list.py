"""The list of hosts: filtered, sorted and paged by its address, exported as it is shown."""

from __future__ import annotations

import csv
import json

import pytest
from django.http import QueryDict
from django.utils import timezone

from secdash.fleet.models import Host
from secdash.posture.hosts import A_PAGE, HostFilters
from tests.cast import signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of


def names(query=""):
    response = signed_in().get(f"/hosts/?{query}")
    assert response.status_code == 200
    return [line.host.name for line in response.context["page"].lines]


def exported(kind, query=""):
    return b"".join(signed_in().get(f"/hosts/export.{kind}?{query}").streaming_content).decode()


def a_small_fleet():
    scan_of(
        a_host("web-01", group_name="Front", tags=["public"], environment="production"), named("a", privileged=True)
    )
    scan_of(a_host("db-01", group_name="Back", tags=["pci", "public"], owner="Data team"), named("b"))
    a_host("new", environment="lab")


def test_foreign_values_in_an_address_are_dropped():
    filters = HostFilters.of(QueryDict("state=gone&sort=size&q=%00%20web%20"))

    assert filters == HostFilters(q="web")
    assert filters.query(sort="name") == "q=web&sort=name"
    assert HostFilters().query() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["web-01", "db-01", "new"]),
        ("sort=best", ["db-01", "web-01", "new"]),
        ("sort=name", ["db-01", "new", "web-01"]),
        ("sort=group", ["db-01", "web-01", "new"]),
        ("group=front", ["web-01"]),
        ("tag=public", ["web-01", "db-01"]),
        ("tag=public&group=back", ["db-01"]),
        ("environment=lab", ["new"]),
        ("state=new", ["new"]),
        ("q=DATA", ["db-01"]),
        ("q=nothing-like-it", []),
    ],
)
def test_filters_and_order_stand_in_the_address(query, found):
    a_small_fleet()

    assert names(query) == found


@pytest.mark.django_db
def test_a_filter_can_be_taken_off_and_an_empty_list_says_why():
    a_small_fleet()
    text = signed_in().get("/hosts/?tag=pci&q=zz").content.decode()

    assert 'href="?q=zz"' in text
    assert "Your filter hides all hosts" in text


@pytest.mark.django_db
def test_a_page_holds_fifty_hosts():
    Host.objects.bulk_create(
        Host(name=f"h{n:03}", slug=f"h{n:03}", created_at=timezone.now()) for n in range(A_PAGE + 1)
    )

    assert len(names("sort=name")) == A_PAGE
    assert names("sort=name&page=2") == ["h050"]


@pytest.mark.django_db
def test_the_files_hold_what_the_list_shows():
    a_small_fleet()

    rows = list(csv.DictReader(exported("csv", "tag=public&sort=name").splitlines()))
    told = json.loads(exported("json", "sort=name"))["hosts"]

    assert [(row["name"], row["tags"], row["state"]) for row in rows] == [
        ("db-01", "pci public", "reachable"),
        ("web-01", "public", "reachable"),
    ]
    assert int(rows[1]["critical"]) >= 1
    assert [(host["name"], host["score"] is None) for host in told] == [
        ("db-01", False),
        ("new", True),
        ("web-01", False),
    ]


@pytest.mark.django_db
def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_made_harmless():
    a_host("=1+1", environment="@x")

    [row] = csv.DictReader(exported("csv").splitlines())

    assert (row["name"], row["environment"]) == ("'=1+1", "'@x")
