"""A whole secdash into a file, and out of it again: from SQLite to PostgreSQL and back, row by row the same."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from secdash.backups.archive import MANIFEST
from secdash.environment import BASE
from tests.flows import made_once, product

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("backups"), pytest.mark.timeout(600)]


MOVED = {"audit.auditentry"}  # a restored database says of itself that it was restored


KEY = "a long random text that every process of this installation has, as the settings ask for"


def manage(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    seen = product.environment(data, **more) | ({"SECDASH_SECRET_KEY": KEY} if more else {})
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=BASE, env=seen, capture_output=True, text=True, check=False, timeout=200)


def done(data: Path, *words: str, **more: str) -> str:
    ran = manage(data, *words, **more)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def manifest(path: Path) -> dict:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read(MANIFEST))


def tables(path: Path) -> dict[str, tuple[int, str]]:
    said = manifest(path)["tables"]
    return {label: (table["rows"], table["digest"]) for label, table in said.items() if label not in MOVED}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("backups")


def a_directory(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def original(folder) -> Path:
    """The sample fleet, with a person."""
    data = a_directory(folder, "original")
    made_once.prepare(data, *made_once.SAME_FOR_ALL, ("first_admin",))
    return data


@pytest.fixture(scope="module")
def backup(folder, original) -> Path:
    path = folder / "first.zip"
    assert "Backed up and read again" in done(original, "backup", str(path))
    return path


def test_everything_is_in_it(backup):
    found = tables(backup)
    assert found["fleet.host"][0] > 3
    assert found["findings.finding"][0] > 100
    assert found["knowledge.revision"][0] > 50
    assert found["accounts.user"][0] == 1
    assert "sessions.session" not in found


def test_to_postgresql_and_back_every_row_is_the_same(folder, backup, postgres_url):
    url = a_database(postgres_url, "restored")
    there, again, back = (a_directory(folder, name) for name in ("there", "again", "back"))

    assert "Restored and compared" in done(there, "restore", str(backup), DATABASE_URL=url)
    done(there, "backup", str(again / "second.zip"), DATABASE_URL=url)
    done(back, "restore", str(again / "second.zip"))
    done(back, "backup", str(back / "third.zip"))

    assert tables(again / "second.zip") == tables(backup)
    assert tables(back / "third.zip") == tables(backup)
    assert "The log is whole" in done(back, "verify_audit")
    done(back, "add_member", "somebody")  # new rows find free numbers
    done(there, "add_member", "somebody", DATABASE_URL=url)


def test_what_is_in_use_is_never_overwritten(original, backup):
    refused = manage(original, "restore", str(backup))
    assert refused.returncode == 1
    assert "The database is in use: it has people. Restore into a new, empty database." in refused.stderr


def test_a_changed_row_is_refused_and_nothing_is_restored(folder, backup):
    broken, data = folder / "broken.zip", a_directory(folder, "broken")
    rewritten(backup, broken, {"tables/fleet.host.jsonl": lambda content: content.replace(b"edge-01", b"edge-99")})

    refused = manage(data, "restore", str(broken))

    assert refused.returncode == 1
    assert "fleet.host" in refused.stderr
    assert manage(data, "restore", "--dry-run", str(backup)).returncode == 0  # still empty


def test_a_backup_of_an_older_version_is_brought_up_to_date(folder, backup):
    older, data = folder / "older.zip", a_directory(folder, "older")
    rewritten(backup, older, {MANIFEST: before_watching}, drop="tables/watching.watch.jsonl")

    done(data, "restore", str(older))

    assert "[ ]" not in done(data, "showmigrations", "watching")
    done(data, "backup", str(data / "new.zip"))
    assert {label: each for label, each in tables(data / "new.zip").items() if label != "watching.watch"} == {
        label: each for label, each in tables(backup).items() if not label.startswith("watching.")
    } | {label: tables(data / "new.zip")[label] for label in ("contenttypes.contenttype", "auth.permission")}


def test_a_backup_of_a_newer_version_is_refused(folder, backup):
    newer, data = folder / "newer.zip", a_directory(folder, "newer")
    rewritten(backup, newer, {MANIFEST: from_the_future})

    refused = manage(data, "restore", str(newer))

    assert "which is newer. Install that version, or a later." in refused.stderr


def a_database(postgres_url: str, name: str) -> str:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_url.rpartition("/")[0] + f"/{name}"


def rewritten(source: Path, target: Path, changes: dict, *, drop: str = "") -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != drop:
                new.writestr(name, changes.get(name, bytes)(old.read(name)))


def before_watching(content: bytes) -> bytes:
    said = json.loads(content)
    del said["migrations"]["watching"], said["tables"]["watching.watch"]
    return json.dumps(said).encode()


def from_the_future(content: bytes) -> bytes:
    said = json.loads(content)
    said["migrations"]["fleet"] = ["9999_to_come"]
    return json.dumps(said).encode()
