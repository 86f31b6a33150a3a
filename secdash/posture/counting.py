"""Numbers of things of a kind, in words: what a check judges is counted in its own unit, the Engine's in hosts."""

from __future__ import annotations

from django.utils.translation import ngettext_lazy, npgettext_lazy

COUNTED = {
    "container": npgettext_lazy("counted", "container", "containers"),
    "image": npgettext_lazy("counted", "image", "images"),
    "network": npgettext_lazy("counted", "network", "networks"),
    "volume": npgettext_lazy("counted", "volume", "volumes"),
    "file": npgettext_lazy("counted", "file", "files"),
    "service": npgettext_lazy("counted", "service", "services"),
}
HOSTS = npgettext_lazy("counted", "host", "hosts")
OF_HOW_MANY = {
    "container": ngettext_lazy("of %(total)s container", "of %(total)s containers", "total"),
    "image": ngettext_lazy("of %(total)s image", "of %(total)s images", "total"),
    "network": ngettext_lazy("of %(total)s network", "of %(total)s networks", "total"),
    "volume": ngettext_lazy("of %(total)s volume", "of %(total)s volumes", "total"),
    "file": ngettext_lazy("of %(total)s file", "of %(total)s files", "total"),
    "service": ngettext_lazy("of %(total)s service", "of %(total)s services", "total"),
}
OF_HOSTS = ngettext_lazy("of %(total)s host", "of %(total)s hosts", "total")


def counted(kind: str, count: int) -> str:
    """The word alone: "containers"."""
    return str(COUNTED.get(kind, HOSTS) % count)


def of_how_many(kind: str, total: int) -> str:
    """ "Such as: of 140 containers."""
    return str(OF_HOW_MANY.get(kind, OF_HOSTS) % {"total": total})
