"""Adding, testing, changing and removing hosts in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet import services, ways
from secdash.fleet.models import Group, Host, Tag
from tests.cast import signed_in
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db

FORM = {
    "kind": "unix",
    "address": "/run/none.sock",
    "name": "web-09",
    "group": "Lab",
    "interval": "60",
    "file_reading": "local",
    "image_reading": "none",
}


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
        ({"kind": "ssh"}, "the name or the address of the host alone"),
        ({"kind": "tls", "server": "docker-1", "port": "0"}, "from 1 to 65535"),
        ({"kind": "carrier-pigeon"}, "not one of the available choices"),
        ({"interval": "0"}, "greater than or equal to 5"),
        ({"file_reading": "guess"}, "not one of the available choices"),
        ({"file_reading": ""}, "required"),
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


CHANGES = {**FORM, "name": "edge-01", "environment": "production", "owner": "Edge team", "interval": "15"}


def edit(host, role=Role.OPERATOR, **changes):
    return signed_in(role).post(reverse("host-edit", args=[host.slug]), {**CHANGES, **changes})


def a_socket_host(**options):
    return a_host("web-01", kind="unix", address="/run/docker.sock", group_name="Production", **options)


def test_settings_change_everything_but_the_hosts_address_and_connection():
    host = a_socket_host()

    response = edit(host, file_reading="archive", image_reading="export")

    host.refresh_from_db()
    assert response.url == "/hosts/web-01/"
    assert (host.name, host.group.name, host.environment, host.owner) == ("edge-01", "Lab", "production", "Edge team")
    assert (host.interval, host.file_reading, host.image_reading) == (15, "archive", "export")
    assert host.connection.url == "unix:///run/docker.sock"


def test_the_form_shows_what_is_set():
    host = a_socket_host(owner="Team <b>Nine</b>", file_reading="none", interval=25)

    page = signed_in(Role.OPERATOR).get(reverse("host-edit", args=[host.slug])).content.decode()

    assert 'value="Production"' in page
    assert 'value="25"' in page
    assert "Team &lt;b&gt;Nine&lt;/b&gt;" in page
    chosen = re.findall(r'name="(\w+_reading)" value="(\w+)"[^>]* checked', page)
    assert chosen == [("file_reading", "none"), ("image_reading", "none")]


def test_a_new_way_of_reading_scans_the_host_at_once():
    host = a_socket_host()
    Host.objects.update(scan_due_at=timezone.now() + timedelta(hours=5))

    edit(host, file_reading="none")

    assert Host.objects.get().scan_due_at <= timezone.now()


def test_a_shorter_interval_brings_the_next_scan_nearer_and_a_longer_one_does_not_move_it():
    host = a_socket_host()
    Host.objects.update(scan_due_at=timezone.now() + timedelta(hours=5))

    edit(host, interval="15")
    sooner = Host.objects.get().scan_due_at
    edit(host, interval="600", name="web-01")

    assert sooner <= timezone.now() + timedelta(minutes=15)
    assert Host.objects.get().scan_due_at == sooner


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "WEB-02"}, "already a host of this name"),
        ({"interval": "4"}, "greater than or equal to 5"),
        ({"file_reading": "ssh"}, "not one of the available choices"),
    ],
)
def test_a_wrong_setting_is_answered_in_words_and_changes_nothing(changes, words):
    host = a_socket_host()
    a_host("web-02")

    response = edit(host, **changes)

    host.refresh_from_db()
    assert response.status_code == 422
    assert words in response.content.decode()
    assert (host.name, host.interval, host.file_reading) == ("web-01", 60, "local")


def test_a_host_keeps_its_own_name():
    assert edit(a_socket_host(), name="web-01").status_code == 302


def test_only_ways_that_fit_the_connection_are_offered():
    sample = a_host("web-02")

    page = signed_in(Role.OPERATOR).get(reverse("host-edit", args=[sample.slug])).content.decode()

    assert sample.file_reading == "none"
    assert page.count('name="file_reading"') == 1
    assert edit(sample, file_reading="archive").status_code == 422


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("unix", ["none", "local", "archive"]),
        ("tls", ["none", "archive"]),
        ("ssh", ["none", "ssh", "archive"]),
        ("tcp", ["none", "archive"]),
        ("sample", ["none"]),
    ],
)
def test_files_of_this_machine_are_read_for_its_own_socket_only(kind, files):
    assert [way.value for way in ways.fitting(ways.FILES, kind)] == files
    assert ways.usual_files(kind) == ("local" if kind == "unix" else "none")


def test_the_host_page_leads_to_its_settings_only_for_those_who_may():
    host = a_socket_host()
    link = reverse("host-edit", args=[host.slug])

    assert link in signed_in(Role.OPERATOR).get(host.get_absolute_url()).content.decode()
    assert link not in signed_in(Role.VIEWER).get(host.get_absolute_url()).content.decode()


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


def tags_of(host):
    return [tag.name for tag in host.tags.all()]


def test_tags_are_words_that_become_slugs_each_once():
    add(tags="Public, pci  PCI; Élan_3")

    assert tags_of(Host.objects.get(name="web-09")) == ["elan_3", "pci", "public"]


@pytest.mark.parametrize(
    ("tags", "words"),
    [("public, ***", "no letter or digit"), ("x" * 41, "too long"), (" ".join("abcdefghijklmnopqrstu"), "at most")],
)
def test_a_word_that_is_no_tag_is_refused_and_nothing_typed_is_lost(tags, words):
    response = add(tags=tags)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert f'value="{tags}"' in response.content.decode()
    assert not Host.objects.exists()


def test_a_tag_lives_as_long_as_a_host_has_it():
    first, second = a_socket_host(tags=["public", "pci"]), a_host("mine", tags=["public"])

    edit(first, tags="lab")
    assert (tags_of(first), tags_of(second)) == (["lab"], ["public"])
    assert [tag.name for tag in Tag.objects.all()] == ["lab", "public"]

    services.remove(second)
    assert [tag.name for tag in Tag.objects.all()] == ["lab"]


def test_the_form_offers_the_tags_there_are_and_shows_those_that_are_set():
    host = a_socket_host(tags=["public", "pci"])

    page = signed_in(Role.OPERATOR).get(reverse("host-edit", args=[host.slug])).content.decode()

    assert 'value="pci, public"' in page
    assert "In use: pci, public." in page
