"""Reading the files of the machine whose Engine answered, and of no other."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from secdash.environment import BASE
from secdash.facts import model
from secdash.facts.answers import NOT_READ, Answers, Failure
from secdash.facts.collect import collect
from secdash.facts.files import machine, reading
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.reading import LOCAL, NONE, Way, with_files
from secdash.facts.files.seen import Process, Seen
from secdash.facts.message import say
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from tests.engine import parts
from tests.engine.dockerd import running_dockerd

DOCKER = {"Components": [{"Name": "Engine"}]}


def our_info(**changes):
    info = {"KernelVersion": os.uname().release, "MemTotal": machine._memory(), "Name": "web-01"}
    return {**info, **changes}


def read(url="unix:///run/none.sock", *, info=None, version=DOCKER, way=None, **options):
    answers = Answers(version, our_info() if info is None else info, (), (), (), None)
    return with_files(answers, url, way or Way(LOCAL), **options).files


def why(found):
    assert isinstance(found, Failure), found
    return str(found.why)


@contextmanager
def a_listener(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield f"unix://{path}"


@pytest.fixture
def root(tmp_path):
    """A host's root as it is mounted for a worker in a container; its daemon is process 77."""
    host = tmp_path / "host"
    (host / "etc").mkdir(parents=True)
    (host / "etc/hostname").write_text("web-01\n")
    for pid, name in ((1, "systemd"), (77, "dockerd"), (78, "dockerd"), (79, "cat")):
        a_process(host, pid, name, root="8:1" if pid != 78 else "0:99")
    return host


def a_process(host, pid, name, *, root="8:1"):
    folder = host / f"proc/{pid}"
    folder.mkdir(parents=True)
    (folder / "comm").write_text(f"{name}\n")
    (folder / "cmdline").write_bytes(f"/usr/bin/{name}\0--icc=false\0".encode())
    (folder / "status").write_text(f"Name:\t{name}\nUid:\t0\t0\t0\t0\n")
    (folder / "mountinfo").write_text(f"20 1 {root} / / rw - ext4 /dev/x rw\n")


def test_nothing_is_read_where_nobody_asked():
    assert read(way=Way(NONE)) == NOT_READ


def test_podman_has_other_files():
    assert "Podman" in why(read(version={"Components": [{"Name": "Podman Engine"}]}))


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:2376", "ssh://ops@web-01", "https://[::1]"])
def test_an_engine_that_is_no_local_socket_is_not_read_from_here(url):
    assert "not reached through a socket" in why(read(url))


@pytest.mark.parametrize("change", [{"KernelVersion": "2.6.32"}, {"MemTotal": 1}, {"MemTotal": None}])
def test_another_kernel_or_memory_is_another_machine(change):
    assert "another machine" in why(read(info=our_info(**change)))


def test_an_engine_that_tells_nothing_is_not_taken_for_ours():
    assert "another machine" in why(read(info=Failure(say("Refused."))))


def test_a_program_between_us_and_the_daemon_may_lead_anywhere(tmp_path):
    with a_listener(tmp_path / "proxy.sock") as url:
        found = why(read(url))

    assert f"answers {LocalFiles().programs()[os.getpid()]}, not dockerd" in found
    assert "SECDASH_HOST_ROOT" in found


def test_a_daemon_with_another_root_lives_in_a_container(tmp_path, root):
    """We listen ourselves, and the tree of processes says that we are a daemon."""
    a_process(root, os.getpid(), "dockerd", root="0:44")
    a_process(root, "self", "python", root="8:1")
    with a_listener(tmp_path / "docker.sock"):
        with pytest.raises(machine.NotOurs, match="another root folder"):
            machine.daemon_behind(str(tmp_path / "docker.sock"), LocalFiles(str(root)))
        (root / "proc/self/mountinfo").write_text((root / f"proc/{os.getpid()}/mountinfo").read_text())

        assert machine.daemon_behind(str(tmp_path / "docker.sock"), LocalFiles(str(root))).argv[1] == "--icc=false"


def test_a_process_that_is_not_seen_is_another_containers(tmp_path, root):
    with a_listener(tmp_path / "docker.sock"), pytest.raises(machine.NotOurs, match="does not see the process"):
        machine.daemon_behind(str(tmp_path / "docker.sock"), LocalFiles(str(root)))


AS_SYSTEMD = """
import ctypes, json, socket, subprocess, sys
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.machine import NotOurs, daemon_behind
folder = sys.argv[1]
listener = socket.socket(socket.AF_UNIX)
listener.bind(f"{folder}/docker.sock")
listener.listen()
found = []
daemons = []
try:
    daemon_behind(f"{folder}/docker.sock", LocalFiles())
except NotOurs as error:
    found.append(str(error))
ctypes.CDLL(None).prctl(15, b"systemd", 0, 0, 0)
for _ in range(3):
    found.append(str(daemon_behind(f"{folder}/docker.sock", LocalFiles())))
    daemons.append(subprocess.Popen([f"{folder}/dockerd", "60"]))
    while open(f"/proc/{daemons[-1].pid}/comm").read() != "dockerd\\n":
        pass  # vfork lets us go on a moment before the program has its name
for daemon in daemons:
    daemon.kill()
print(json.dumps(found))
"""


