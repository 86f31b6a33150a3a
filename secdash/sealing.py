"""Keeping what must be read again but never shown: sealed with a key that the database does not hold.

The first key seals, all of them open: put a new one in front, run `manage.py rotate_keys`, take the old one away.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PURPOSE = b"secdash sealing\0"


class Unreadable(Exception):
    """None of the keys opens this."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text. Raises Unreadable where it was sealed with a key that is no longer known."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def reseal(sealed: str) -> str:
    """The same text, sealed with the first key. Raises Unreadable."""
    try:
        return _keys().rotate(sealed.encode()).decode("ascii")
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    words = settings.SEALING_KEYS or [settings.SECRET_KEY]
    return MultiFernet([Fernet(_key(word)) for word in words])


def _key(word: str) -> bytes:
    """A key of the right length out of a long random text of any length; slow hashing would add nothing to it."""
    return base64.urlsafe_b64encode(hashlib.sha256(PURPOSE + word.encode()).digest())
