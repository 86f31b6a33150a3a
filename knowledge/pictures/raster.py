"""PNG, JPEG and WebP: decoded and written anew, so that only points are left."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image, ImageOps

from knowledge.pictures.bounds import Clean, refuse_size
from knowledge.problems import Refused
from secdash.facts.message import say

FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
LOSSY = ("jpg", "webp")
MODES = {"png": ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"), "jpg": ("L", "RGB"), "webp": ("RGB", "RGBA")}
OPTIONS: dict[str, dict[str, Any]] = {
    "png": {"optimize": True},
    "jpg": {"quality": 88, "optimize": True, "progressive": True},
    "webp": {"quality": 88, "method": 4, "exact": True},
}
TOLD = {"exif", "xmp", "XML:com.adobe.xmp", "icc_profile", "comment", "photoshop"}
BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, struct.error, zlib.error)


def kind_of(data: bytes) -> str:
    """By its first bytes, whatever its name says; "" for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def cleaned(data: bytes) -> Clean:
    """Turned as its orientation says, without metadata, profile, comment and what follows the picture."""
    kind = kind_of(data)
    with _opened(data, kind) as image:
        points = _plain(ImageOps.exif_transpose(image), kind)
        out = io.BytesIO()
        points.save(out, FORMATS[kind], **OPTIONS[kind])
    return Clean(kind, points.width, points.height, out.getvalue())


def as_it_is(data: bytes) -> Clean:
    """The picture unchanged. Raises Refused where it carries more than points."""
    kind = kind_of(data)
    with _opened(data, kind) as image:
        image.load()
        if TOLD & image.info.keys() or image.getexif() or not _ends(data, kind):
            raise Refused(say("The picture is not as an export writes it."))
        return Clean(kind, image.width, image.height, data)


@contextmanager
def _opened(data: bytes, kind: str) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of sizes that are refused here, and of odd metadata
            with Image.open(io.BytesIO(data), formats=(FORMATS[kind],)) as image:
                refuse_size(image.width, image.height)
                if getattr(image, "n_frames", 1) > 1:
                    raise Refused(say("The picture moves; send one that stands still."))
                yield image
    except Image.DecompressionBombError:
        raise Refused(say("The picture unpacks to more than the guide takes.")) from None
    except BROKEN:
        raise Refused(say("The picture is damaged and cannot be read.")) from None


def _plain(image: Image.Image, kind: str) -> Image.Image:
    clear = "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "La", "RGBa")
    wanted = image.mode if image.mode in MODES[kind] and "transparency" not in image.info else _mode(clear, kind)
    points = image.convert(wanted)
    points.info = {}
    return points


def _mode(clear: bool, kind: str) -> str:
    return "RGBA" if clear and kind != "jpg" else "RGB"


def _ends(data: bytes, kind: str) -> bool:
    """Whether the file ends where the picture does."""
    if kind == "webp":
        return int.from_bytes(data[4:8], "little") + 8 == len(data)
    return data.endswith(b"\xff\xd9")
