"""Puts credentials where people put them, through the product's own services: `python -m tests.flows.planting`.

Reads `{kind: [credential …]}` as JSON from its input, in the environment of a product, whose tables it makes first.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402 - after the set-up

from secdash.accounts.models import User  # noqa: E402
from secdash.accounts.roles import Role  # noqa: E402
from secdash.accounts.services import add_member, first_administrator  # noqa: E402
from secdash.facts.endpoint import SshIdentity, TlsIdentity  # noqa: E402
from secdash.fleet import credentials  # noqa: E402
from secdash.fleet.models import Connection, Host  # noqa: E402
from secdash.messaging import channels  # noqa: E402
from secdash.scans import services  # noqa: E402

PUBLIC = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
NOBODY_THERE = "127.0.0.1:9"


def main() -> None:
    call_command("migrate", verbosity=0)
    given, by = json.load(sys.stdin), first_administrator()
    for number, key in enumerate(given["tls key"]):
        a_host(f"tls-{number}", "tls", NOBODY_THERE, TlsIdentity(PUBLIC, PUBLIC, as_pem(key)))
    for number, (key, passphrase) in enumerate(zip(given["ssh key"], given["passphrase"], strict=True)):
        a_host(f"ssh-{number}", "ssh", f"ops@{NOBODY_THERE}/run/docker.sock", SshIdentity(as_pem(key), "", passphrase))
    for number, password in enumerate(given["password"]):
        user = add_member(f"member-{number}", role=Role.OPERATOR)
        user.set_password(password)
        user.save()
    for address in given["channel"]:
        a_channel_with_a_test(f"json://{NOBODY_THERE}/{address}", by)


def a_host(name: str, kind: str, address: str, identity: TlsIdentity | SshIdentity) -> None:
    """With a scan that is asked for and will fail: nobody listens there."""
    host = Host.objects.create(name=name, slug=name, created_at=timezone.now())
    Connection.objects.create(host=host, kind=kind, address=address, sealed=credentials.sealed(identity))
    services.request(host, trigger="manual", at=timezone.now(), by=first_administrator())


def a_channel_with_a_test(address: str, by: User) -> None:
    made = channels.add(
        kind="apprise",
        name="Chat",
        address=address,
        language="en",
        owner=None,
        group=None,
        by=by,
        at=timezone.now(),
    )
    channels.test(made, by=by, at=timezone.now())


def as_pem(body: str) -> str:
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


if __name__ == "__main__":
    main()
