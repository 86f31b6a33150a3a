"""What the door notes in a session as it is made, whatever way somebody came in."""

from __future__ import annotations

import time
from typing import Any

from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.signals import user_logged_in

from secdash.accounts.sessions import SEEN
from secdash.audit.recording import record


def listen() -> None:
    user_logged_in.connect(_note, dispatch_uid="a new session was used now")
    social_account_added.connect(_connected, dispatch_uid="record connected providers")


def _note(*, request: Any, **_more: Any) -> None:
    request.session[SEEN] = int(time.time())


def _connected(*, sociallogin: Any, request: Any, **_more: Any) -> None:
    record("person.provider_connected", by=request.user, on=request.user)
