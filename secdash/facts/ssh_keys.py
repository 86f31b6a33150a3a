"""Examining a private SSH key that somebody pasted: whether it opens, and the public half to be authorised. Pure."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import ssh

from secdash.facts.endpoint import SshIdentity
from secdash.facts.identities import UNREADABLE, Refused, Remark, as_kept, bounded, too_weak
from secdash.facts.message import say

OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
COMMENT = "secdash"

NO_SSH_KEY = say(
    "This is no private SSH key that secdash can read. The file that ends in .pub is only the public half; keys on "
    "hardware cannot be used."
)
NEEDS_PASSPHRASE = say("This key has a passphrase. Enter it.")
WRONG_PASSPHRASE = say("The passphrase does not open this key.")


class ExaminedKey(msgspec.Struct, frozen=True):
    """`identity` has no host key yet; `public` is a line of authorized_keys, `fingerprint` begins with SHA256:."""

    problems: tuple[Remark, ...] = ()
    identity: SshIdentity | None = None
    public: str = ""
    kind: str = ""
    fingerprint: str = ""


def examine_ssh(key: str, passphrase: str) -> ExaminedKey:
    """The key, opened: what is sealed needs no passphrase beside it, which would be sealed with the same key."""
    if not key.strip():
        return ExaminedKey()
    try:
        private = _opened(bounded(key), passphrase)
    except _Closed as closed:
        return ExaminedKey((Remark("passphrase", closed.message),))
    except Refused as refused:
        return ExaminedKey((Remark("ssh_key", refused.message),))
    if why := too_weak(private):
        return ExaminedKey((Remark("ssh_key", why),))
    return _told(private)


class _Closed(Refused):
    """The passphrase is at fault, not the key."""


def _opened(text: bytes, passphrase: str) -> PrivateKeyTypes:
    """A passphrase for a key that has none is no fault."""
    load = serialization.load_ssh_private_key if text.startswith(OPENSSH) else serialization.load_pem_private_key
    try:
        return load(text, None)
    except TypeError as error:  # it is encrypted
        if not passphrase:
            raise _Closed(NEEDS_PASSPHRASE) from error
    except UNREADABLE as error:
        raise Refused(NO_SSH_KEY) from error
    try:
        return load(text, passphrase.encode())
    except UNREADABLE as error:
        raise _Closed(WRONG_PASSPHRASE) from error


def _told(private: PrivateKeyTypes) -> ExaminedKey:
    try:
        plain = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        line = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    except UNREADABLE:
        return ExaminedKey((Remark("ssh_key", NO_SSH_KEY),))
    kind, blob = line.decode().split()[:2]
    return ExaminedKey(
        identity=SshIdentity(key=as_kept(plain.decode()), host_key=""),
        public=f"{kind} {blob} {COMMENT}",
        kind=kind,
        fingerprint=fingerprint(blob),
    )


def fingerprint(blob: str) -> str:
    """As ssh-keygen -l writes it."""
    return "SHA256:" + b64encode(hashlib.sha256(b64decode(blob)).digest()).decode().rstrip("=")


def of_line(line: str) -> tuple[str, str]:
    """Kind and fingerprint of a line of known_hosts; ("", "") for what is none."""
    words = line.split()
    try:
        ssh.load_ssh_public_key(" ".join(words[1:3]).encode())
    except UNREADABLE:
        return "", ""
    return words[1], fingerprint(words[2])
