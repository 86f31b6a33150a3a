"""Reads the environment: every setting may also come from a file named by NAME_FILE, as container secrets do."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}  # and their usual ports
LOOPBACKS = ("http://127.0.0.1", "http://localhost", "http://[::1]")
ROLES = ("viewer", "contributor", "reviewer", "operator", "administrator")  # weakest first; accounts.roles has them
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107
# PostgreSQL is told not to compile queries, since the sums of our pages take it longer to compile than to run; and to
# end a transaction whose process is silent: a machine that lost its power would hold its locks for two hours. A server
# that is gone without a word is noticed within half a minute.
POSTGRES = {
    "options": "-c jit=off -c idle_in_transaction_session_timeout=60s",
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
BASE = Path(__file__).resolve().parent.parent


def setting(name: str, default: str = "") -> str:
    """The value of NAME, else the stripped content of the file that NAME_FILE names, else the default."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return default


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within bounds. Raises ImproperlyConfigured with the sentence for whoever set it."""
    text = setting(name, str(default))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words. Raises ImproperlyConfigured with the sentence for whoever set it."""
    word = setting(name, default)
    if word not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {word!r}.")
    return word


def openid_provider() -> dict[str, Any]:
    """The provider of SECDASH_OIDC_*, as django-allauth takes it; nothing where none is named."""
    issuer = setting("SECDASH_OIDC_ISSUER").rstrip("/")
    if not issuer:
        return {}
    if not issuer.startswith("https://") and not issuer.startswith(LOOPBACKS):
        raise ImproperlyConfigured("SECDASH_OIDC_ISSUER must begin with https://.")
    client, secret = setting("SECDASH_OIDC_CLIENT_ID"), setting("SECDASH_OIDC_CLIENT_SECRET")
    if not client or not secret:
        raise ImproperlyConfigured("SECDASH_OIDC_ISSUER needs SECDASH_OIDC_CLIENT_ID and SECDASH_OIDC_CLIENT_SECRET.")
    return {
        "provider_id": "oidc",
        "name": setting("SECDASH_OIDC_NAME", "OpenID Connect"),
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer},
    }


def role_mapping(text: str) -> dict[str, str]:
    """`group=role` with commas. Raises ImproperlyConfigured with the sentence for whoever set it."""
    pairs = [pair.strip().rpartition("=") for pair in text.split(",") if pair.strip()]
    wrong = next((role for group, _sign, role in pairs if not group or role not in ROLES), None)
    if wrong is not None:
        raise ImproperlyConfigured(f"SECDASH_OIDC_ROLES must be group=role, with a role of {', '.join(ROLES)}.")
    return {group.strip(): role for group, _sign, role in pairs}


def mail_server(url: str) -> dict[str, Any]:
    """What Django's SMTP backend takes; nothing for "". Raises ImproperlyConfigured, without the password."""
    if not url:
        return {}
    scheme = url.partition("://")[0]
    if scheme not in MAIL_SCHEMES:
        names = ", ".join(f"{name}://" for name in MAIL_SCHEMES)
        raise ImproperlyConfigured(f"SECDASH_MAIL_URL must begin with one of {names}.")
    read = environ.Env.email_url_config(url)
    return {
        "host": read["EMAIL_HOST"] or "localhost",
        "port": read["EMAIL_PORT"] or MAIL_SCHEMES[scheme],
        "username": read["EMAIL_HOST_USER"] or "",
        "password": read["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": bool(read.get("EMAIL_USE_TLS")),
        "use_ssl": bool(read.get("EMAIL_USE_SSL")),
    }


def database(url: str) -> dict[str, Any]:
    """What Django takes of DATABASE_URL; what the URL says itself comes before what is usual on PostgreSQL."""
    read: dict[str, Any] = environ.Env.db_url_config(url)
    if read["ENGINE"].endswith("postgresql"):
        read["OPTIONS"] = {**POSTGRES, **read.get("OPTIONS", {})}
    return read


def full_path(path: str, *, name: str) -> str:
    """The path. Raises ImproperlyConfigured with the sentence for whoever set it where it depends on a folder."""
    if not path.startswith("/"):
        raise ImproperlyConfigured(f"{name} must be a full path that begins with a slash, not {path!r}.")
    return path


def data_directory() -> Path:
    """Where the embedded default keeps its database, key and queue socket."""
    return Path(setting("SECDASH_DATA", str(BASE / "data"))).resolve()


def embedded_key(data: Path) -> str:
    """The key that `manage.py up` wrote once, or "" before that."""
    path = data / "secret.key"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def queue_socket(data: Path) -> Path:
    """The private queue's socket: in the data directory, or in a short place where the path would be too long."""
    socket = data / "queue" / "queue.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    short = hashlib.blake2b(os.fsencode(data), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"secdash-{os.getuid()}-{short}" / "queue.sock"
