"""The way to a host as programs say it, made into what the form of the page takes. Nothing of it is ever answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from secdash.api.rest.problems import CONFLICT, Place, Problem, invalid
from secdash.facts.trouble import Unreachable
from secdash.facts.trying import HostKey
from secdash.fleet import connecting, ways
from secdash.fleet.connecting import Answer
from secdash.fleet.connection_forms import ConnectionForm
from secdash.fleet.models import Connection, Host
from secdash.fleet.reaching import NotAnAddress, address_of, place_of
from secdash.fleet.reaching import Place as Where
from secdash.web.saying import said

Kind = Connection.Kind
# Fields of the form, by where they are in a body.
CALLED = {
    **dict.fromkeys(("server", "port", "account", "socket"), "address"),
    **{name: f"tls/{name}" for name in ("authority", "certificate", "key")},
    "ssh_key": "ssh/key",
    "passphrase": "ssh/passphrase",
}


def typed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form. Raises Problem where what opens the door is not what this way asks for."""
    kind = given["kind"]
    _need_fitting(kind, given)
    place = place_of(kind, given["address"])
    where = {"address": place.socket} if kind == Kind.UNIX else _parts(place)
    tls, ssh = given["tls"] or {}, given["ssh"] or {}
    return {
        **where,
        **tls,
        "ssh_key": ssh.get("key", ""),
        "passphrase": ssh.get("passphrase", ""),
        "file_reading": ways.usual_files(kind),
        "image_reading": Host.Images.NONE,
    }


def _need_fitting(kind: str, given: Mapping[str, Any]) -> None:
    for name in ("tls", "ssh"):
        wanted = kind == name
        if wanted and not given[name]:
            raise invalid(f"body/{name}", _("This way to a host needs what opens its door."))
        if given[name] and not wanted:
            raise invalid(f"body/{name}", _("This way to a host has no use for it."))


def _parts(place: Where) -> dict[str, Any]:
    port = "" if place.port is None else place.port
    return {"server": place.server, "port": port, "account": place.account, "socket": place.socket}


def pinned(form: ConnectionForm, given: Mapping[str, Any]) -> dict[str, str]:
    """The key of an SSH host, which is asked for it now. Raises Problem where it shows another than was stated."""
    if not form.waits_for_host_key:
        return {}
    try:
        return {"host_key": connecting.key_with(given["ssh"]["host_key"], form.endpoint.url).line}
    except Unreachable as error:
        raise Problem(CONFLICT, places=[Place("body/ssh/host_key", said(error.message))]) from error


def offered(server: str, port: int) -> HostKey:
    """The key that an SSH host shows to whoever asks. Raises Problem."""
    try:
        address = address_of(Kind.SSH, Where(server, port, "nobody"))
    except NotAnAddress as wrong:
        raise invalid(f"body/{wrong.field}", said(wrong.message)) from wrong
    answer = connecting.ask_host_key(f"{Kind.SSH}://{address}")
    if answer.presented is None:
        raise Problem(CONFLICT, _why(answer))
    return answer.presented


def need_open(form: ConnectionForm) -> None:
    """Raises Problem with the step that fails, where a scan would not get in by this way now."""
    answer = connecting.try_it(form.endpoint)
    if not answer.passed:
        raise Problem(CONFLICT, _why(answer))


def _why(answer: Answer) -> str:
    steps = answer.trial.steps if answer.trial else ()
    return next((said(step.message) for step in steps if step.state == "failed" and step.message), "")
