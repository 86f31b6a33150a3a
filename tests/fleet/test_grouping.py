"""Groups, tags and environments: renamed, brought together, removed when empty."""

from __future__ import annotations

import pytest
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.fleet.models import Group, Host
from tests.cast import signed_in
from tests.findings.accepted import an_acceptance
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts():
    a_host("web-01", group_name="Production", tags=["pci"], environment="prod")
    a_host("web-02", group_name="Prod", tags=["pci", "payment"], environment="production")


def rename(kind, key, name, role=Role.OPERATOR):
    data = {"kind": kind, "key": key, "name": name}
    return signed_in(role).post(reverse("groups"), data, follow=True).content.decode()


def told():
    hosts = Host.objects.order_by("name").select_related("group").prefetch_related("tags")
    return [(host.group.name, " ".join(tag.name for tag in host.tags.all()), host.environment) for host in hosts]


def test_a_new_name_is_a_new_name(hosts):
    rename("group", "prod", "Shop")
    rename("tag", "payment", "Money!")
    rename("environment", "prod", "live")

    assert told() == [("Production", "pci", "live"), ("Shop", "money pci", "production")]
    assert Group.objects.get(name="Shop").slug == "prod"  # links to it still lead there


def test_the_name_of_another_brings_both_together(hosts):
    page = rename("group", "prod", "PRODUCTION")
    rename("tag", "payment", "pci")
    rename("environment", "prod", "production")

    assert told() == [("Production", "pci", "production")] * 2
    assert "1 host is now under PRODUCTION." in page
    assert AuditEntry.objects.filter(act="hosts.regrouped").count() == 3


@pytest.mark.parametrize(
    ("kind", "key", "name", "words"),
    [
        ("group", "prod", " ", "Write a name."),
        ("tag", "pci", "***", "no letter or digit"),
        ("environment", "prod", "x" * 41, "too long"),
        ("group", "gone", "Shop", "Nothing is called so any more."),
    ],
)
def test_what_is_no_name_changes_nothing_and_is_told(hosts, kind, key, name, words):
    before = told()

    assert words in rename(kind, key, name)
    assert told() == before


def remove(slug):
    return signed_in(Role.OPERATOR).post(reverse("group-remove", args=[slug]), follow=True).content.decode()


def test_only_a_group_without_hosts_is_removed(hosts):
    Group.objects.create(name="Empty", slug="empty")

    refused, done = remove("prod"), remove("empty")

    assert "This group has hosts" in refused
    assert "The group Empty is removed" in done
    assert set(Group.objects.values_list("slug", flat=True)) == {"production", "prod"}


def test_a_group_that_decisions_name_stays(hosts):
    an_acceptance(check_name="runs-as-root", covers="later", scope="group", group=Group.objects.get(slug="prod"))
    rename("group", "prod", "Production")

    assert "Acceptances, channels or rules name this group" in remove("prod")
