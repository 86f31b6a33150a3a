"""The file of a backup: whole or not there, and whatever is wrong with it is said before anything is restored."""

from __future__ import annotations

import json
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secdash.backups import archive
from secdash.backups.archive import FORMAT, MANIFEST, Broken, Manifest

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LINES = [b'[1,"a"]\n', b'[2,"b"]\n']


def written(path: Path) -> Path:
    with archive.writing(path) as writer:
        writer.table("fleet.tag", ["id", "name"], LINES)
        writer.manifest(Manifest(FORMAT, "0.1.0", NOON, "sqlite", {"fleet": ["0001_initial"]}, writer.tables))
    return path


def changed(path: Path, name: str, content: bytes) -> Path:
    """The same backup with another content of one member."""
    with zipfile.ZipFile(path) as file:
        members = {each: file.read(each) for each in file.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w") as file:
        for each, text in members.items():
            file.writestr(each, text)
    return path


def test_what_was_written_is_read_back(tmp_path):
    with archive.reading(written(tmp_path / "b.zip")) as found:
        found.verify()
        assert list(found.lines("fleet.tag")) == LINES
        assert found.manifest.made_at == NOON
        assert found.manifest.tables["fleet.tag"].rows == 2


def test_only_its_owner_may_read_it(tmp_path):
    assert stat.S_IMODE(written(tmp_path / "b.zip").stat().st_mode) == 0o600


def test_a_backup_that_failed_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), archive.writing(tmp_path / "b.zip"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_no_backup_is_overwritten(tmp_path):
    path = written(tmp_path / "b.zip")
    before = path.read_bytes()
    with pytest.raises(FileExistsError), archive.writing(path):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "lines",
    [[LINES[0]], [*LINES, b'[3,"c"]\n'], [LINES[0], b'[2,"B"]\n'], LINES[::-1]],
    ids=["one is missing", "one more", "one is changed", "in another order"],
)
def test_other_rows_than_were_written_are_noticed(tmp_path, lines):
    path = changed(written(tmp_path / "b.zip"), "tables/fleet.tag.jsonl", b"".join(lines))
    with archive.reading(path) as found, pytest.raises(Broken, match=r"fleet\.tag"):
        found.verify()


def test_every_cut_off_backup_is_refused(tmp_path):
    whole = written(tmp_path / "b.zip").read_bytes()
    part = tmp_path / "part.zip"
    for length in range(len(whole)):
        part.write_bytes(whole[:length])
        with pytest.raises(Broken), archive.reading(part) as found:
            found.verify()


def test_a_table_that_is_gone_from_the_file_is_missed(tmp_path):
    path = written(tmp_path / "b.zip")
    with zipfile.ZipFile(path) as file:
        manifest = file.read(MANIFEST)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(MANIFEST, manifest)
    with archive.reading(path) as found, pytest.raises(Broken, match=r"fleet\.tag cannot be read"):
        found.verify()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "no backup of secdash, or only a part"),
        (None, "There is no"),
    ],
)
def test_what_is_no_backup_is_refused_in_words(tmp_path, content, words):
    path = tmp_path / "b.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Broken, match=words), archive.reading(path):
        pass


def test_a_backup_of_a_format_to_come_is_refused(tmp_path):
    path = written(tmp_path / "b.zip")
    with zipfile.ZipFile(path) as file:
        said = json.loads(file.read(MANIFEST)) | {"format": FORMAT + 1}
    with (
        pytest.raises(Broken, match=f"has format {FORMAT + 1}"),
        archive.reading(changed(path, MANIFEST, json.dumps(said).encode())),
    ):
        pass


def test_an_unreadable_manifest_is_refused(tmp_path):
    with (
        pytest.raises(Broken, match="manifest cannot be read"),
        archive.reading(changed(written(tmp_path / "b.zip"), MANIFEST, b"[]")),
    ):
        pass
