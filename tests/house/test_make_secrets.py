"""The secrets of the stack are drawn once, readable in containers alone, and the mail server is asked for."""

from __future__ import annotations

import shutil
import stat
import subprocess
from urllib.parse import urlsplit

import pytest
import yaml

from secdash.environment import BASE

MAIL = "smtp+tls://me:pass@mail.example.org:587"


@pytest.fixture
def make(tmp_path):
    shutil.copy(BASE / "deploy" / "make-secrets", tmp_path)

    def run(**more: str) -> tuple[str, dict[str, str]]:
        command, seen = ["sh", str(tmp_path / "make-secrets")], {"PATH": "/usr/bin:/bin", **more}
        done = subprocess.run(command, env=seen, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return done.stdout, {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    return run


def test_every_secret_of_the_stack_is_made_and_kept(make, tmp_path):
    wanted = yaml.safe_load((BASE / "docker-compose.yml").read_text())["secrets"].values()

    said, first = make()
    _said, second = make()

    assert {f"./deploy/secrets/{name}" for name in first} == {each["file"] for each in wanted}
    assert first == second
    assert first["postgres_password"] in first["database_url"]
    assert first["redis_auth"] == f"requirepass {urlsplit(first['redis_url']).password}\n"
    assert min(len(first["secret_key"]), len(first["postgres_password"]), len(first["redis_auth"])) > 40
    assert first["mail_url"] == ""
    assert "No mail server is set" in said


def test_the_mail_server_can_be_given_later_and_is_not_overwritten(make):
    make()
    said, given = make(SECDASH_MAIL_URL=MAIL)
    _said, again = make(SECDASH_MAIL_URL="smtp://another")

    assert (given["mail_url"], again["mail_url"]) == (MAIL, MAIL)
    assert "No mail server" not in said


def test_only_the_folder_keeps_others_out(make, tmp_path):
    make()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert set(modes.values()) == {0o444}
