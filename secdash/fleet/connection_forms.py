"""The form for the way to a host: where it is, and what opens the door there.

All ways share one form, whose page shows the fields of the one that is chosen. What is secret is never written back
into the page: it waits sealed in the session (`fleet.drafts`) until the form is saved.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from secdash import sealing
from secdash.facts import identities, ssh_keys
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.message import Message
from secdash.facts.trying import HostKey
from secdash.fleet.models import Connection
from secdash.fleet.reaching import USUAL_SOCKET, NotAnAddress, Place, address_of, known_as, place_of
from secdash.web.saying import said

PROXY = "proxy"  # a way of its own to whoever chooses, and plain TCP to the connection
UPLOADS = ("authority", "certificate", "key", "ssh_key")
SECRETS = ("key", "ssh_key", "passphrase")
ACCOUNT = "secdash"
Kind = Connection.Kind
# The fields of which an address is made, whatever else of the form is wrong.
PLACES = {"address", "server", "port", "account", "socket"}


class Way(NamedTuple):
    """A card of the form."""

    value: str
    label: Any
    meaning: Any


WAYS = (
    Way(Kind.UNIX, Kind.UNIX.label, _("An Engine on the machine of the workers.")),
    Way(Kind.SSH, Kind.SSH.label, _("A key that may reach the Engine’s socket. Nothing to open in the firewall.")),
    Way(Kind.TLS, Kind.TLS.label, _("A port of the Engine that asks for certificates, both ways.")),
    Way(PROXY, _("Read-only proxy"), _("A proxy in front of the socket that lets only reading through.")),
    Way(Kind.TCP, Kind.TCP.label, _("No lock at all: whoever reaches the port is root on the host.")),
)


class SecretText(forms.Textarea):
    """What is typed here is never written into a page again."""

    def format_value(self, value: Any) -> str:
        return ""


def _text_area(rows: int) -> dict[str, str]:
    return {"rows": str(rows), "autocomplete": "off", "spellcheck": "false", "class": "m"}


def _pasted(label: Any, *, secret: bool, rows: int = 4, hint: Any = "") -> forms.CharField:
    widget = SecretText if secret else forms.Textarea
    return forms.CharField(
        label=label, required=False, help_text=hint, strip=True, widget=widget(attrs=_text_area(rows))
    )


def _uploaded(label: Any) -> forms.FileField:
    return forms.FileField(label=label, required=False, allow_empty_file=True)


class ConnectionForm(forms.Form):
    """How a host is reached: enough to test the connection. With `connection`, what is left empty stays as it is."""

    kind = forms.ChoiceField(
        label=_("How is it reached"),
        choices=[(way.value, way.label) for way in WAYS],
        initial=Kind.UNIX,
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=_("Socket path"),
        max_length=400,
        required=False,
        initial=USUAL_SOCKET,
        help_text=_("The Engine’s socket on the machine that runs the workers. Rootless: /run/user/1000/docker.sock."),
    )
    account = forms.CharField(label=_("Account"), max_length=63, required=False, initial=ACCOUNT)
    server = forms.CharField(label=_("Host name or address"), max_length=260, required=False)
    port = forms.IntegerField(
        label=_("Port"), required=False, help_text=_("Usually 22 for SSH, 2376 with TLS, 2375 without.")
    )
    socket = forms.CharField(
        label=_("Path of the socket on the host"),
        max_length=300,
        required=False,
        initial=USUAL_SOCKET,
        help_text=_("Rootless: /run/user/1000/docker.sock."),
    )
    authority = _pasted(
        _("Certificate of the authority (ca.pem)"), secret=False, hint=_("That signed the Engine’s certificate.")
    )
    certificate = _pasted(_("Certificate of secdash (cert.pem)"), secret=False)
    key = _pasted(_("Key of that certificate (key.pem)"), secret=True)
    ssh_key = _pasted(_("Private key"), secret=True, rows=6)
    passphrase = forms.CharField(
        label=_("Passphrase of the key"),
        required=False,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    authority_file = _uploaded(_("or as a file"))
    certificate_file = _uploaded(_("or as a file"))
    key_file = _uploaded(_("or as a file"))
    ssh_key_file = _uploaded(_("or as a file"))
    host_key = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    host_key_is_right = forms.BooleanField(required=False)
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        kept: dict[str, str] | None = None,
        connection: Connection | None = None,
        **options: Any,
    ) -> None:
        self.connection = connection
        self.at: datetime = timezone.now()
        self.examined: identities.Examined | None = None
        self.examined_key: ssh_keys.ExaminedKey | None = None
        if connection is not None:
            options.setdefault("initial", {}).update(_shown(connection))
        if data is None:
            super().__init__(**options)
        else:
            super().__init__(_filled(data, files, kept or {}), files, **options)

    @property
    def ways(self) -> tuple[Way, ...]:
        return WAYS

    @property
    def way(self) -> str:
        """The card that is chosen."""
        return str(self["kind"].value() or Kind.UNIX)

    # --- what was typed -----------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        way = cleaned.get("kind")
        if way and not self.errors.keys() & PLACES:
            self._reach(way)
        if way == Kind.TLS:
            self._examine_tls()
        if way == Kind.SSH:
            self._examine_ssh()
        return cleaned

    def _reach(self, way: str) -> None:
        try:
            self.cleaned_data["reached"] = address_of(self.connection_kind, self._place)
        except NotAnAddress as wrong:
            self.add_error(wrong.field, said(wrong.message))

    @property
    def connection_kind(self) -> str:
        way = str(self.cleaned_data["kind"])
        return Kind.TCP if way == PROXY else way

    @property
    def _place(self) -> Place:
        typed = self.cleaned_data
        if self.connection_kind == Kind.UNIX:
            return Place(socket=typed["address"])
        return Place(typed["server"], typed["port"], typed["account"].strip(), typed["socket"])

    @property
    def waits_for_host_key(self) -> bool:
        """An SSH host that is known by no key yet: somebody has to look at it first."""
        return self.connection_kind == Kind.SSH and not self.pinned

    def kept_as(self, word: str) -> None:
        """Under this word the secrets wait; the form sends it along with what may be shown."""
        data = cast("QueryDict", self.data).copy()
        data["kept"] = word
        self.data = data

    @property
    def holds(self) -> dict[str, bool]:
        """Which secrets wait already, so that the page can say that they need not be given again."""
        return {name: bool(text) for name, text in self.typed_secrets.items()}

    @property
    def typed_secrets(self) -> dict[str, str]:
        """What the page must not show and the form must not lose."""
        return {name: str(self.data.get(name, "")) for name in SECRETS}

    # --- mutual TLS ---------------------------------------------------------------------------------------------

    def _examine_tls(self) -> None:
        before = self._identity_before(TlsIdentity)
        names = ("authority", "certificate", "key")
        given = {name: self.cleaned_data.get(name) or "" for name in names}
        if isinstance(before, TlsIdentity):
            given = _completed(given, before)
        self._ask_for([name for name in names if not given[name]])
        self.examined = identities.examine_tls(**given, at=self.at)
        self._tell(self.examined.problems)

    # --- SSH ----------------------------------------------------------------------------------------------------

    def _examine_ssh(self) -> None:
        if self.cleaned_data.get("ssh_key") or not self._identity_before(SshIdentity):
            self._ask_for([] if self.cleaned_data.get("ssh_key") else ["ssh_key"])
            self.examined_key = ssh_keys.examine_ssh(
                self.cleaned_data.get("ssh_key") or "", self.cleaned_data.get("passphrase") or ""
            )
            self._tell(self.examined_key.problems)

    @property
    def pinned(self) -> str:
        """The host key that somebody confirmed for this very address; "" for none, and for other ways than SSH."""
        if self.cleaned_data.get("kind") != Kind.SSH:
            return ""
        line = str(self.cleaned_data["host_key"]).strip()
        if line and self.cleaned_data["host_key_is_right"] and self._is_of_here(line):
            return line
        before = self.connection.host_key if self.connection else ""
        return before if before and self._is_of_here(before) else ""

    @property
    def pin(self) -> HostKey | None:
        """The key that was confirmed in this form, which the page carries until it is saved."""
        line = str(self.data.get("host_key", "")).strip()
        if not self.is_bound or not self.data.get("host_key_is_right") or not ssh_keys.of_line(line)[0]:
            return None
        return HostKey(line, *ssh_keys.of_line(line))

    def _is_of_here(self, line: str) -> bool:
        return line.split(" ")[0] == known_as(self._place) and bool(ssh_keys.of_line(line)[0])

    # --- what comes of it -------------------------------------------------------------------------------------

    @property
    def endpoint(self) -> Endpoint:
        """What can be tried; the form must be valid."""
        return Endpoint(f"{self.connection_kind}://{self.cleaned_data['reached']}", self.identity)

    @property
    def identity(self) -> TlsIdentity | SshIdentity | None:
        kind = self.connection_kind
        if kind == Kind.TLS:
            return self.examined.identity if self.examined else None
        if kind != Kind.SSH:
            return None
        found = self.examined_key.identity if self.examined_key else self._identity_before(SshIdentity)
        return SshIdentity(found.key, self.pinned, found.passphrase) if isinstance(found, SshIdentity) else None

    def reached(self) -> dict[str, Any]:
        """What services.register and services.reach_otherwise take."""
        return {
            "kind": self.connection_kind,
            "address": self.cleaned_data["reached"],
            "identity": self.identity,
            "expires_at": self.examined.expires_at if self.examined else None,
        }

    def _identity_before(self, kind: type[TlsIdentity | SshIdentity]) -> TlsIdentity | SshIdentity | None:
        if self.connection is None or not self.connection.sealed:
            return None
        try:
            found = self.connection.endpoint.identity
        except sealing.Unreadable:
            return None
        return found if isinstance(found, kind) else None

    def _ask_for(self, missing: Iterable[str]) -> None:
        for name in missing:
            if name not in self.errors:
                self.add_error(name, _("Paste it here, or choose the file."))

    def _tell(self, problems: Iterable[identities.Remark]) -> None:
        for field, message in problems:
            self.add_error(field, said(message))

    @property
    def remarks(self) -> list[Message]:
        """What is worth saying of what was given, though it may be used."""
        return [remark.message for remark in self.examined.remarks] if self.examined else []


def _filled(data: QueryDict, files: MultiValueDict[str, UploadedFile[Any]] | None, kept: dict[str, str]) -> QueryDict:
    """Files become text in their fields, so that they are not lost; what waits in the session stands in for nothing."""
    filled = data.copy()
    for name in UPLOADS:
        upload = files.get(f"{name}_file") if files else None
        if upload is not None and upload.size:
            filled[name] = upload.read(identities.LARGEST + 1).decode("utf-8", "replace")
    for name, text in kept.items():
        if not filled.get(name):
            filled[name] = text
    return filled


def _shown(connection: Connection) -> dict[str, Any]:
    place = place_of(connection.kind, connection.address)
    socket = "address" if connection.kind == Kind.UNIX else "socket"
    return {
        "kind": connection.kind,
        "server": place.server,
        "port": place.port,
        "account": place.account or ACCOUNT,
        socket: place.socket or USUAL_SOCKET,
    }


def _completed(given: dict[str, str], before: TlsIdentity) -> dict[str, str]:
    """A new authority alone is new; a certificate and its key come together."""
    if not given["authority"]:
        given["authority"] = before.authority
    if not given["certificate"] and not given["key"]:
        given["certificate"], given["key"] = before.certificate, before.key
    return given
