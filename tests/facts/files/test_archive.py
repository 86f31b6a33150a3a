"""Reading a host through a container that is never started, and leaving nothing of it behind."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time

import pytest

from secdash.environment import BASE
from secdash.facts import model
from secdash.facts.answers import HELPER_LABEL, Answers, Failure, ImageAnswers
from secdash.facts.collect import collect
from secdash.facts.connect import ReadOnly, open_engine
from secdash.facts.files import archive, helper
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.reading import ARCHIVE, Way, with_files
from secdash.facts.files.seen import Entry, Folder, Glimpse, Wanted
from secdash.facts.files.wanted import KERNEL_TABLES
from secdash.facts.model import Unknown
from secdash.facts.parse import parse

OWNER = "4d1f0c"
KEY_BODY = "-----BEGIN PRIVATE KEY----- never to be kept"


@pytest.fixture
def host(tmp_path):
    """A folder of this machine that holds what a host may hold."""
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/ca.crt").write_text("certificate")
    (tmp_path / "certs/b.crt").write_text("certificate")
    (tmp_path / "certs/ca.key").write_text(KEY_BODY)
    os.chown(tmp_path / "certs/ca.key", 4321, 8765)
    (tmp_path / "certs/ca.key").chmod(0o4600)  # a change of the owner would take the first digit away again
    (tmp_path / "rules").mkdir(mode=0o750)
    (tmp_path / "rules/a.rules").write_text("-w /a")
    (tmp_path / "rules/deep").mkdir()
    (tmp_path / "rules/deep/b.rules").write_text("-w /b")
    (tmp_path / "rules/c.rules").symlink_to(tmp_path / "certs/ca.crt")
    (tmp_path / "absolute").symlink_to(tmp_path / "certs")
    (tmp_path / "relative").symlink_to("certs/../certs")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "large").write_bytes(os.urandom(3 << 20))
    return tmp_path


def everything(path):
    wanted = (
        "certs/ca.crt",
        "certs/ca.key",
        "absolute/ca.key",
        "relative/ca.key",
        "certs",
        "dangling",
        "circle",
        "none",
    )
    return Wanted(
        entries=frozenset({f"{path}/{name}" for name in (*wanted, "large", "certs/ca.crt/below")}),
        texts=frozenset({f"{path}/absolute/ca.crt", f"{path}/large", f"{path}/none", *KERNEL_TABLES}),
        folders=frozenset({
            Folder(f"{path}/rules", ".rules", read=True), Folder(f"{path}/relative"), Folder(f"{path}/none"),
        }),
    )  # fmt: skip


def image_of(engine):
    return engine.get("/images/json")[0]["Id"]


def look(engine, wanted) -> Glimpse:
    with (
        open_engine(engine.url) as client,
        helper.helper_on(client, str(engine.socket), image_of(engine), OWNER) as window,
    ):
        return archive.ArchiveFiles(window, time.monotonic() + 60).look(wanted)


def helpers(engine):
    return engine.docker("ps", "-aq", "--filter", f"label={HELPER_LABEL}").split()


def asked(engine, method, path, body=None):
    connection = http.client.HTTPConnection("localhost", timeout=20)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(engine.socket))
    connection.request(method, path, body=body and json.dumps(body), headers={"Content-Type": "application/json"})
    answer = connection.getresponse().read()
    connection.close()
    return answer


@pytest.mark.engine
def test_sees_what_somebody_on_the_host_sees(dockerd, host):
    wanted = everything(host)

    seen, local = look(dockerd, wanted), LocalFiles().look(wanted)

    for path in sorted(local.entries.keys() - set(KERNEL_TABLES)):
        if path.endswith("circle"):  # the kernel's word for it is an error, the Engine's is "not found"
            continue
        assert seen.entries[path] == local.entries[path], path
    assert seen.entries[f"{host}/certs/ca.key"] == Entry("file", 0o4600, 4321, 8765)
    assert seen.folders == local.folders
    texts = {path: text for path, text in local.texts.items() if path not in KERNEL_TABLES}
    assert seen.texts == texts
    assert all(isinstance(seen.entries[path], Failure) for path in KERNEL_TABLES)


@pytest.mark.engine
def test_no_body_is_kept_that_was_not_asked_for(dockerd, host):
    seen = look(dockerd, everything(host))

    assert KEY_BODY not in repr(seen)
    assert seen.texts[f"{host}/absolute/ca.crt"] == "certificate"


@pytest.mark.engine
def test_a_scan_leaves_nothing_behind_and_starts_nothing(dockerd):
    watcher = subprocess.Popen(
        ["docker", "-H", dockerd.url, "events", "--filter", "type=container", "--format", "{{.Action}}"],
        stdout=subprocess.PIPE,
    )
    dockerd.docker("create", "--name", "marker", "bb:1", "sh")
    dockerd.docker("rm", "marker")
    while b"destroy" not in watcher.stdout.readline():
        pass
    answers = collect(dockerd.url)
    before = dockerd.get("/volumes")["Volumes"], dockerd.get("/images/json")

    snapshots = [parse(with_files(answers, dockerd.url, Way(ARCHIVE, owner=OWNER))) for _ in range(2)]

    dockerd.docker("create", "--name", "marker", "bb:1", "sh")
    dockerd.docker("rm", "marker")
    watcher.terminate()
    actions = watcher.communicate(timeout=10)[0].decode().split()
    assert {"create", "destroy"} <= set(actions) <= {"create", "destroy", "archive-path"}
    assert helpers(dockerd) == []
    assert (dockerd.get("/volumes")["Volumes"], dockerd.get("/images/json")) == before
    host = snapshots[0].host
    assert host.source == "archive"
    assert {file.role: file.owner for file in host.files}["dockerd"] == "root"
    assert isinstance(host.mount_points, Unknown)
    assert model.dump(snapshots[0]) == model.dump(snapshots[1])


@pytest.mark.engine
def test_the_helper_is_shut_off_and_hidden_from_the_scan(dockerd):
    with (
        open_engine(dockerd.url) as client,
        helper.helper_on(client, str(dockerd.socket), image_of(dockerd), OWNER) as window,
    ):
        inspect = dockerd.get(f"/containers/{window.id}/json")
        listed = [container.listed["Id"] for container in collect(dockerd.url).containers]

    made = inspect["HostConfig"]
    assert inspect["State"]["Status"] == "created"
    assert inspect["Config"]["Labels"][HELPER_LABEL] == OWNER
    assert (made["NetworkMode"], made["CapDrop"], made["ReadonlyRootfs"], made["Privileged"]) == (
        "none",
        ["ALL"],
        True,
        False,
    )
    assert made["Binds"] is None
    assert [(mount["Source"], mount["RW"]) for mount in inspect["Mounts"]] == [("/", False)]
    assert window.id not in listed


@pytest.mark.engine
def test_a_container_that_ever_ran_is_never_hidden_whatever_its_label(dockerd):
    dockerd.docker("run", "--name", "liar", "--label", f"{HELPER_LABEL}=x", "bb:1", "true")
    try:
        assert "liar" in [container.name for container in parse(collect(dockerd.url)).containers]
    finally:
        dockerd.docker("rm", "liar")


DIES = """
import os, sys
from secdash.facts.connect import open_engine
from secdash.facts.files.helper import helper_on
url, path, image, owner = sys.argv[1:]
with open_engine(url) as engine, helper_on(engine, path, image, owner):
    os.kill(os.getpid(), 9)
