"""Examining what is to open the door of a host before it is kept: certificates and keys that somebody pasted. Pure."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID

from secdash.facts.endpoint import TlsIdentity
from secdash.facts.message import Message, say

SOON = timedelta(days=30)
SMALLEST_RSA = 2048
SMALLEST_CURVE = 256
LARGEST = 64 << 10  # characters of one pasted text
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error)
WEAK_HASHES = (hashes.MD5, hashes.SHA1)

NO_CERTIFICATE = say("This is no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----.")
NO_KEY = say("This is no private key in PEM form, which begins with -----BEGIN PRIVATE KEY----- or the like.")
TOO_LARGE = say("This is too long for a certificate or a key.")
ENCRYPTED_KEY = say(
    "This key is encrypted. secdash keeps keys sealed by itself: take the passphrase off with "
    "“openssl pkey -in key.pem -out plain.pem” and give the plain key."
)
NOT_A_PAIR = say("This key is not the one of the certificate: they do not make a pair.")
NOT_FOR_CLIENTS = say("This certificate may not be used by a client. Make one whose extended key usage has clientAuth.")
NO_AUTHORITY = say("This certificate may not sign others. Give the CA that signed the Engine’s certificate.")
SIGNED_BY_ANOTHER = say(
    "The client’s certificate was signed by another authority than this. That works only if the Engine trusts that one."
)
WEAK_SIGNATURE = say("This certificate is signed with %(hash)s, which can be forged. Make one with SHA-256.")


class Remark(NamedTuple):
    """What is to be said beside a field: `authority`, `certificate`, `key` or `passphrase`."""

    field: str
    message: Message


class Examined(msgspec.Struct, frozen=True):
    """`problems` forbid the use, `remarks` do not. The rest is of the client's certificate."""

    problems: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    identity: TlsIdentity | None = None
    subject: str = ""
    issuer: str = ""
    expires_at: datetime | None = None


class Refused(Exception):
    """A text that cannot be used; the message is for whoever entered it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


T = TypeVar("T")


def examine_tls(authority: str, certificate: str, key: str, *, at: datetime) -> Examined:
    """Whether these three can open an Engine with mutual TLS; there is an identity where nothing forbids it."""
    problems: list[Remark] = []
    signer = _read(_certificate, authority, "authority", problems)
    own = _read(_certificate, certificate, "certificate", problems)
    private = _read(_private_key, key, "key", problems)
    if signer is None or own is None or private is None:
        return Examined(tuple(problems))
    problems += _forbidding(signer, own, private, at)
    return Examined(
        problems=tuple(problems),
        remarks=tuple(_worth_saying(signer, own, at)),
        identity=None if problems else TlsIdentity(as_kept(authority), as_kept(certificate), as_kept(key)),
        subject=own.subject.rfc4514_string(),
        issuer=own.issuer.rfc4514_string(),
        expires_at=own.not_valid_after_utc,
    )


def as_kept(text: str) -> str:
    """Lines end as they do on the other side, whatever form they came through."""
    return text.strip().replace("\r\n", "\n") + "\n"


def too_weak(key: PrivateKeyTypes | PublicKeyTypes) -> Message | None:
    """Why this key protects nothing; None for one that does."""
    match key:
        case rsa.RSAPrivateKey() | rsa.RSAPublicKey() if key.key_size < SMALLEST_RSA:
            return say("RSA keys of %(bits)s bits can be broken. Make one of at least 2048.", bits=key.key_size)
        case ec.EllipticCurvePrivateKey() | ec.EllipticCurvePublicKey() if key.curve.key_size < SMALLEST_CURVE:
            return say("The curve %(curve)s is too small. Take P-256 or Ed25519.", curve=key.curve.name)
        case dsa.DSAPrivateKey() | dsa.DSAPublicKey():
            return say("DSA keys can be broken. Make an Ed25519 or RSA key.")
    return None


def _read(read: Callable[[bytes], T], text: str, field: str, problems: list[Remark]) -> T | None:
    if not text.strip():
        return None  # the form says that it is missing
    try:
        return read(bounded(text))
    except Refused as refused:
        problems.append(Remark(field, refused.message))
        return None


def bounded(text: str) -> bytes:
    if len(text) > LARGEST:
        raise Refused(TOO_LARGE)
    return as_kept(text).encode()


def _certificate(text: bytes) -> x509.Certificate:
    """The first one; an authority's chain may follow it."""
    try:
        return x509.load_pem_x509_certificates(text)[0]
    except UNREADABLE as error:
        raise Refused(NO_CERTIFICATE) from error


def _private_key(text: bytes) -> PrivateKeyTypes:
    if b"ENCRYPTED" in text:
        raise Refused(ENCRYPTED_KEY)
    try:
        return serialization.load_pem_private_key(text, None)
    except UNREADABLE as error:
        raise Refused(NO_KEY) from error


def _forbidding(
    signer: x509.Certificate, own: x509.Certificate, private: PrivateKeyTypes, at: datetime
) -> Iterator[Remark]:
    if _spki(own.public_key()) != _spki(private.public_key()):
        yield Remark("key", NOT_A_PAIR)
    if not _may_be_a_client(own):
        yield Remark("certificate", NOT_FOR_CLIENTS)
    if not _may_sign(signer):
        yield Remark("authority", NO_AUTHORITY)
    for field, certificate in (("authority", signer), ("certificate", own)):
        yield from (Remark(field, why) for why in (_out_of_time(certificate, at), _weak(certificate)) if why)


def _worth_saying(signer: x509.Certificate, own: x509.Certificate, at: datetime) -> Iterator[Remark]:
    for field, certificate in (("authority", signer), ("certificate", own)):
        if at <= certificate.not_valid_after_utc < at + SOON:
            day = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
            yield Remark(field, say("This certificate ends soon, on %(day)s. Have its successor ready.", day=day))
    if not _signed(own, signer):
        yield Remark("certificate", SIGNED_BY_ANOTHER)


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _may_be_a_client(certificate: x509.Certificate) -> bool:
    """A certificate that names no extended use may be used for all."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in uses


def _may_sign(certificate: x509.Certificate) -> bool:
    """The Engine's own certificate, signed by itself, is an authority too, if it says so."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _out_of_time(certificate: x509.Certificate, at: datetime) -> Message | None:
    if at > certificate.not_valid_after_utc:
        return say("This certificate ended on %(day)s.", day=f"{certificate.not_valid_after_utc:%Y-%m-%d}")
    if at < certificate.not_valid_before_utc:
        since = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        return say("This certificate holds only from %(since)s on. Compare the clocks.", since=since)
    return None


def _weak(certificate: x509.Certificate) -> Message | None:
    algorithm = certificate.signature_hash_algorithm
    if isinstance(algorithm, WEAK_HASHES):
        return say(WEAK_SIGNATURE.text, hash=algorithm.name.upper())
    return too_weak(certificate.public_key())


def _signed(own: x509.Certificate, signer: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(signer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True
