"""What packed bytes say: base64, hexadecimal, zlib, gzip and zstd within them, and these within each other."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Any

import zstandard

DEEPEST = 5  # a compressed row, in base64, in JSON, in base64 again, in a file of a table
LARGEST = 1 << 24  # bytes that one stream is unpacked to, and read of
PIECE = 256  # what an error in it takes along
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")
STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|\x28\xb5\x2f\xfd")
ZSTD = b"\x28\xb5\x2f\xfd"
TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def forms(marker: str) -> tuple[bytes, ...]:
    """How it may stand in a text: as it is, in either hexadecimal, and in either base64 wherever it begins there."""
    plain = marker.encode()
    spelt = plain.hex().encode()
    shifted = [_base64_at(plain, offset) for offset in range(3)]
    return (plain, spelt, spelt.upper(), *shifted, *(form.replace(b"+", b"-").replace(b"/", b"_") for form in shifted))


def _base64_at(plain: bytes, offset: int) -> bytes:
    """Without the characters that its neighbours have a part in."""
    whole = base64.b64encode(b"\0" * offset + plain).rstrip(b"=")
    first = (0, 2, 3)[offset]
    return whole[first : len(whole) - bool((offset + len(plain)) % 3)]


def layers(data: bytes) -> Iterator[bytes]:
    """These bytes, all that is packed in them, all that is packed in that, and so on."""
    for _depth in range(DEEPEST):
        yield data
        data = b"\n".join(dict.fromkeys(_unpacked(data)))
        if not data:
            return


def _unpacked(data: bytes) -> Iterator[bytes]:
    for found in BASE64.finditer(data):
        text = found[0].translate(TO_STANDARD)
        text = text[: len(text) - (len(text) % 4 == 1)]  # one character alone says nothing
        yield base64.b64decode(text + b"=" * (-len(text) % 4))
    for found in HEX.finditer(data):
        yield binascii.unhexlify(found[0])
    for found in STREAM.finditer(data):
        yield _decompressed(data[found.start() : found.start() + LARGEST])


def _decompressed(stream: bytes) -> bytes:
    """As much of it as there is: what follows may be something else, or missing."""
    unpacker, first = _unpacker(stream)
    found = bytearray()
    try:
        for start in range(first, len(stream), PIECE):
            found += unpacker.decompress(stream[start : start + PIECE])
            if unpacker.eof or len(found) > LARGEST:
                break
    except (zlib.error, zstandard.ZstdError):
        pass
    return bytes(found)


def _unpacker(stream: bytes) -> tuple[Any, int]:
    """And where it begins; of zlib without the sum at its end, which may be cut off."""
    if stream.startswith(ZSTD):
        return zstandard.ZstdDecompressor().decompressobj(), 0
    return (zlib.decompressobj(-15), 2) if stream[:1] == b"\x78" else (zlib.decompressobj(31), 0)
