"""A picture that somebody sent, told by its content and made anew without anything that is not picture."""

from __future__ import annotations

from knowledge.pictures import raster, vector
from knowledge.pictures.bounds import MAX_BYTES, Clean
from knowledge.problems import Refused
from secdash.facts.message import Message, say


def cleaned(data: bytes) -> Clean:
    """Raises Refused with the sentence for whoever sent it."""
    if len(data) > MAX_BYTES:
        raise Refused(too_large())
    clean = raster.cleaned(data) if raster.kind_of(data) else _drawn(data)
    if len(clean.content) > MAX_BYTES:
        raise Refused(too_large())
    return clean


def as_it_was_kept(data: bytes) -> Clean:
    """The same bytes, of a picture that was cleaned before. Raises Refused where they are not clean.

    Making a JPEG anew loses a little each time; one that carries nothing but its picture is taken as it is.
    """
    if raster.kind_of(data) in raster.LOSSY and len(data) <= MAX_BYTES:
        return raster.as_it_is(data)
    clean = cleaned(data)
    if clean.content != data:
        raise Refused(say("The picture is not as an export writes it."))
    return clean


def _drawn(data: bytes) -> Clean:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return vector.cleaned(data)
    raise Refused(say("This is no picture that the guide takes: send PNG, JPEG, WebP or SVG."))


def too_large() -> Message:
    return say("The picture is too large: %(limit)s KB at most.", limit=MAX_BYTES // 1024)