"""


@pytest.mark.engine
def test_what_a_dead_worker_left_is_removed_by_the_next_run(dockerd):
    def die(owner):
        command = [sys.executable, "-c", DIES, dockerd.url, str(dockerd.socket), image_of(dockerd), owner]
        assert subprocess.run(command, cwd=BASE, check=False).returncode == -9

    die(OWNER)
    die("somebody-else")
    assert len(helpers(dockerd)) == 2
    assert parse(collect(dockerd.url)).containers == ()

    look(dockerd, Wanted())

    (left,) = helpers(dockerd)
    assert (
        dockerd.docker("inspect", left, "--format", f'{{{{index .Config.Labels "{HELPER_LABEL}"}}}}') == "somebody-else"
    )
    dockerd.docker("rm", left)


@pytest.mark.engine
def test_a_stale_helper_is_removed_whoever_made_it(dockerd, monkeypatch):
    asked(dockerd, "POST", "/containers/create", {"Image": "bb:1", "Labels": {HELPER_LABEL: "somebody-else"}})
    monkeypatch.setattr(helper, "STALE", -5)

    look(dockerd, Wanted())

    assert helpers(dockerd) == []


@pytest.mark.engine
def test_a_failure_in_the_middle_removes_the_helper(dockerd):
    with (
        pytest.raises(ZeroDivisionError),
        open_engine(dockerd.url) as client,
        helper.helper_on(client, str(dockerd.socket), image_of(dockerd), OWNER),
    ):
        raise ZeroDivisionError

    assert helpers(dockerd) == []


@pytest.mark.engine
def test_the_helper_and_its_connection_can_do_nothing_else(dockerd):
    dockerd.docker("create", "--name", "precious", "bb:1", "sh")
    id_ = dockerd.docker("inspect", "precious", "--format", "{{.Id}}")
    connection = helper.HelperConnection("http+unix://localhost", str(dockerd.socket), timeout=5)
    try:
        for method, path in (
            ("POST", f"/v1.41/containers/{id_}/start"),
            ("POST", "/v1.41/containers/create"),
            ("POST", "/v1.41/containers/create?name=mine"),
            ("POST", "/v1.41/containers/create?name=secdash-files-0123456789ab&platform=x"),
            ("PUT", f"/v1.41/containers/{id_}/archive?path=/"),
            ("DELETE", f"/v1.41/containers/{id_}?force=1"),
            ("DELETE", "/v1.41/containers/precious?v=1"),
            ("DELETE", "/v1.41/images/bb:1"),
            ("PATCH", "/"),
        ):
            with pytest.raises(ReadOnly):
                connection.exchange(method, path)
    finally:
        connection.close()
        dockerd.docker("rm", "precious")


@pytest.mark.engine
def test_time_that_is_up_leaves_the_rest_unread(dockerd):
    found = with_files(collect(dockerd.url), dockerd.url, Way(ARCHIVE, owner=OWNER), seconds=0)

    host = parse(found).host
    assert host.files == ()
    assert "too long" in str(dict(host.unread)["dockerd"].why)
    assert helpers(dockerd) == []


@pytest.mark.engine
def test_an_image_that_declares_a_volume_leaves_no_volume(dockerd):
    dockerd.import_image("vol:1", changes=("VOLUME /data",))
    try:
        with (
            open_engine(dockerd.url) as client,
            helper.helper_on(client, str(dockerd.socket), "vol:1", OWNER),
        ):
            assert len(dockerd.get("/volumes")["Volumes"]) == 1
        assert not dockerd.get("/volumes")["Volumes"]
    finally:
        dockerd.docker("rmi", "vol:1")


def test_the_smallest_image_without_volumes_is_taken():
    def image(id_, size, volumes=None):
        return ImageAnswers({}, {"Id": id_, "Size": size, "Config": {"Volumes": volumes}}, None)

    def chosen(*images):
        return archive._image(Answers(None, None, (), images, (), None))

    assert chosen(image("a", 3), image("b", 2), image("c", 1, {"/data": {}})) == "b"
    assert chosen(image("c", 1, {"/data": {}})) == "c"
    assert chosen(ImageAnswers({}, Failure(archive.ODD_ANSWER.why), None)) == archive.NO_IMAGE
    assert chosen() == archive.NO_IMAGE


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({"OSType": "windows"}, "Only Linux"),
        ({"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}, "rootless"),
        ({"OSType": "linux", "SecurityOptions": None}, "no image"),
    ],
)
def test_a_host_that_cannot_be_read_so_says_why(info, words):
    answers = Answers({"Components": [{"Name": "Engine"}]}, info, (), (), (), None)

    assert words in str(with_files(answers, "unix:///none", Way(ARCHIVE)).files.why)


@pytest.mark.parametrize("header", ["", "e30=", "bm90IGpzb24=", "W10=", "%%%"])
def test_a_header_in_another_form_is_a_failure(header):
    assert archive._stat_of(header) == archive.ODD_ANSWER


@pytest.mark.engine
def test_an_engine_that_refuses_to_create_says_so(dockerd):
    answers = collect(dockerd.url)
    images = (ImageAnswers({}, {"Id": "none:1", "Size": 1, "Config": {}}, None),)

    found = archive.read(dockerd.url, Answers(None, answers.info, (), images, (), None), owner=OWNER, seconds=5)

    assert "No container could be created" in str(found.why)
    assert "No such image" in str(found.why)
