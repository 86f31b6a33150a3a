"""Adding, testing and removing hosts in the browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.fleet import services
from secdash.fleet.models import Group, Host
from tests.cast import signed_in
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db

FORM = {"kind": "unix", "address": "/run/none.sock", "name": "web-09", "group": "Lab", "interval": "60"}


def add(role=Role.OPERATOR, **changes):
    return signed_in(role).post(reverse("host-add"), {**FORM, **changes})


def test_an_operator_adds_a_host_whose_first_scan_is_due_at_once():
    response = add()

    host = Host.objects.get(name="web-09")
    assert response.url == host.get_absolute_url()
    assert host.group.name == "Lab"
    assert host.connection.url == "unix:///run/none.sock"
    assert host.scan_due_at is not None


def test_a_viewer_may_not_add_hosts():
    assert add(role=Role.VIEWER).status_code == 403
    assert not Host.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "docker.sock"}, "beginning with a slash"),
        ({"name": ""}, "required"),
        ({"kind": "ssh"}, "not available yet"),
        ({"kind": "carrier-pigeon"}, "not one of the available choices"),
        ({"interval": "0"}, "greater than or equal to 5"),
    ],
)
def test_a_wrong_entry_is_answered_in_words_and_nothing_typed_is_lost(changes, words):
    response = add(**{"owner": "Team <b>Nine</b>", **changes})

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Team &lt;b&gt;Nine&lt;/b&gt;" in page
    assert not Host.objects.exists()


def test_a_name_is_taken_once_whatever_its_case():
    add()

    assert "already a host of this name" in add(name="WEB-09").content.decode()


def test_a_connection_test_says_what_is_wrong(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a socket")

    page = signed_in(Role.OPERATOR).post(reverse("host-test"), {"kind": "unix", "address": str(text)})

    assert page.status_code == 200
    assert str(text) in page.content.decode()


def test_names_that_make_the_same_slug_get_their_own_pages():
    first, second = a_host("web 01"), a_host("web-01")

    assert (first.slug, second.slug) == ("web-01", "web-01-2")


def test_no_host_takes_the_address_of_the_form():
    assert a_host("add").slug == "add-2"


def test_removing_asks_for_the_hosts_name():
    host = a_host("web-01")
    url = reverse("host-remove", args=[host.slug])
    client = signed_in(Role.OPERATOR)

    wrong = client.post(url, {"name": "web"})
    assert "Nothing was removed" in wrong.content.decode()
    assert Host.objects.exists()

    assert client.post(url, {"name": "web-01"}).status_code == 302
    assert not Host.objects.exists()


def test_removing_the_sample_fleet_leaves_true_hosts_and_their_groups():
    a_host("web-01", group_name="Production")
    a_host("mine", group_name="Lab", kind="unix", address="/run/docker.sock")

    assert services.remove_samples() == 1
    assert list(Host.objects.values_list("name", flat=True)) == ["mine"]
    assert list(Group.objects.values_list("name", flat=True)) == ["Lab"]


def test_a_host_of_a_group_that_exists_joins_it_whatever_the_case():
    a_host("web-01", group_name="Production")
    a_host("web-02", group_name="production", at=NOON)

    assert Group.objects.count() == 1
