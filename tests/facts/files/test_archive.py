"""Reading a host through a container that is never started, and leaving nothing of it behind."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from secdash.facts import model
from secdash.facts.answers import Answers, Failure, ImageAnswers
from secdash.facts.collect import collect
from secdash.facts.connect import open_engine
from secdash.facts.files import archive
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.reading import ARCHIVE, Way, with_files
from secdash.facts.files.seen import Entry, Folder, Glimpse, Wanted
from secdash.facts.files.wanted import KERNEL_TABLES
from secdash.facts.helper import LABEL, helper_on
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from tests.facts.test_helper import assert_shut

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
        helper_on(client, image_of(engine), OWNER, archive.WINDOW) as window,
    ):
        return archive.ArchiveFiles(window, time.monotonic() + 60).look(wanted)


def helpers(engine):
    return engine.docker("ps", "-aq", "--filter", f"label={LABEL}").split()


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


def everything_kept(dockerd):
    """The ids of what stays: the Engine lists images of the same second in any order."""
    images = sorted(image["Id"] for image in dockerd.get("/images/json"))
    return images, [volume["Name"] for volume in dockerd.get("/volumes")["Volumes"] or []]


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
    before = everything_kept(dockerd)

    snapshots = [parse(with_files(answers, dockerd.url, Way(ARCHIVE, owner=OWNER))) for _ in range(2)]

    dockerd.docker("create", "--name", "marker", "bb:1", "sh")
    dockerd.docker("rm", "marker")
    watcher.terminate()
    actions = watcher.communicate(timeout=10)[0].decode().split()
    assert {"create", "destroy"} <= set(actions) <= {"create", "destroy", "archive-path"}
    assert helpers(dockerd) == []
    assert everything_kept(dockerd) == before
    host = snapshots[0].host
    assert host.source == "archive"
    assert {file.role: file.owner for file in host.files}["dockerd"] == "root"
    assert isinstance(host.mount_points, Unknown)
    assert model.dump(snapshots[0]) == model.dump(snapshots[1])


@pytest.mark.engine
def test_the_window_on_the_host_is_shut_and_hidden_from_the_scan(dockerd):
    with (
        open_engine(dockerd.url) as client,
        helper_on(client, image_of(dockerd), OWNER, archive.WINDOW) as window,
    ):
        inspect = dockerd.get(f"/containers/{window.id}/json")
        listed = [container.listed["Id"] for container in collect(dockerd.url).containers]

    made = inspect["HostConfig"]
    assert made["Binds"] is None
    assert [(mount["Source"], mount["RW"]) for mount in inspect["Mounts"]] == [("/", False)]
    assert made["UsernsMode"] == "host"
    assert_shut(inspect, OWNER)
    assert window.id not in listed


@pytest.mark.engine
def test_time_that_is_up_leaves_the_rest_unread(dockerd):
    found = with_files(collect(dockerd.url), dockerd.url, Way(ARCHIVE, owner=OWNER), seconds=0)

    host = parse(found).host
    assert host.files == ()
    assert "too long" in str(dict(host.unread)["dockerd"].why)
    assert helpers(dockerd) == []


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
