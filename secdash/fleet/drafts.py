"""Secrets that somebody has typed and not yet saved: sealed in their session, so that no page carries them back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from django.contrib.sessions.backends.base import SessionBase

from secdash import sealing

PLACE = "fleet_drafts"
LIFE = timedelta(hours=1)
MOST = 4  # forms that one person fills at once


class Draft(msgspec.Struct, frozen=True):
    sealed: str
    until: datetime


def keep(session: SessionBase, typed: Mapping[str, str], *, at: datetime) -> str:
    """The word by which the form finds them again; "" where nothing was typed."""
    if not any(typed.values()):
        return ""
    word = secrets.token_urlsafe(16)
    draft = Draft(sealing.seal(msgspec.json.encode(typed).decode()), at + LIFE)
    _write(session, {**_living(session, at), word: draft})
    return word


def kept(session: SessionBase, word: str, *, at: datetime) -> dict[str, str]:
    """What was typed under that word; nothing where it is too old, of another session, or sealed with a lost key."""
    draft = _living(session, at).get(word)
    try:
        return msgspec.json.decode(sealing.unseal(draft.sealed), type=dict[str, str]) if draft else {}
    except sealing.Unreadable:
        return {}


def forget(session: SessionBase, word: str, *, at: datetime) -> None:
    """It is saved now, or given up."""
    _write(session, {name: draft for name, draft in _living(session, at).items() if name != word})


def _living(session: SessionBase, at: datetime) -> dict[str, Draft]:
    found = msgspec.convert(session.get(PLACE, {}), type=dict[str, Draft], strict=False)
    return {word: draft for word, draft in found.items() if draft.until > at}


def _write(session: SessionBase, drafts: Mapping[str, Draft]) -> None:
    newest = sorted(drafts.items(), key=lambda pair: pair[1].until)[-MOST:]
    if newest or PLACE in session:
        session[PLACE] = msgspec.to_builtins(dict(newest))
