"""Examining SSH keys before they are kept, against what ssh-keygen makes."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncssh
import pytest

from secdash.facts.ssh_keys import examine_ssh, of_line


@cache
def made(*options: str, passphrase: str = "") -> tuple[str, str, str]:
    """What ssh-keygen makes: the private key, its public half, and its fingerprint."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-C", "x", "-f", path, *options], check=True)
        told = subprocess.run(["ssh-keygen", "-lf", path], check=True, capture_output=True, text=True)
        return path.read_text(), path.with_suffix(".pub").read_text(), told.stdout.split()[1]


ED25519, PEM_RSA = ("-t", "ed25519"), ("-t", "rsa", "-b", "2048", "-m", "PEM")


@pytest.mark.parametrize("options", [ED25519, PEM_RSA, ("-t", "ecdsa")])
def test_a_key_is_read_and_its_public_half_is_told(options):
    private, public, fingerprint = made(*options)

    found = examine_ssh(private, "")

    assert found.problems == ()
    assert found.public.split()[:2] == public.split()[:2]
    assert (found.kind, found.fingerprint) == (public.split()[0], fingerprint)


def test_a_passphrase_opens_a_key_once_and_is_not_kept():
    private, public, _fingerprint = made(*ED25519, "-a", "1", passphrase="open sesame")

    found = examine_ssh(private, "open sesame")

    assert found.identity is not None
    assert found.identity.passphrase == ""
    opened = asyncssh.import_private_key(found.identity.key)
    assert opened.export_public_key().decode().split()[:2] == public.split()[:2]


@pytest.mark.parametrize(
    ("key", "passphrase", "field", "words"),
    [
        (made(*ED25519, "-a", "1", passphrase="open sesame"), "", "passphrase", "has a passphrase"),
        (made(*ED25519, "-a", "1", passphrase="open sesame"), "open barley", "passphrase", "does not open"),
        (("hello",), "", "ssh_key", "no private SSH key"),
        (("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----",), "", "ssh_key", "no private"),
        ((made(*ED25519)[1],), "", "ssh_key", "only the public half"),
        (made("-t", "rsa", "-b", "1024"), "", "ssh_key", "1024 bits"),
        (("x" * 100_000,), "", "ssh_key", "too long"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(key, passphrase, field, words):
    found = examine_ssh(key[0], passphrase)

    assert found.identity is None
    assert [remark.field for remark in found.problems] == [field]
    assert words in str(found.problems[0].message)


def test_a_line_of_known_hosts_has_the_fingerprint_that_ssh_keygen_tells():
    _private, public, fingerprint = made(*ED25519)

    assert of_line(f"[docker-1]:2222 {public}") == ("ssh-ed25519", fingerprint)


@pytest.mark.parametrize("line", ["", "docker-1", "docker-1 ssh-ed25519 AAAA", "docker-1 ssh-ed25519 !", "a b c d"])
def test_what_is_no_line_of_known_hosts_has_none(line):
    assert of_line(line) == ("", "")
