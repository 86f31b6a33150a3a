"""Reading real files: below a prefix, behind links, and as a user who may not see all of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from secdash.environment import BASE
from secdash.facts.answers import Failure
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.seen import LARGEST_TEXT, MOST_NAMES, Entry, Folder, Wanted
from tests.engine import parts


@pytest.fixture
def root(tmp_path):
    """A host's root, and beside it a file that is not the host's."""
    (tmp_path / "outside").write_text("not of this host")
    (tmp_path / "host/etc/docker").mkdir(parents=True)
    (tmp_path / "host/etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    return tmp_path / "host"


@pytest.fixture
def files(root):
    return LocalFiles(str(root))


def test_tells_type_mode_and_owner_of_what_is_there(root, files):
    key = root / "etc/docker/key.pem"
    key.write_text("x")
    key.chmod(0o4750)
    (root / "etc/docker").chmod(0o1711)
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(root)  # a socket's path must be short
        listener.bind("docker.sock")
        os.chdir(BASE)

    us = (os.geteuid(), os.getegid())
    assert files.entry("/etc/docker/key.pem") == Entry("file", 0o4750, *us)
    assert files.entry("/etc/docker") == Entry("folder", 0o1711, *us)
    assert files.entry("/docker.sock").type == "socket"
    assert files.entry("/pipe").type == "other"
    assert files.entry("/none") is None
    assert files.entry("/etc/passwd/below") is None
    assert files.entry("/nul\0l") == Failure(files.entry("/nul\0l").why)


@pytest.mark.parametrize(
    ("link", "target", "text"),
    [
        ("inside", "etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        ("absolute", "/etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        ("etc/up", "../etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        ("etc/far", "../../../../etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        ("relative-escape", "../outside", None),
        ("deep-escape", "etc/docker/../../../outside", None),
    ],
)
def test_links_stay_below_the_prefix(root, files, link, target, text):
    (root / link).symlink_to(target)

    assert files.text(f"/{link}") == text


def test_an_absolute_link_out_of_the_prefix_leads_nowhere(root, files):
    (root / "escape").symlink_to(root.parent / "outside")
    (root / "folder").symlink_to(root.parent)

    assert files.text("/escape") is None
    assert files.text("/folder/outside") is None
    assert files.names("/folder") is None
    assert files.text("/../outside") is None
    assert files.text("/etc/../../outside") is None


def test_a_link_in_the_middle_of_a_path_is_followed(root, files):
    (root / "var").mkdir()
    (root / "var/run").symlink_to("/etc")

    assert files.entry("/var/run/passwd").type == "file"
    assert files.names("/var/run", "wd") == ("passwd",)


def test_a_circle_of_links_ends(root, files):
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")

    assert isinstance(files.entry("/one"), Failure)


def test_a_pipe_is_never_opened_and_a_long_file_not_kept(root, files):
    os.mkfifo(root / "etc/docker/daemon.json")
    (root / "long").write_bytes(b"x" * (LARGEST_TEXT + 1))
    (root / "full").write_bytes(b"x" * LARGEST_TEXT)
    (root / "odd").write_bytes(b"caf\xe9")

    seen = files.look(Wanted(texts=frozenset({"/etc/docker/daemon.json", "/long", "/full", "/odd"})))

    assert "/etc/docker/daemon.json" not in seen.texts
    assert "not a file" in str(files.text("/etc/docker/daemon.json").why)
    assert isinstance(seen.texts["/long"], Failure)
    assert len(seen.texts["/full"]) == LARGEST_TEXT
    assert seen.texts["/odd"] == "caf\ufffd"


def test_folders_are_listed_in_order_and_only_as_far_as_is_sane(root, files):
    folder = root / "etc/rules.d"
    folder.mkdir()
    for name in ("b.rules", "a.rules", "c.off"):
        (folder / name).write_text(name)
    read, listed = Folder("/etc/rules.d", ".rules", read=True), Folder("/etc/rules.d")

    seen = files.look(Wanted(folders=frozenset({read, listed, Folder("/none")})))

    assert seen.folders == {
        read: ("a.rules", "b.rules"),
        listed: ("a.rules", "b.rules", "c.off"),
        Folder("/none"): None,
    }
    assert seen.texts == {"/etc/rules.d/a.rules": "a.rules", "/etc/rules.d/b.rules": "b.rules"}
    for number in range(MOST_NAMES):
        (folder / f"{number}.rules").touch()
    assert isinstance(files.names("/etc/rules.d"), Failure)


def test_no_file_stays_open(root, files):
    (root / "etc/link").symlink_to("/none")
    before = len(list(Path("/proc/self/fd").iterdir()))

    files.look(Wanted(frozenset({"/etc/link", "/etc"}), frozenset({"/etc/passwd"}), frozenset({Folder("/etc")})))

    assert len(list(Path("/proc/self/fd").iterdir())) == before


AS_NOBODY = """
import json, sys
from secdash.facts.files.local import LocalFiles
files = LocalFiles(sys.argv[1])
looks = [files.entry("/etc/docker/key.pem"), files.text("/etc/secret"), files.names("/etc/audit")]
looks.append(files.entry("/etc/secret"))
print(json.dumps([str(look.why) if hasattr(look, "why") else look.mode for look in looks]))
"""


def test_what_the_user_may_not_read_is_a_failure_with_what_to_do(root, tmp_path):
    parts.require(os.geteuid() == 0, "becoming another user needs root")
    for path, mode in (("etc/secret", 0o600), ("etc/docker/key.pem", 0o600)):
        (root / path).write_text("x")
        (root / path).chmod(mode)
    (root / "etc/audit").mkdir(mode=0o750)
    (root / "etc/docker").chmod(0o700)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to("/tmp/pytest-of-root"):
            folder.chmod(folder.stat().st_mode | 0o011)

    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", AS_NOBODY, str(root)],
        capture_output=True, check=True, cwd=BASE,
    )  # fmt: skip
    key, secret, audit, secret_entry = msgspec.json.decode(done.stdout)

    for words, path in ((key, "/etc/docker/key.pem"), (secret, "/etc/secret"), (audit, "/etc/audit")):
        assert f"may not read {path}" in words
    assert secret_entry == 0o600


def test_programs_are_listed_by_number():
    assert LocalFiles().programs()[os.getpid()] == Path("/proc/self/comm").read_text().strip()


def test_a_place_without_processes_lists_none(files):
    assert files.programs() == {}
