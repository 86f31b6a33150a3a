"""Registering hosts by every way, testing the way before and after, and replacing what opens the door."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.facts.endpoint import SshIdentity, TlsIdentity
from secdash.facts.ssh_keys import examine_ssh
from secdash.fleet import services
from secdash.fleet.models import Connection, Host
from tests.cast import a_member, signed_in
from tests.facts.certificates import a_certificate, a_key, an_authority, pem

pytestmark = pytest.mark.django_db

DETAILS = {"name": "web-09", "interval": "60", "file_reading": "none", "image_reading": "none"}
KEPT = re.compile(r'name="kept" value="([^"]*)"')
LIFE = {"begins": timezone.now() - timedelta(days=1), "ends": timezone.now() + timedelta(days=400)}
PAPERS = {"authority": an_authority(**LIFE), "certificate": a_certificate(**LIFE), "key": pem(a_key("client"))}
SUCCESSOR = {"certificate": a_certificate(key="next", **LIFE), "key": pem(a_key("next"))}


def tls(**changes):
    return {"kind": "tls", "server": "127.0.0.1", "port": "1", **PAPERS, **changes}


def add(data, client=None):
    return (client or signed_in(Role.OPERATOR)).post(reverse("host-add"), {**DETAILS, **data})


def body(response):
    return response.content.decode()


# --- what is kept -------------------------------------------------------------------------------------------------


def test_a_host_with_tls_keeps_its_credentials_sealed_and_its_certificates_last_moment():
    add(tls())

    connection = Host.objects.get(name="web-09").connection
    assert (connection.kind, connection.address) == ("tls", "127.0.0.1:1")
    assert connection.endpoint.identity == TlsIdentity(**PAPERS)
    assert "BEGIN" not in connection.sealed
    assert connection.expires_at == LIFE["ends"].replace(microsecond=0)


def test_neither_the_page_nor_the_log_of_changes_holds_a_key():
    client = signed_in(Role.OPERATOR)
    add(tls(), client)
    host = Host.objects.get()

    pages = [client.get(reverse(name, args=[host.slug])) for name in ("host-connection", "host-reach", "host-edit")]
    pages.append(client.get(reverse("host-add")))

    assert [page.status_code for page in pages] == [200] * 4
    assert not any("PRIVATE KEY--" in body(page) for page in pages)
    entry = AuditEntry.objects.get(act="host.registered")
    assert entry.after["address"] == "127.0.0.1:1"
    assert "BEGIN" not in str(entry.after)


def test_a_proxy_is_reached_by_plain_tcp():
    add({"kind": "proxy", "server": "proxy.internal", "file_reading": "archive"})

    host = Host.objects.get()
    assert host.connection.url == "tcp://proxy.internal:2375"
    assert host.file_reading == "none"


# --- nothing typed is lost, and nothing secret comes back ---------------------------------------------------------


def test_a_key_that_is_wrong_is_told_beside_it_and_what_is_no_secret_stays_in_the_page():
    response = add(tls(key=pem(a_key("another"))))

    page = body(response)
    assert response.status_code == 422
    assert "do not make a pair" in page
    assert PAPERS["authority"].splitlines()[1] in page
    assert pem(a_key("another")).splitlines()[1] not in page


def test_a_key_need_not_be_given_again_after_another_mistake():
    client = signed_in(Role.OPERATOR)
    page = body(add(tls(name=""), client))
    kept = KEPT.search(page)[1]

    response = add(tls(key="", kept=kept), client)

    assert "kept sealed until you save" in page
    assert pem(a_key("client")).splitlines()[1] not in page
    assert response.status_code == 302
    assert Host.objects.get().connection.endpoint.identity.key == pem(a_key("client"))


def test_what_waits_is_sealed_and_of_this_session_alone_and_gone_once_it_is_saved():
    client, other = signed_in(Role.OPERATOR), signed_in(Role.ADMINISTRATOR)
    kept = KEPT.search(body(add(tls(name=""), client)))[1]

    stored = str(dict(client.session))
    foreign = add(tls(key="", kept=kept), other)
    add(tls(kept=kept), client)

    assert "PRIVATE" not in stored
    assert "Paste it here" in body(foreign)
    assert client.session["fleet_drafts"] == {}


def test_a_passphrase_waits_with_its_key():
    client = signed_in(Role.OPERATOR)
    key = pem(a_key("client"), b"open sesame")
    data = {
        "kind": "ssh",
        "server": "127.0.0.1",
        "port": "x",
        "account": "root",
        "ssh_key": key,
        "passphrase": "open sesame",
    }

    page = body(add(data, client))
    again = body(
        client.post(
            reverse("host-test"), {**data, "port": "1", "ssh_key": "", "passphrase": "", "kept": KEPT.search(page)[1]}
        )
    )

    assert "open sesame" not in page
    assert "Paste it here" not in again
    assert "has a passphrase" not in again


def test_files_do_as_well_as_pasting():
    files = {
        f"{name}_file": SimpleUploadedFile(f"{name}.pem", text.encode())
        for name, text in tls().items()
        if "BEGIN" in text
    }

    add({**tls(authority="", certificate="", key=""), **files})

    assert Host.objects.get().connection.endpoint.identity.key == pem(a_key("client"))


@pytest.mark.parametrize("missing", ["authority", "certificate", "key"])
def test_what_is_missing_is_asked_for(missing):
    assert "Paste it here, or choose the file" in body(add(tls(**{missing: ""})))


# --- tested step by step ------------------------------------------------------------------------------------------


def states(page):
    return re.findall(r'<li class="(passed|failed|not_reached)">', page)


def test_a_test_shows_each_step_and_what_failed_and_keeps_nothing():
    response = signed_in(Role.OPERATOR).post(reverse("host-test"), tls(), headers={"HX-Request": "true"})

    page = body(response)
    assert states(page) == [
        "passed",
        "passed",
        "passed",
        "failed",
        "not_reached",
        "not_reached",
        "not_reached",
        "not_reached",
    ]
    assert "<html" not in page
    assert not Host.objects.exists()


def test_without_a_script_the_test_answers_with_the_whole_form():
    page = body(signed_in(Role.OPERATOR).post(reverse("host-test"), {**DETAILS, **tls(), "owner": "Team Nine"}))

    assert "failed" in states(page)
    assert 'value="Team Nine"' in page
    assert KEPT.search(page)[1]


@pytest.mark.engine
def test_a_registered_host_is_tested_with_what_was_saved(dockerd):
    host = services.register("web-09", kind="unix", address=str(dockerd.socket), at=timezone.now())

    page = body(signed_in(Role.OPERATOR).post(reverse("host-connection-test", args=[host.slug])))

    assert "Connected: Engine" in page
    assert set(states(page)) == {"passed"}


def test_a_host_without_credentials_is_not_scanned_and_says_what_it_needs():
    host = services.register("web-09", kind="tls", address="127.0.0.1:1", at=timezone.now())

    page = body(signed_in(Role.OPERATOR).post(reverse("host-connection-test", args=[host.slug])))

    assert host.scan_due_at is None
    assert "Nobody has given secdash yet" in page


# --- SSH host keys ------------------------------------------------------------------------------------------------


def ssh(sshd, dockerd, **changes):
    where = {"server": "127.0.0.1", "port": str(sshd.port), "account": "root", "socket": str(dockerd.socket)}
    return {"kind": "ssh", **where, "ssh_key": sshd.key, **changes}


@pytest.mark.engine
def test_an_ssh_host_shows_its_key_first_and_is_registered_once_it_is_confirmed(sshd, dockerd):
    client = signed_in(Role.OPERATOR)

    first = add(ssh(sshd, dockerd), client)
    line = re.search(r'name="host_key" value="([^"]+)"', body(first))[1]
    unconfirmed = add(ssh(sshd, dockerd, host_key=line), client)
    tried = client.post(reverse("host-test"), ssh(sshd, dockerd, host_key=line, host_key_is_right="on"))
    saved = add(ssh(sshd, dockerd, host_key=line, host_key_is_right="on"), client)

    assert (first.status_code, unconfirmed.status_code, saved.status_code) == (422, 422, 302)
    assert "This is the key of the host" in body(first)
    assert set(states(body(tried))) == {"passed"}
    assert line in body(tried)
    assert Host.objects.get().connection.host_key == sshd.known_hosts.strip() == line


@pytest.mark.engine
def test_a_changed_host_key_is_shown_beside_the_pinned_one_and_taken_only_by_hand(sshd, dockerd):
    host = an_ssh_host(sshd, dockerd, host_key=f"[127.0.0.1]:{sshd.port} {examine_ssh(pem(a_key('old')), '').public}")
    client, url = signed_in(Role.OPERATOR), reverse("host-key", args=[host.slug])

    tested = body(client.post(reverse("host-connection-test", args=[host.slug])))
    asked = body(client.post(url, {"do": "ask"}))
    line = re.search(r'name="line" value="([^"]+)"', asked)[1]
    client.post(url, {"do": "pin", "line": "elsewhere " + line.split(" ", 1)[1]})
    unchanged = Connection.objects.get().host_key
    client.post(url, {"do": "pin", "line": line})

    assert "failed" in states(tested)
    assert "The key has changed" in asked
    assert asked.count("SHA256:") == 2
    assert unchanged == host.connection.host_key
    assert Connection.objects.get().host_key == line
    entry = AuditEntry.objects.get(act="connection.pinned")
    assert entry.before["host_key"] != entry.after["host_key"]
    assert entry.by_id == a_member(Role.OPERATOR).pk


def an_ssh_host(sshd, dockerd, **options):
    return services.register(
        "web-09",
        kind="ssh",
        address=f"root@127.0.0.1:{sshd.port}{dockerd.socket}",
        identity=SshIdentity(sshd.key, ""),
        at=timezone.now(),
        **options,
    )


# --- replaced without losing the host -----------------------------------------------------------------------------


def a_tls_host():
    add(tls())
    return Host.objects.get()


def change(host, data, **more):
    return signed_in(Role.OPERATOR).post(reverse("host-reach", args=[host.slug]), {**data, **more})


def test_credentials_that_do_not_work_replace_nothing_unless_somebody_insists():
    host = a_tls_host()
    before = host.connection.sealed

    refused = change(host, tls(authority="", **SUCCESSOR))
    kept = Connection.objects.get().sealed
    forced = change(host, tls(authority="", **SUCCESSOR), forced="yes")

    assert refused.status_code == 422
    assert "Save it although the test failed" in body(refused)
    assert kept == before
    assert forced.status_code == 302
    assert Connection.objects.get().endpoint.identity.key == pem(a_key("next"))
    assert Connection.objects.get().endpoint.identity.authority == PAPERS["authority"]


@pytest.mark.engine
def test_an_ssh_host_gets_another_socket_and_keeps_its_key(sshd, dockerd):
    host = an_ssh_host(sshd, dockerd, host_key=sshd.known_hosts.strip())
    Host.objects.update(file_reading="archive")
    before = host.connection.sealed

    response = change(host, ssh(sshd, dockerd, ssh_key="", socket=f"{dockerd.socket.parent}/./docker.sock"))

    connection = Connection.objects.get()
    assert response.url == reverse("host-connection", args=[host.slug])
    assert connection.address.endswith("/./docker.sock")
    assert (connection.sealed, connection.replaced_at) == (before, None)
    entry = AuditEntry.objects.get(act="connection.changed")
    assert entry.after["credentials"] == "as before"


def test_who_replaced_credentials_and_when_is_shown_and_recorded():
    host = a_tls_host()

    change(host, tls(**SUCCESSOR), forced="yes")

    page = body(signed_in(Role.OPERATOR).get(reverse("host-connection", args=[host.slug])))
    assert f"by {a_member(Role.OPERATOR)}" in page
    entry = AuditEntry.objects.get(act="connection.changed")
    assert entry.after["credentials"] == "new"
    assert "BEGIN" not in str((entry.before, entry.after))


def test_another_kind_of_connection_takes_the_ways_of_reading_that_fit():
    host = services.register("web-09", kind="unix", address="/run/none.sock", at=timezone.now(), file_reading="local")

    change(host, tls(), forced="yes")

    host.refresh_from_db()
    assert (host.connection.kind, host.file_reading) == ("tls", "none")


@pytest.mark.parametrize("name", ["host-connection", "host-reach", "host-key"])
def test_sample_hosts_and_uploads_have_no_connection_to_look_at(name):
    host = services.register("web-09", kind="sample", address="web-09@1", at=timezone.now())

    assert signed_in(Role.OPERATOR).get(reverse(name, args=[host.slug])).status_code == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [(40, ""), (12, "certificate ends in 12 days"), (1, "certificate ends in 1 day"), (-1, "certificate ended")],
)
def test_a_certificates_end_is_announced_on_the_list_of_hosts(days, words):
    a_tls_host()
    Connection.objects.update(expires_at=timezone.now() + timedelta(days=days, hours=1))

    page = body(signed_in(Role.VIEWER).get(reverse("hosts")))

    assert (words in page) if words else ("certificate end" not in page)
