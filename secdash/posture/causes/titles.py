"""What a change is called, where it is made and how sure it is, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from secdash.posture.causes.kinds import Kind
from secdash.posture.causes.page import Cause
from secdash.posture.saying import title_of

PARTS = "parts"


def title(cause: Cause) -> tuple[str, str]:
    """Its words with %(name)s in the place of a name that comes from a host or a file, and that name."""
    kind, key = cause.ident.kind, cause.ident.key
    match kind:
        case Kind.DAEMON:
            return gettext("%(name)s in daemon.json"), key
        case Kind.FILES:
            return gettext("Owners and modes of Docker’s files"), ""
        case Kind.AUDIT:
            return gettext("Rules of the kernel’s audit"), ""
        case Kind.UPGRADE:
            return _upgrade(key), ""
        case Kind.SAME:
            return title_of(key), ""
        case Kind.PROJECT:
            return gettext("Compose file of %(name)s"), key
        case Kind.IMAGE:
            return gettext("Dockerfile of %(name)s"), key


def plain(cause: Cause) -> str:
    """The title as one line of text."""
    words, name = title(cause)
    return words % {"name": name} if name else words


def place(cause: Cause) -> str:
    """Where the one change is made, which is the effort."""
    hosts, closes = cause.effect.hosts, cause.effect.closes
    match cause.ident.kind:
        case Kind.DAEMON:
            said = ngettext("the same key on %(n)s host", "the same key on %(n)s hosts", hosts)
        case Kind.FILES | Kind.AUDIT:
            said = ngettext("the same commands on %(n)s host", "the same commands on %(n)s hosts", hosts)
        case Kind.UPGRADE:
            said = ngettext("packages of %(n)s host", "packages of %(n)s hosts", hosts)
        case Kind.SAME:
            said = ngettext("the same fix in %(n)s container", "the same fix in %(n)s containers", closes)
            return said % {"n": closes}
        case Kind.PROJECT:
            return gettext("one file on %(host)s") % {"host": cause.host.name if cause.host else "?"}
        case Kind.IMAGE:
            said = ngettext("one build, run on %(n)s host", "one build, run on %(n)s hosts", hosts)
    return said % {"n": hosts}


def _upgrade(key: str) -> str:
    return gettext("Upgrade of containerd and runc") if key == PARTS else gettext("Upgrade of the Engine and its parts")
