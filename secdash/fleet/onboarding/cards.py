"""The card of each way to connect: steps in order, with commands for the very names that were typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from secdash.fleet.connection_forms import ACCOUNT, PROXY, WAYS
from secdash.fleet.models import Connection
from secdash.fleet.onboarding import local, proxy, ssh, tls
from secdash.fleet.reaching import PORTS, USUAL_SOCKET, NotAnAddress, Place, address_of, place_of

Kind = Connection.Kind
A_SERVER = "docker-1.example.org"
LABELS = tuple((way.value, way.label) for way in WAYS)


class Step(NamedTuple):
    """`where`: on which machine, as whom. A step without commands is only said."""

    title: Any
    where: Any = ""
    commands: str = ""
    note: Any = ""


class Card(NamedTuple):
    """`guide`: article and anchor of the section that explains it."""

    kind: str
    label: Any
    steps: tuple[Step, ...]
    guide: tuple[str, str]
    warning: Any = ""


def card_of(typed: Mapping[str, str]) -> Card:
    """The card for what a form holds so far; what is missing or no address has an example in its place."""
    kind = typed.get("kind", "")
    kind = kind if kind in CARDS else Kind.UNIX
    return CARDS[kind](place_typed(kind, typed))


def place_typed(kind: str, typed: Mapping[str, str]) -> Place:
    """Every part is one that `address_of` takes."""
    stored = Kind.TCP if kind == PROXY else kind
    words = {name: str(typed.get(name, "")).strip() for name in ("server", "account", "socket", "address", "port")}
    port = int(words["port"]) if words["port"].isdecimal() and len(words["port"]) < len("100000") else None
    place = Place(words["server"], port, words["account"], words["address" if kind == Kind.UNIX else "socket"])
    usual = Place(A_SERVER, None, ACCOUNT, USUAL_SOCKET)
    try:
        return _whole(stored, place)
    except NotAnAddress:
        return _whole(stored, usual._replace(**_fitting(stored, usual, place)))


def _whole(kind: str, place: Place) -> Place:
    return place_of(kind, address_of(kind, place))


def _fitting(kind: str, usual: Place, typed: Place) -> dict[str, Any]:
    """The parts that are in order each by itself."""
    return {name: part for name, part in typed._asdict().items() if _is_whole(kind, usual._replace(**{name: part}))}


def _is_whole(kind: str, place: Place) -> bool:
    try:
        address_of(kind, place)
    except NotAnAddress:
        return False
    return True


ON_HOST, HERE = _("on the host, as root (su - or sudo -i)"), _("on your own machine")


def _unix(place: Place) -> Card:
    title = _("Let the process of the workers open the socket")
    where = _("on the machine of the workers, as root; then start them again")
    note = _("Whoever can open the Docker socket is root on that host. Give this right to no other process.")
    steps = (Step(title, where, local.join_group(local.own_user()), note),)
    return Card(Kind.UNIX, Kind.UNIX.label, steps, ("daemon", "socket-in-container"))


def _tls(place: Place) -> Card:
    port = place.port or PORTS[Kind.TLS]
    steps = (
        Step(_("Make the certificates"), ON_HOST, tls.certificates(place.server)),
        Step(
            _("Let the Engine ask for them"),
            ON_HOST,
            tls.drop_in(port),
            _(
                "Where daemon.json has “hosts”, take that line away first: the Engine does not start with both. "
                "Options of /etc/default/docker stay; those that another drop-in gives the Engine belong into this one."
            ),
        ),
        Step(
            _("Restart the Engine"),
            ON_HOST,
            tls.RESTART,
            _("Containers stop with it unless live-restore is on. Let the firewall admit secdash’s address alone."),
        ),
        Step(
            _("Give secdash its three files"),
            ON_HOST,
            tls.hand_over(),
            _("Paste them into the form. Keep ca-key.pem off the host: whoever has it can make certificates for it."),
        ),
    )
    return Card(Kind.TLS, Kind.TLS.label, steps, ("daemon", "tls"))


def _ssh(place: Place) -> Card:
    """Of an account of its own: these limits would leave root, and whoever else comes that way, no shell."""
    warning = _("The limits would lock root out of this host. Take an account that is secdash’s alone.")
    is_root = place.account == "root"
    place = place._replace(account=ACCOUNT) if is_root else place
    compared = Step(_("See the host’s keys, to compare them"), ON_HOST, ssh.fingerprints())
    steps = (*_opening_the_socket(place), *_reading_files(place), compared)
    return Card(Kind.SSH, Kind.SSH.label, steps, ("daemon", "api"), warning if is_root else "")


def _opening_the_socket(place: Place) -> tuple[Step, ...]:
    return (
        Step(
            _("Make a key"),
            HERE,
            ssh.MAKE_KEY,
            _("Paste the private half into the form, then delete both files. A test shows the public half again."),
        ),
        Step(
            _("Make the account and authorise the key"),
            ON_HOST,
            ssh.account(place.account, place.socket, ssh.A_KEY),
            _(
                "Put your public half where the line ends. The account may open the Docker socket, which makes it as "
                "strong as root: for reading alone, put the read-only proxy before the socket and give it that one."
            ),
        ),
        Step(
            _("Let it forward this one socket and nothing else"),
            ON_HOST,
            ssh.server(place.account, place.socket) + ssh.RELOAD + ssh.in_force(place.account),
            _(
                "Neither a shell, nor a port, nor another socket is open to this key. The last line prints the socket; "
                "if not, sshd_config does not include that folder, and the limits stand in the key’s line alone."
            ),
        ),
    )


def _reading_files(place: Place) -> tuple[Step, ...]:
    """What whoever wants the files of the host judged as well does besides."""
    return (
        Step(
            _("Let it read the host’s files too, if you want that"),
            ON_HOST,
            ssh.open_a_shell(place.account) + ssh.RELOAD,
            _("The account then runs commands as any user of this host does, and sees what any user sees."),
        ),
        Step(
            _("Let it read what root alone may read, if you want that"),
            ON_HOST,
            ssh.INSTALL_READER,
            _(
                "This program takes no arguments, prints the settings of Docker and of the kernel’s audit, and passes "
                "over files that others than root could have put there."
            ),
        ),
        Step(
            _("Allow it this one program through sudo"),
            ON_HOST,
            ssh.allow_reader(place.account),
            _("sudo runs nothing else for the account, and no scan needs more. On Debian it is a package of its own."),
        ),
    )


def _proxy(place: Place) -> Card:
    port = place.port or PORTS[Kind.TCP]
    rules = (Path(settings.BASE_DIR) / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    steps = (
        Step(
            _("Write its rules and its Compose file"),
            ON_HOST,
            proxy.files(rules, place.server, port),
            _("Publish it on an address of an inner network only: the proxy knows no password."),
        ),
        Step(
            _("Start it"),
            ON_HOST,
            proxy.START,
            _(
                "Compose 1.29 is enough: the package docker-compose of Debian, or docker-compose-plugin of Docker. "
                "After a restart of the machine, start it once more."
            ),
        ),
    )
    warning = _(
        "Whoever reaches the proxy reads all that the Engine tells, environment variables of containers included."
    )
    return Card(PROXY, _("Read-only proxy"), steps, ("daemon", "socket-proxy"), warning)


def _tcp(place: Place) -> Card:
    warning = _(
        "This port is open to everybody who reaches it, and it makes them root on the host. secdash reports such a "
        "host as a finding. Take SSH or TLS, or put the read-only proxy before the socket."
    )
    return Card(Kind.TCP, Kind.TCP.label, (), ("daemon", "api"), warning)


CARDS: dict[str, Callable[[Place], Card]] = {
    Kind.UNIX: _unix,
    Kind.TLS: _tls,
    Kind.SSH: _ssh,
    PROXY: _proxy,
    Kind.TCP: _tcp,
}
