"""Numbers of things of a kind, in words: what a check judges is counted in its own unit, the Engine's in hosts."""

from __future__ import annotations

from django.utils.translation import ngettext, npgettext


def counted(kind: str, count: int) -> str:
    """The word alone: "containers"."""
    words = {
        "container": npgettext("counted", "container", "containers", count),
        "image": npgettext("counted", "image", "images", count),
        "network": npgettext("counted", "network", "networks", count),
        "volume": npgettext("counted", "volume", "volumes", count),
        "file": npgettext("counted", "file", "files", count),
        "service": npgettext("counted", "service", "services", count),
    }
    return words.get(kind) or npgettext("counted", "host", "hosts", count)


def of_how_many(kind: str, total: int) -> str:
    """ "Such as: of 140 containers."""
    words = {
        "container": ngettext("of %(total)s container", "of %(total)s containers", total),
        "image": ngettext("of %(total)s image", "of %(total)s images", total),
        "network": ngettext("of %(total)s network", "of %(total)s networks", total),
        "volume": ngettext("of %(total)s volume", "of %(total)s volumes", total),
        "file": ngettext("of %(total)s file", "of %(total)s files", total),
        "service": ngettext("of %(total)s service", "of %(total)s services", total),
    }
    text = words.get(kind) or ngettext("of %(total)s host", "of %(total)s hosts", total)
    return text % {"total": total}