def test_process_1_listens_for_the_one_daemon_that_it_starts(tmp_path):
    parts.require(os.geteuid() == 0, "a namespace of processes needs root")
    shutil.copy("/bin/sleep", tmp_path / "dockerd")

    done = subprocess.run(
        ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-c", AS_SYSTEMD, str(tmp_path)],
        capture_output=True, check=True, cwd=BASE,
    )  # fmt: skip
    not_systemd, none, one, two = json.loads(done.stdout)

    assert "not dockerd" in not_systemd
    assert "No process" in none
    assert f"argv=('{tmp_path}/dockerd', '60')" in one
    assert "Several processes" in two


def test_a_socket_that_is_gone_meanwhile_says_so():
    assert "/run/none.sock cannot be opened" in why(read())


def test_a_mounted_host_is_read_through_its_prefix(root):
    found = read(way=Way(LOCAL, prefix=f"{root}/"))

    assert found.daemon == Process(("/usr/bin/dockerd", "--icc=false"), 0)
    assert found.text("/etc/hostname") is None
    assert found.socket == ""


@pytest.mark.parametrize(
    ("engine", "file", "same"),
    [
        ("web-01", "web-01\n", True),
        ("web-01.example.com", "WEB-01", True),
        ("web-01", "web-01.lan\n", True),
        ("web-02", "web-01\n", False),
        ("web-01", "\n", True),
        (None, "web-01", True),
    ],
)
def test_a_mounted_host_of_another_name_is_not_the_engines(root, engine, file, same):
    (root / "etc/hostname").write_text(file)

    found = read(info=our_info(Name=engine), way=Way(LOCAL, prefix=str(root)))

    assert isinstance(found, Seen) == same


def test_an_empty_folder_is_no_host(tmp_path):
    for prefix in (tmp_path, tmp_path / "none"):
        assert "no root of a host" in why(read(way=Way(LOCAL, prefix=str(prefix))))


def test_several_daemons_or_none_leave_open_which_one_answers(root):
    a_process(root, 80, "dockerd")
    several = read(way=Way(LOCAL, prefix=str(root)))
    for pid in (77, 80):
        (root / f"proc/{pid}/comm").write_text("other\n")
    none = read(way=Way(LOCAL, prefix=str(root)))

    assert "Several processes" in why(several.daemon)
    assert "No process" in why(none.daemon)
    assert isinstance(several, Seen)


def test_a_rootless_daemon_is_known_by_its_user(root):
    (root / "proc/77/status").write_text("Uid:\t1000\t1000\t1000\t1000\n")

    found = read(info=our_info(SecurityOptions=["name=rootless"]), way=Way(LOCAL, prefix=str(root)))

    assert found.daemon.uid == 1000
    assert "No process" in why(read(way=Way(LOCAL, prefix=str(root))).daemon)


def test_a_rootless_daemon_that_is_not_seen_has_its_files_nobody_knows_where(root):
    found = read(info=our_info(SecurityOptions=["name=rootless"]), way=Way(LOCAL, prefix=str(root)))

    assert "in whose home" in why(found)


def test_daemons_of_both_kinds_are_told_apart(root):
    a_process(root, 80, "dockerd")
    (root / "proc/80/status").write_text("Uid:\t1000\t1000\t1000\t1000\n")

    rootless = read(info=our_info(SecurityOptions=["name=rootless"]), way=Way(LOCAL, prefix=str(root)))

    assert rootless.daemon.uid == 1000
    assert read(way=Way(LOCAL, prefix=str(root))).daemon.uid == 0


def test_a_process_that_tells_nothing_is_unknown(root):
    (root / "proc/77/cmdline").write_bytes(b"")

    assert "command line" in why(read(way=Way(LOCAL, prefix=str(root))).daemon)


def test_a_file_system_that_hangs_holds_up_nobody():
    released = threading.Event()
    began = time.monotonic()

    assert reading.within(0.05, lambda: released.wait(30) and NOT_READ) is None

    released.set()
    assert time.monotonic() - began < 5
    assert reading.within(5, lambda: NOT_READ) == NOT_READ


# --- a real Engine ------------------------------------------------------------------------------------------------


@pytest.mark.engine
def test_a_real_daemon_is_found_through_its_socket():
    with running_dockerd(config={"icc": False, "log-opts": {"max-size": "10m"}}, args=["--mtu", "1400"]) as engine:
        first, second = (parse(with_files(collect(engine.url), engine.url, Way(LOCAL))) for _ in range(2))
        host = first.host
        path = engine.socket

    assert host.daemon.file == str(path.parent / "daemon.json")
    found = {setting.name: (setting.value, setting.origin) for setting in host.daemon.settings}
    assert found["icc"] == (False, "daemon.json")
    assert found["mtu"] == (1400, "command line")
    assert found["hosts"] == ([f"unix://{path}"], "command line")
    by_role = {file.role: file for file in host.files}
    assert (by_role["docker.sock"].key, by_role["docker.sock"].type) == (str(path), "socket")
    assert by_role["data-root"].key == str(path.parent / "data")
    assert by_role["daemon.json"].key == str(path.parent / "daemon.json")
    assert by_role["containerd.sock"].key.endswith("/containerd/containerd.sock")
    assert by_role["dockerd"].owner == "root"
    assert host.unread == ()
    assert "/" in host.mount_points
    assert not isinstance(host.listeners, Unknown)
    assert model.dump(first) == model.dump(second)
    assert model.load(model.dump(first)) == first
