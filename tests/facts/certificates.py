"""Certificates of every kind of fault, made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
AUTHORITY = "the authority"


@cache
def a_key(name: str):
    """One of each name for all tests: `small` is an RSA key that can be broken."""
    if name == "small":
        return rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is its fault
    return ec.generate_private_key(ec.SECP192R1() if name == "little" else ec.SECP256R1())


def pem(key, password: bytes | None = None) -> str:
    closed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return key.private_bytes(*form, closed).decode()


def a_certificate(
    name: str = "secdash",
    *,
    key: str = "client",
    signer: str = AUTHORITY,
    begins: datetime = NOW - timedelta(days=1),
    ends: datetime = NOW + timedelta(days=365),
    usage=CLIENT,
    ca: bool = False,
) -> str:
    built = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(signer))
        .public_key(a_key(key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if usage is not None:
        built = built.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if ca:
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = built.sign(a_key(signer), hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def an_authority(name: str = AUTHORITY, **options) -> str:
    return a_certificate(name, key=name, signer=name, usage=None, ca=True, **options)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
