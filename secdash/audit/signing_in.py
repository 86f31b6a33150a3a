"""Every sign-in, sign-out and refused sign-in, as Django tells of them whatever way people came in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from secdash.audit.recording import record


def listen() -> None:
    user_logged_in.connect(on_signed_in, dispatch_uid="record sign-ins")
    user_logged_out.connect(on_signed_out, dispatch_uid="record sign-outs")
    user_login_failed.connect(on_refused, dispatch_uid="record refused sign-ins")


def on_signed_in(*, user: Any, **_sender: Any) -> None:
    record("person.signed_in", by=user, on=user)


def on_signed_out(*, user: Any = None, **_sender: Any) -> None:
    """A session that had ended already belongs to nobody."""
    if user is not None and user.pk:
        record("person.signed_out", by=user, on=user)


def on_refused(*, credentials: dict[str, Any], **_sender: Any) -> None:
    """A name that nobody has is left out: it may be a password that was typed into the wrong field."""
    model = get_user_model()
    name = str(credentials.get(model.USERNAME_FIELD) or credentials.get("email") or "")
    known = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first() if name else None
    record("person.refused", on=known)
