"""The Engine of the machine on which the workers run: their user joins the group of the socket."""

from __future__ import annotations

import os
import pwd
import shlex

SHIPPED = "secdash"  # the user of the units in deploy/systemd


def own_user() -> str:
    """As whom this process runs, and with it the workers, however secdash was started."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's user has a number alone
        return SHIPPED


def join_group(user: str) -> str:
    return f"usermod --append --groups docker {shlex.quote(user)}\n"
