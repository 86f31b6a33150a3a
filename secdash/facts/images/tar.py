"""A tar archive as it passes: its entries one after the other, in ustar, GNU and PAX spelling.

The standard library's reader keeps every entry, and takes a header of any length into memory; this one keeps nothing
and believes no length (POSIX.1-2017, pax; GNU tar manual, "Basic Tar Format").
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from secdash.facts.images.bounds import Budget, Unreadable
from secdash.facts.images.sources import DAMAGED, ENDED_EARLY, Source, Window

BLOCK = 512
NOTHING = bytes(BLOCK)
LONGEST_HEADER = 2**20  # of PAX records or a GNU long name, in bytes; a kernel's path has 4,096
LARGEST_FILE = 2**50

FILE, LINK, SYMLINK, FOLDER = b"0", b"1", b"2", b"5"
GLOBAL_PAX, PAX, LONG_NAME, LONG_LINK, SPARSE = b"g", b"x", b"L", b"K", b"S"
WITHOUT_CONTENT = frozenset({LINK, SYMLINK, b"3", b"4", FOLDER, b"6"})
CAPABILITY = b"SCHILY.xattr.security.capability"
KEPT_RECORDS = frozenset({b"path", b"linkpath", b"size", b"uid", b"GNU.sparse.name", CAPABILITY})


class Entry(msgspec.Struct, frozen=True):
    """`name` is the path below the root, "" for the root itself; `link` is as written, and `capability` raw.

    The type is empty where the name climbs out of the root: nothing is to be made of such an entry.
    """

    name: str
    type: bytes
    mode: int = 0
    uid: int = 0
    size: int = 0
    link: str = ""
    capability: bytes = b""


def entries(source: Source, budget: Budget, *, marked_end: bool) -> Iterator[tuple[Entry, Window]]:
    """Every entry with its content, which is gone once the next is asked for. Raises Unreadable.

    With `marked_end` an archive that stops without its end mark was broken off; a layer inside one has a length.
    """
    extra: dict[bytes, bytes] = {}
    while (header := _header(source, marked_end)) is not None:
        budget.count_entry()
        type_ = header[156:157]
        body = Window(source, _size(header, type_, extra))
        padding = -body.left % BLOCK
        if type_ in (PAX, LONG_NAME, LONG_LINK):
            extra |= _records(type_, _whole(body))
        elif type_ == GLOBAL_PAX:
            body.finish()
        else:
            if type_ == SPARSE:
                _pass_sparse_map(source, header)
            yield _entry(header, type_, body.left, extra), body
            body.finish()
            extra = {}
        source.skip(padding)


def path_of(raw: bytes) -> str | None:
    """The path below the root; None for one that would climb out of it."""
    parts = [part for part in raw.decode(errors="backslashreplace").split("/") if part not in ("", ".")]
    return None if ".." in parts else "/".join(parts)


def _header(source: Source, marked_end: bool) -> bytes | None:
    """The next header block; None at the end."""
    block = source.read(BLOCK)
    if block == NOTHING or (not block and not marked_end):
        return None
    if len(block) < BLOCK:
        raise Unreadable(ENDED_EARLY)
    if sum(block) - sum(block[148:156]) + 8 * 32 != _number(block[148:156]):
        raise Unreadable(DAMAGED)
    return block


def _number(field: bytes) -> int:
    """Octal digits, or with the first bit set a number to the base of 256."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise Unreadable(DAMAGED) from error


def _size(header: bytes, type_: bytes, extra: dict[bytes, bytes]) -> int:
    if type_ in WITHOUT_CONTENT:
        return 0
    written = extra.get(b"size", b"") if type_ not in (PAX, GLOBAL_PAX, LONG_NAME, LONG_LINK) else b""
    size = int(written) if written.isdigit() and len(written) < 20 else _number(header[124:136])
    if size > LARGEST_FILE:
        raise Unreadable(DAMAGED)
    return size


def _whole(body: Window) -> bytes:
    if body.left > LONGEST_HEADER:
        raise Unreadable(DAMAGED)
    return body.read(body.left)


def _records(type_: bytes, data: bytes) -> dict[bytes, bytes]:
    """What a header in front of another says of it, by PAX's names."""
    if type_ != PAX:
        return {b"path" if type_ == LONG_NAME else b"linkpath": data.partition(b"\0")[0]}
    records, start = {}, 0
    while start < len(data):
        space = data.find(b" ", start, start + 8)
        length = int(data[start:space]) if data[start:space].isdigit() else 0
        if space < 0 or not space - start < length <= len(data) - start:
            raise Unreadable(DAMAGED)
        key, _, value = data[space + 1 : start + length - 1].partition(b"=")
        if key in KEPT_RECORDS:
            records[key] = value
        start += length
    return records


def _entry(header: bytes, type_: bytes, size: int, extra: dict[bytes, bytes]) -> Entry:
    raw = extra.get(b"GNU.sparse.name") or extra.get(b"path") or _name(header)
    name = path_of(raw)
    if type_ in (b"\0", b"7", SPARSE):
        type_ = FOLDER if raw.endswith(b"/") else FILE
    return Entry(
        name="" if name is None else name,
        type=type_ if name is not None else b"",
        mode=_number(header[100:108]) & 0o7777,
        uid=_uid(header, extra),
        size=size,
        link=(extra.get(b"linkpath") or header[157:257].partition(b"\0")[0]).decode(errors="backslashreplace"),
        capability=extra.get(CAPABILITY, b""),
    )


def _uid(header: bytes, extra: dict[bytes, bytes]) -> int:
    written = extra.get(b"uid", b"")
    return int(written) if written.isdigit() and len(written) < 12 else _number(header[108:116])


def _name(header: bytes) -> bytes:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _pass_sparse_map(source: Source, header: bytes) -> None:
    """GNU's old sparse files carry blocks with the rest of their map behind the header."""
    more = header[482]
    while more:
        block = source.read(BLOCK)
        if len(block) < BLOCK:
            raise Unreadable(ENDED_EARLY)
        more = block[504]
