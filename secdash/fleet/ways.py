"""The ways to read a host's files and its images' files: what each means and needs, and which fit a connection."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secdash.fleet.connection_forms import PROXY
from secdash.fleet.models import Connection, Host

SOCKET = (Connection.Kind.UNIX,)
ENGINES = (Connection.Kind.UNIX, Connection.Kind.TLS, Connection.Kind.SSH, Connection.Kind.TCP)
EVERY = tuple(Connection.Kind)


@dataclass(frozen=True)
class Way:
    """One choice of a form, and the kinds of connection for which it is offered."""

    value: str
    label: Promise | str
    meaning: Promise
    kinds: tuple[Connection.Kind, ...]

    @property
    def fits(self) -> str:
        """The cards of the form that it goes with, for the page to show it with them."""
        return " ".join([*self.kinds, *([PROXY] if self.value == "none" else [])])


FILES = (
    Way(
        Host.Files.NONE,
        Host.Files.NONE.label,
        _("Owners and modes of Docker’s files, daemon.json and audit rules stay unknown, as do the checks on them."),
        EVERY,
    ),
    Way(
        Host.Files.LOCAL,
        Host.Files.LOCAL.label,
        _(
            "Reads files and processes of the worker’s machine, after making sure that the Engine runs there. A worker "
            "in a container needs the root of the host mounted read-only, and SECDASH_HOST_ROOT set to that place. "
            "What the worker’s user may not read stays unknown."
        ),
        SOCKET,
    ),
    Way(
        Host.Files.SSH,
        Host.Files.SSH.label,
        _(
            "Signs in over SSH as for the Engine and has a shell of that account look at files and processes, without "
            "changing anything. It works without root: what the account may not read stays unknown, which is audit "
            "rules and the daemon’s own process on most hosts. A key that may only forward is not enough."
        ),
        (Connection.Kind.SSH,),
    ),
    Way(
        Host.Files.ARCHIVE,
        Host.Files.ARCHIVE.label,
        _(
            "On each scan secdash creates a container on the host, without network and capabilities and with the "
            "host’s root as a read-only mount, reads owners, modes and a few settings through it, and removes it. "
            "Nothing in it ever runs. The Engine must have an image and let secdash create containers; its log shows a "
            "broken pipe for each large file. Processes, ports and mounts of the host stay unknown."
        ),
        ENGINES,
    ),
)
IMAGES = (
    Way(
        Host.Images.NONE,
        Host.Images.NONE.label,
        _("Checks look at what images declare, not at the files in them."),
        EVERY,
    ),
    Way(
        Host.Images.EXPORT,
        Host.Images.EXPORT.label,
        _("Streams each new image out of the Engine once and keeps what was found, not its files. Changes nothing."),
        ENGINES,
    ),
    Way(
        Host.Images.ARCHIVE,
        Host.Images.ARCHIVE.label,
        _("Creates a container of each new image once, reads its files without starting it, and removes it."),
        ENGINES,
    ),
)


def fitting(ways: tuple[Way, ...], kind: str) -> tuple[Way, ...]:
    """Those that can work over this kind of connection."""
    return tuple(way for way in ways if kind in way.kinds)


def offered(ways: tuple[Way, ...], card: str) -> tuple[Way, ...]:
    """Those that go with a card of the form. A proxy that lets only reading through lets no container be made."""
    return tuple(way for way in ways if card in way.fits.split())


def usual_files(kind: str) -> str:
    """What a new host gets where nobody chose: nothing is made on a host without being asked for."""
    return Host.Files.LOCAL if kind in SOCKET else Host.Files.NONE
