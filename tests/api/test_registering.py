"""Programs register hosts by every way that the form has, with its words, and never read back what opens a door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.facts.endpoint import TlsIdentity
from secdash.facts.ssh_keys import of_line
from secdash.fleet import services
from secdash.fleet.models import Connection, Group, GroupRole, Host
from tests.api.world import a_program
from tests.cast import a_member
from tests.facts.certificates import a_certificate, a_key, an_authority, pem
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
LIFE = {"begins": timezone.now() - timedelta(days=1), "ends": timezone.now() + timedelta(days=400)}
PAPERS = {"authority": an_authority(**LIFE), "certificate": a_certificate(**LIFE), "key": pem(a_key("client"))}
TLS = {"name": "web-09", "kind": "tls", "address": "127.0.0.1:1", "tls": PAPERS}
FOREIGN_KEY = f"SHA256:{'A' * 43}"


def told(answer) -> dict[str, str]:
    return {each["at"]: each["message"] for each in answer.json()["errors"]}


def test_a_host_with_tls_is_registered_and_its_papers_are_sealed_and_never_answered():
    program = a_program(Role.OPERATOR)

    made = program.send("hosts", TLS)

    connection = Host.objects.get().connection
    answers = made.text + program.ask("hosts/web-09").text + program.ask("hosts").text
    entry = AuditEntry.objects.get(act="host.registered")
    assert (made.status_code, connection.url, made.json()["connection"]) == (201, "tls://127.0.0.1:1", "tls")
    assert connection.endpoint.identity == TlsIdentity(**PAPERS)
    assert "BEGIN" not in answers + connection.sealed + str(entry.after)
    assert (entry.by_id, entry.after["kind"]) == (a_member(Role.OPERATOR).pk, "tls")


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({"tls": {**PAPERS, "key": pem(a_key("another"))}}, "body/tls/key", "do not make a pair"),
        ({"tls": {**PAPERS, "authority": "-----BEGIN NOTHING-----"}}, "body/tls/authority", "no certificate in PEM"),
        ({"tls": None}, "body/tls", "needs what opens its door"),
        ({"kind": "tcp"}, "body/tls", "has no use for it"),
        ({"address": "169.254.169.254:2376"}, "body/address", "no address of this kind"),
        ({"address": "web-09:none"}, "body/address", "from 1 to 65535"),
        ({"address": "-web-:1"}, "body/address", "name or the address of the host alone"),
    ],
)
def test_what_the_form_refuses_is_refused_in_its_words_and_nothing_secret_comes_back(change, at, words):
    answer = a_program(Role.OPERATOR).send("hosts", {**TLS, **change})

    assert answer.status_code == 422
    assert words in told(answer)[at]
    assert PAPERS["key"].splitlines()[1] not in answer.text
    assert not Host.objects.exists()


def test_a_name_is_taken_whatever_its_case_and_a_port_may_be_left_out():
    program = a_program(Role.OPERATOR)

    made = program.send("hosts", {"name": "web-09", "kind": "tcp", "address": "proxy.internal"})
    taken = program.send("hosts", {"name": "WEB-09", "kind": "tcp", "address": "proxy.internal"})

    assert (made.status_code, Host.objects.get().connection.url) == (201, "tcp://proxy.internal:2375")
    assert (taken.status_code, list(told(taken))) == (409, ["body/name"])


def over_ssh(sshd, dockerd, fingerprint):
    address = f"root@127.0.0.1:{sshd.port}{dockerd.socket}"
    return {
        "name": "web-09",
        "kind": "ssh",
        "address": address,
        "ssh": {"key": sshd.key, "host_key": fingerprint},
    }


@pytest.mark.engine
def test_an_ssh_host_is_asked_for_its_key_and_registered_with_the_fingerprint_that_somebody_compared(sshd, dockerd):
    program = a_program(Role.OPERATOR)

    offered = program.send("host-keys", {"server": "127.0.0.1", "port": sshd.port})
    foreign = program.send("hosts", over_ssh(sshd, dockerd, FOREIGN_KEY))
    nothing = Host.objects.exists()
    made = program.send("hosts", over_ssh(sshd, dockerd, offered.json()["fingerprint"]))

    connection = Host.objects.get().connection
    assert (offered.status_code, offered.json()["line"]) == (200, sshd.known_hosts.strip())
    assert (foreign.status_code, nothing) == (409, False)
    assert offered.json()["fingerprint"] in told(foreign)["body/ssh/host_key"]
    assert (made.status_code, connection.host_key) == (201, sshd.known_hosts.strip())
    assert services.try_connection(connection.endpoint)[0]
    assert "BEGIN" not in made.text + connection.sealed
    entry = AuditEntry.objects.get(act="host.registered")
    assert entry.after["host_key"] == of_line(sshd.known_hosts)[1]


@pytest.mark.engine
def test_credentials_are_replaced_once_the_new_ones_open_the_door(sshd, dockerd):
    program, known = a_program(Role.OPERATOR), of_line(sshd.known_hosts)[1]
    host = a_host("web-09", kind="tcp", address="proxy.internal:2375")
    way = {name: value for name, value in over_ssh(sshd, dockerd, known).items() if name != "name"}
    foreign = {**way, "ssh": {"key": pem(a_key("another")), "host_key": known}}
    address = "hosts/web-09/connection"

    refused = [
        program.send(address, foreign, method="put"),
        program.send(address, {**way, "ssh": {**way["ssh"], "host_key": FOREIGN_KEY}}, method="put"),
        program.send(address, {**way, "address": f"root@127.0.0.1:{sshd.port}/run/nobody.sock"}, method="put"),
        program.send(address, {"kind": "tls", "address": "127.0.0.1:1"}, method="put"),
    ]
    before = Connection.objects.get(host=host).url
    replaced = program.send(address, way, method="put")

    connection = Connection.objects.get(host=host)
    assert [answer.status_code for answer in refused] == [409, 409, 409, 422]
    assert "lets no root in with this key" in refused[0].json()["detail"]
    assert before == "tcp://proxy.internal:2375"
    assert (replaced.status_code, replaced.json()["connection"]) == (200, "ssh")
    assert services.try_connection(connection.endpoint)[0]
    entry = AuditEntry.objects.get(act="connection.changed")
    assert (entry.by_id, entry.after["host_key"]) == (a_member(Role.OPERATOR).pk, known)


def test_a_way_that_is_not_open_yet_is_kept_untested_and_an_offline_host_has_none():
    program = a_program(Role.OPERATOR)
    a_host("web-09", kind="unix", address="/web.sock"), a_host("far-01", kind="offline", address="key")
    way = {"kind": "tcp", "address": "127.0.0.1:1"}

    refused = program.send("hosts/web-09/connection", way, method="put")
    kept = program.send("hosts/web-09/connection", {**way, "untested": True}, method="put")
    nowhere = program.send("hosts/far-01/connection", {**way, "untested": True}, method="put")

    assert "Nobody listens on port 1" in refused.json()["detail"]
    assert [answer.status_code for answer in (refused, kept, nowhere)] == [409, 200, 404]
    assert Host.objects.get(slug="web-09").connection.url == "tcp://127.0.0.1:1"


def test_where_nobody_answers_no_key_is_offered_and_it_is_said_why():
    program = a_program(Role.OPERATOR)

    closed = program.send("host-keys", {"server": "127.0.0.1", "port": 1})
    refused = program.send("host-keys", {"server": "169.254.169.254"})

    assert (closed.status_code, "Nobody listens on port 1" in closed.json()["detail"]) == (409, True)
    assert (refused.status_code, list(told(refused))) == (422, ["body/server"])


def test_whoever_manages_one_group_registers_and_moves_hosts_there_alone():
    for name in ("shop", "bank"):
        a_host(f"{name}-01", group_name=name)
    user = a_member(Role.VIEWER, username="ada", reach=User.Reach.GROUPS)
    GroupRole.objects.create(user=user, group=Group.objects.get(name="shop"), role=Role.OPERATOR)
    program = a_program(Role.VIEWER, username="ada")
    new = {"name": "web-09", "address": "/run/docker.sock"}

    answers = [program.send("hosts", {**new, "group": group}) for group in ("bank", "new", "", "Shop")]
    moved = program.send("hosts/shop-01", {"group": "bank"}, method="patch")

    assert [answer.status_code for answer in answers] == [422, 422, 422, 201]
    assert "hosts you manage: shop." in told(answers[0])["body/group"]
    assert moved.status_code == 422
    assert Host.objects.filter(group__name="shop").count() == 2
