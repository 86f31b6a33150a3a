"""The register as a file: out, in again, and what an import says before it does it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.facts.endpoint import SshIdentity
from secdash.fleet import services, uploading
from secdash.fleet.exchange.reading import MOST, Unreadable, read
from secdash.fleet.models import Host
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host

HEAD = "name,kind,address,group,tags,environment,owner,interval,files,images"


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\nweb-01,tls,web-01:2376,Production,pci public,,Team,30,,\n",
        "\ufeffname;kind;address;tags;group;owner;interval\r\nweb-01;tls;web-01:2376;pci public;Production;Team;30\r\n",
        "hosts:\n- {name: web-01, kind: tls, address: 'web-01:2376', tags: [pci, public], group: Production,"
        " owner: Team, interval: 30}\n",
    ],
)
def test_one_host_is_read_the_same_from_every_form(text):
    (line,) = read(text)

    told = {name: value for name, value in line.values.items() if value}
    assert told == {
        "name": "web-01",
        "kind": "tls",
        "address": "web-01:2376",
        "tags": "pci public",
        "group": "Production",
        "owner": "Team",
        "interval": "30",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no CSV"),
        (HEAD, "no host in this file"),
        ("name,kind\nweb-01,tls", "no CSV"),
        ("name,kind,address,password\nweb-01,tls,web-01:1,x", "no CSV"),
        (f'{HEAD}\n"web-01', "no CSV"),
        ("hosts:\n  web-01: tls", "no YAML"),
        ("hosts:\n- &a {name: x}\n- *a", "no YAML"),
        ("hosts:\n" + "- [" * 5000, "no YAML"),
        ("hosts:\n- " + "[" * 900_000, "no YAML"),
        ("hosts:\n- {name: " + "{a: " * 200_000, "no YAML"),
        ("hosts:\n- {name: !!int abc}", "no YAML"),
        ("hosts: [" + "&a [x, x], " * 9 + "*a]", "no YAML"),
        ("hosts:\n" + "- {a: b}\n" * 40_000, "more than 2000 hosts"),
        ("name," * 200_000, "no CSV"),
        (f"{HEAD},name\nweb-01,unix,/run/x", "no CSV"),
        (HEAD + "\n" + "x" * 200_000, "no CSV"),
        ("hosts:\n- !!python/object/apply:os.system [id]", "no YAML"),
        (f"{HEAD}\n" + "web,unix,/run/x,,,,,,,\n" * (MOST + 1), "more than 2000 hosts"),
        ("x" * (1 << 20) + "é", "too large"),
    ],
)
def test_what_is_no_such_file_is_told_as_a_whole(text, words):
    with pytest.raises(Unreadable) as unreadable:
        read(text)

    assert words in str(unreadable.value.message)


def test_a_number_of_a_yaml_is_read_as_it_is_written():
    (line,) = read("hosts:\n- {name: 0755, kind: unix, address: /run/x, environment: yes}\n")

    assert (line.values["name"], line.values["environment"]) == ("0755", "yes")


# --- out and in again -----------------------------------------------------------------------------------------------


def some_hosts():
    a_host("web-01", kind="unix", address="/run/docker.sock", group_name="Production", tags=["pci", "public"])
    services.register(
        "=cmd()", kind="ssh", address="ops@web-02:22/run/x.sock", identity=SshIdentity("SECRET", ""), at=timezone.now()
    )
    a_host("sample-01")
    uploading.register("island", at=timezone.now(), interval=720)


def exported(kind, **query):
    response = signed_in(Role.OPERATOR).get(reverse("hosts-register", args=[kind]), query)
    return b"".join(response.streaming_content).decode()


def preview(text, client=None):
    return (client or signed_in(Role.OPERATOR)).post(reverse("hosts-import"), {"text": text}).content.decode()


def imported(text, client=None):
    client = client or signed_in(Role.OPERATOR)
    sure = re.search(r'name="sure" value="([^"]+)"', preview(text, client))[1]
    return client.post(reverse("hosts-import"), {"text": text, "sure": sure})


def doings(page):
    return re.findall(r"</svg>(added|changed|unchanged|refused)<", page)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "yaml"])
def test_what_is_exported_comes_in_again_unchanged_and_after_a_loss_as_it_was(kind):
    some_hosts()
    text = exported(kind)

    again = preview(text)
    Host.objects.exclude(name="sample-01").delete()
    imported(text)

    assert doings(again) == ["unchanged"] * 3
    assert Host.objects.get(name="island").connection.address not in text
    assert "SECRET" not in text
    assert exported(kind) == text
    host = Host.objects.get(name="=cmd()")
    assert (host.connection.sealed, host.scan_due_at) == ("", None)


@pytest.mark.django_db
def test_no_cell_is_a_formula_and_filters_hold():
    some_hosts()

    assert "\n'=cmd()," in exported("csv").replace("\r\n", "\n")
    assert exported("csv", group="production").count("\r\n") == 2


# --- the plan -------------------------------------------------------------------------------------------------------

FILE = f"""{HEAD}
web-01,unix,/run/docker.sock,Lab,,,Team Nine,,,
web-02,tls,web-02:2376,Lab,pci,,,,,
web-02,tls,web-03:2376,Lab,,,,,,
web-04,carrier-pigeon,roof,,,,,,,
web-05,tcp,169.254.169.254:2375,,,,,,,
web-06,unix,/run/docker.sock,,,,,3,,
web-07,tls,web-07:2376,,,,,,local,
"""


@pytest.mark.django_db
def test_a_preview_says_line_by_line_what_would_be_done_and_does_nothing():
    a_host("web-01", kind="unix", address="/run/docker.sock", group_name="Production", tags=["pci"])

    page = preview(FILE)

    assert doings(page) == ["changed", "added", *["refused"] * 5]
    for words in (
        "stands in the file before",
        "The kind is one of unix, tls, ssh, tcp, offline",
        "no address of this kind",
        "Minutes between scans: Ensure this value is greater than or equal to 5",
        "Files of the host: Select a valid choice",
        "added 1, changed 1, unchanged 0, refused 5",
    ):
        assert words in page
    assert re.search(r">group</span> <del[^>]*>Production</del> <ins[^>]*>Lab<", page)
    assert Host.objects.count() == 1


@pytest.mark.django_db
def test_an_import_does_what_was_seen_and_is_recorded():
    a_host("web-01", kind="unix", address="/run/docker.sock", group_name="Production", tags=["pci"])

    assert imported(FILE).status_code == 302

    host = Host.objects.get(name="web-01")
    assert (host.group.name, host.owner, [tag.name for tag in host.tags.all()]) == ("Lab", "Team Nine", ["pci"])
    assert set(Host.objects.values_list("name", flat=True)) == {"web-01", "web-02"}
    entry = AuditEntry.objects.get(act="hosts.imported")
    assert (entry.by_id, entry.after) == (a_member(Role.OPERATOR).pk, {"changed": 1, "added": 1, "refused": 5})


@pytest.mark.django_db
def test_an_offline_host_has_a_day_and_a_key_whose_place_is_told_and_no_address():
    client = signed_in(Role.OPERATOR)
    lines = "name,kind,address\nisland,offline,\nlagoon,offline,lagoon:22\nweb-01,ssh,ops@web-01:22/run/x.sock\n"

    page = preview(lines, client)
    done = imported(lines, client)

    host = Host.objects.get(name="island")
    assert doings(page) == ["added", "refused", "added"]
    assert "leave its address empty" in page
    assert "Each new offline host gets a key" in page
    assert "wait until somebody gives" in page
    assert (host.is_offline, host.interval, host.file_reading, host.scan_due_at) == (True, 24 * 60, "none", None)
    assert uploading.key_of(host).startswith("sdu_")
    assert uploading.key_of(host) not in page + done.content.decode()


@pytest.mark.django_db
def test_what_changed_since_the_preview_is_shown_anew_instead_of_done():
    client = signed_in(Role.OPERATOR)
    sure = re.search(r'name="sure" value="([^"]+)"', preview(FILE, client))[1]
    a_host("web-02", kind="tls", address="web-02:2376")

    page = client.post(reverse("hosts-import"), {"text": FILE, "sure": sure}).content.decode()

    assert "Something changed since you looked" in page
    assert not Host.objects.filter(name="web-01").exists()


@pytest.mark.django_db
def test_how_a_host_is_reached_is_not_changed_by_a_file():
    a_host("web-01", kind="unix", address="/run/another.sock")

    assert "It is reached otherwise" in preview(FILE)


@pytest.mark.django_db
def test_a_file_does_as_well_as_its_text_and_what_is_neither_is_told():
    client, url = signed_in(Role.OPERATOR), reverse("hosts-import")

    uploaded = client.post(url, {"file": SimpleUploadedFile("hosts.csv", FILE.encode())})
    broken = client.post(url, {"file": SimpleUploadedFile("hosts.png", b"\x89PNG\xff")})

    assert "added 2" in uploaded.content.decode()
    assert broken.status_code == 422
    assert "no CSV" in broken.content.decode()
