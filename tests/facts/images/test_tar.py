"""The reader of archives against the standard library's and GNU tar's writers, and against hostile ones."""

from __future__ import annotations

import io
import subprocess
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secdash.facts.images.bounds import Unreadable
from secdash.facts.images.tar import Entry, entries
from tests.engine.archives import a_budget, a_capability, a_file, a_folder, a_link, a_stream, a_tar

LONG = "/".join(["deep" * 10] * 12)
MEMBERS = (
    a_folder("etc"),
    a_file("./etc/passwd", b"root:x:0:0:root:/:/bin/sh\n", uid=7),
    a_file(f"{LONG}/file", b"x" * 1000, mode=0o4755),
    a_link("bin", "usr/bin"),
    a_link("second", "etc/passwd", hard=True),
    a_link("far", f"{LONG}/{LONG}"),
    a_file("empty"),
    a_file("big-owner", b"y", uid=3_000_000_000),
    a_file("last", b"z" * 513),
)


def read(data: bytes, *, marked_end: bool = True, **most: int) -> list[tuple[Entry, bytes]]:
    budget = a_budget(**most)
    found = entries(a_stream(data, budget), budget, marked_end=marked_end)
    return [(entry, body.read(entry.size)) for entry, body in found]


def by_the_library(data: bytes) -> list[tuple[str, int, int, str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [
            (one.name.removeprefix("./"), one.mode, one.uid, one.linkname, content(archive, one))
            for one in archive.getmembers()
        ]


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = archive.extractfile(member) if member.isreg() else None
    return opened.read() if opened else b""


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
def test_reads_what_the_standard_library_writes(form: int) -> None:
    data = a_tar(*MEMBERS, format=form)

    found = [(entry.name, entry.mode, entry.uid, entry.link, body) for entry, body in read(data)]

    assert found == by_the_library(data)


def test_reads_ustar_with_its_prefix() -> None:
    members = (a_folder("a" * 60), a_file(f"{'a' * 60}/{'b' * 80}", b"x"))
    data = a_tar(*members, format=tarfile.USTAR_FORMAT)

    assert [entry.name for entry, _ in read(data)] == ["a" * 60, f"{'a' * 60}/{'b' * 80}"]


@pytest.mark.parametrize("form", ["gnu", "posix", "oldgnu", "ustar", "v7"])
def test_reads_what_gnu_tar_writes(tmp_path: Path, form: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"content")
    (tmp_path / "folder" / "file").chmod(0o6711)
    (tmp_path / "link").hardlink_to(tmp_path / "folder" / "file")
    data = subprocess.run(
        ["tar", f"--format={form}", "-C", tmp_path, "-c", "."], capture_output=True, check=True
    ).stdout

    found = {entry.name: (entry.type, entry.mode, body) for entry, body in read(data)}

    assert set(found) == {"", "folder", "folder/file", "link"}
    assert {found["folder/file"][:2], found["link"][:2]} == {(b"0", 0o6711), (b"1", 0o6711)}
    assert found["folder"][0] == b"5"
    assert b"content" in (found["folder/file"][2], found["link"][2])


@pytest.mark.parametrize("form", ["gnu", "posix"])
def test_passes_over_sparse_files_with_long_maps(tmp_path: Path, form: str) -> None:
    with (tmp_path / "holes").open("wb") as sparse:
        for number in range(60):
            sparse.seek(number * 2**20)
            sparse.write(b"data")
        sparse.truncate(10 * 2**30)
    (tmp_path / "after").write_bytes(b"still here")
    command = ["tar", "--sparse", f"--format={form}", "-C", tmp_path, "-c", "holes", "after"]
    data = subprocess.run(command, capture_output=True, check=True).stdout

    found = read(data)

    assert [entry.name for entry, _ in found] == ["holes", "after"]
    assert found[1][1] == b"still here"


def test_keeps_the_capability_of_a_pax_header_for_the_next_entry_only() -> None:
    data = a_tar(a_file("ping", b"x", pax_headers=a_capability(13)), a_file("other", b"x"))

    (ping, _), (other, _) = read(data)

    assert len(ping.capability) == 20
    assert other.capability == b""


@pytest.mark.parametrize("name", ["../etc/passwd", "a/../../b", "/../x", "a/.."])
def test_makes_nothing_of_a_path_that_climbs(name: str) -> None:
    (entry, _), (after, _) = read(a_tar(a_file(name, b"x"), a_file("after")))

    assert (entry.name, entry.type) == ("", b"")
    assert after.name == "after"


def test_an_absolute_path_is_below_the_root() -> None:
    assert [entry.name for entry, _ in read(a_tar(a_file("/./etc//passwd")))] == ["etc/passwd"]


def test_a_name_that_is_no_text_stays_readable() -> None:
    (entry, _), *_ = read(a_tar(a_file("a\udcffb"), format=tarfile.GNU_FORMAT))
    assert entry.name == "a\\xffb"


# --- hostile ------------------------------------------------------------------------------------------------------


def why(data: bytes, **options: int) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, **options)  # type: ignore[arg-type]  # marked_end is a bool, which is an int
    return str(caught.value)


def changed(data: bytes, at: int, new: bytes) -> bytes:
    """The first header with another field, and a checksum that fits."""
    head = bytearray(data[:512])
    head[at : at + len(new)] = new
    head[148:156] = b" " * 8
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    return bytes(head) + data[512:]


PLAIN = a_tar(a_file("one", b"x" * 600), a_file("two"))


def test_an_archive_that_stops_without_its_end_mark_was_broken_off() -> None:
    assert "ended early" in why(PLAIN[:1536])
    assert len(read(PLAIN[:2048], marked_end=False)) == 2


@pytest.mark.parametrize("length", [1, 511, 513, 1100, 1535])
def test_an_archive_that_stops_within_an_entry_was_broken_off(length: int) -> None:
    assert "ended early" in why(PLAIN[:length])
    assert "ended early" in why(PLAIN[:length], marked_end=False)


def test_a_header_with_a_wrong_checksum_is_damage() -> None:
    assert "damaged" in why(b"X" + PLAIN[1:])


def test_sizes_are_not_believed() -> None:
    ten_gigabytes = changed(PLAIN, 124, b"\x80" + (10 * 2**30).to_bytes(11, "big"))
    assert "ended early" in why(ten_gigabytes)
    assert "damaged" in why(changed(PLAIN, 124, b"\xff" * 12))
    assert "damaged" in why(changed(PLAIN, 124, b"no number!!!"))


def test_a_header_that_wants_gigabytes_of_memory_is_damage() -> None:
    name = changed(changed(PLAIN, 156, b"L"), 124, f"{2**30:011o}\0".encode())
    assert "damaged" in why(name)


@pytest.mark.parametrize(
    "record", [b"5 a=\n", b"x path=y\n", b"99 path=y\n", b"0 path=y\n", b"10path=yyy", b" 9 path=y\n"]
)
def test_pax_records_that_lie_about_their_length_are_damage(record: bytes) -> None:
    head = changed(changed(PLAIN, 156, b"x"), 124, f"{len(record):011o}\0".encode())[:512]
    data = head + record.ljust(512, b"\0") + PLAIN
    if record == b"5 a=\n":
        assert len(read(data)) == 2
    else:
        assert "damaged" in why(data)


def test_a_million_entries_are_too_many_for_a_budget_of_fewer() -> None:
    many = PLAIN[1536:2048] * 1001
    assert len(read(many[: 512 * 1000], marked_end=False, most_entries=1000)) == 1000
    assert "more files" in why(many, marked_end=False, most_entries=1000)


def test_bytes_are_counted() -> None:
    assert "more than secdash reads" in why(PLAIN, most_bytes=2000)


@given(at=st.integers(0, 2047), new=st.binary(min_size=1, max_size=40), fix=st.booleans())
@example(at=124, new=b"\x80" + b"\0" * 11, fix=True)
def test_no_damage_raises_anything_but_unreadable(at: int, new: bytes, fix: bool) -> None:
    data = a_tar(
        a_file("one", b"x" * 600, pax_headers={"comment": "c" * 90}), a_file("two"), a_link("l", "one", hard=True)
    )
    damaged = data[:at] + new + data[at + len(new) :]
    if fix and at < 500:
        damaged = changed(damaged, 0, b"")
    with suppress(Unreadable):
        read(damaged)
