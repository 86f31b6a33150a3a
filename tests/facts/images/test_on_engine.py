"""Reading images of a real Engine, in both ways; what the one way of them creates is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from secdash.facts.collect import collect
from secdash.facts.connect import AnswerError, EngineClient, NoAnswer, ReadOnly, open_engine
from secdash.facts.images import reading
from secdash.facts.images.bounds import Unreadable
from secdash.facts.images.reading import Memory, Way, read_image, with_files
from secdash.facts.model import CapableFile, Distribution, ImageFiles, SecretFile, SetuidFile, Unknown, dump
from secdash.facts.parse import parse
from tests.engine.archives import KEY, a_budget, a_capability, a_file, a_folder, a_link, a_tar, legacy_export
from tests.engine.dockerd import Dockerd, busybox_rootfs
from tests.engine.replaying_server import Cut, recorded_routes, refusal, replaying

pytestmark = pytest.mark.engine

OWNER = "71c2aa"
EXPORTS, ARCHIVES = WAYS = Way("export"), Way("archive", OWNER)
MARKER = "MARKER-0f3c"

BASE = a_tar(
    *(a_folder("bin"), a_folder("app"), a_folder("root"), a_folder("etc"), a_folder("srv")),
    *(a_file("bin/kept", b"x", mode=0o4755), a_file("bin/replaced", b"x", mode=0o4755, uid=9)),
    *(a_file("bin/removed", b"x", mode=0o6755), a_link("bin/kept-too", "bin/kept", hard=True, mode=0o4755)),
    a_file("bin/ping", b"x", mode=0o755, pax_headers=a_capability(13)),
    *(a_file("etc/passwd", b"root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/\n"), a_file("etc/group", b"a:x:7:\nb:x:7:\n")),
    a_file("etc/shadow", b"root::19000::::::\nuser:$6$" + MARKER.encode() + b":19000::::::\n", mode=0o600),
    *(a_file("etc/os-release", b'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n'),),
    a_file("root/.npmrc", f"//r/:_authToken={MARKER}\n".encode()),
    *(a_file("srv/key", KEY), a_link("srv/key-too", "srv/key", hard=True), a_file("srv/gone.pem", KEY)),
    *(a_folder("app/.git"), a_file("app/.git/config", MARKER.encode())),
)
EXPORT = legacy_export(BASE)
DOCKERFILE = """
FROM base:1
COPY busybox /bin/busybox
COPY plain /bin/replaced
RUN ["/bin/busybox", "rm", "-r", "/bin/removed", "/srv/gone.pem", "/app/.git"]
RUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/sh"]
VOLUME /data
"""


@pytest.fixture(scope="module")
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    dockerd.docker("import", "-", "base:1", stdin=BASE)
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as folder:
        (Path(folder) / "Dockerfile").write_text(DOCKERFILE)
        (Path(folder) / "plain").write_bytes(b"y")
        (Path(folder) / "busybox").write_bytes(busybox_of(busybox_rootfs()))
        (Path(folder) / "busybox").chmod(0o755)
        dockerd.docker("build", "--network", "none", "-t", "built:1", folder)
    yield dockerd
    for image in ("built:1", "base:1"):
        dockerd.docker("rmi", "--force", image)


def busybox_of(rootfs: bytes) -> bytes:
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(rootfs)) as archive:
        opened = archive.extractfile("bin/busybox")
        assert opened
        return opened.read()


def files_of(engine: Dockerd, image: str, way: Way) -> ImageFiles:
    with open_engine(engine.url) as client:
        return read_image(client, id_of(engine, image), way, a_budget())


def id_of(engine: Dockerd, image: str) -> str:
    return engine.docker("image", "inspect", "-f", "{{.Id}}", image)


def containers_and_volumes(engine: Dockerd) -> str:
    return engine.docker("ps", "-aq") + engine.docker("volume", "ls", "-q")


@pytest.mark.parametrize("way", WAYS)
def test_reads_what_the_layers_leave_visible(engine: Dockerd, way: Way) -> None:
    before = containers_and_volumes(engine)

    found = files_of(engine, "built:1", way)

    assert found.setuid == (SetuidFile("/bin/kept", 0o4755, 0), SetuidFile("/bin/kept-too", 0o4755, 0))
    assert found.capable == (CapableFile("/bin/ping", ("NET_RAW",)),)
    assert found.secrets == (
        SecretFile("/root/.npmrc", "an npm token"),
        SecretFile("/srv/key", "a private key"),
        SecretFile("/srv/key-too", "a private key"),
    )
    assert found.left_overs == ()
    assert found.without_password == ("root",)
    assert found.shared_uids == ((0, ("root", "toor")),)
    assert found.shared_gids == ((7, ("a", "b")),)
    assert found.distribution == Distribution("alpine", "3.19.1", "Alpine Linux v3.19")
    assert found.shells == ("/bin/busybox", "/bin/sh")
    assert containers_and_volumes(engine) == before


@pytest.mark.parametrize("image", ["base:1", "built:1", "bb:1"])
def test_both_ways_tell_the_same(engine: Dockerd, image: str) -> None:
    assert files_of(engine, image, EXPORTS) == files_of(engine, image, ARCHIVES)


@pytest.mark.parametrize("way", WAYS)
def test_a_look_with_files_keeps_no_content(engine: Dockerd, way: Way) -> None:
    snapshot = with_files(parse(collect(engine.url)), engine.url, way, Memory(), lambda *_: None)

    assert isinstance(snapshot.images, tuple)
    assert not any(isinstance(image.files, Unknown) for image in snapshot.images)
    assert MARKER not in dump(snapshot).decode()
    assert "MIIE" not in dump(snapshot).decode()


@pytest.mark.parametrize("way", WAYS)
def test_an_image_that_is_gone_is_an_answer_not_an_inventory(engine: Dockerd, way: Way) -> None:
    with open_engine(engine.url) as client, pytest.raises(AnswerError):
        read_image(client, "sha256:" + "0" * 64, way, a_budget())


def test_the_helper_goes_also_when_reading_fails(engine: Dockerd) -> None:
    before = containers_and_volumes(engine)

    with open_engine(engine.url) as client, pytest.raises(Unreadable):
        read_image(client, id_of(engine, "built:1"), ARCHIVES, a_budget(most_entries=3))

    assert containers_and_volumes(engine) == before


def test_reading_stays_read_only(engine: Dockerd) -> None:
    with open_engine(engine.url) as client, pytest.raises(ReadOnly):
        client._connection.ask("/v1.41/containers/create", 5, method="POST")


# --- a host's images ----------------------------------------------------------------------------------------------


class Kept(Memory):
    """A store that remembers, and tells what was asked of it."""

    def __init__(self, claimable: bool = True) -> None:
        self.files: dict[str, object] = {}
        self.claimable = claimable
        self.released: list[str] = []

    def kept(self, ids):  # type: ignore[no-untyped-def]
        return {id_: self.files[id_] for id_ in ids if id_ in self.files}

    def claim(self, _id: str) -> bool:
        return self.claimable

    def keep(self, id_: str, files: object) -> None:
        self.files[id_] = files

    def release(self, id_: str) -> None:
        self.released.append(id_)


def whys(snapshot) -> set[str]:  # type: ignore[no-untyped-def]
    return {str(image.files.why) for image in snapshot.images if isinstance(image.files, Unknown)}


def test_reads_each_image_once(engine: Dockerd) -> None:
    facts, store, stages = parse(collect(engine.url)), Kept(), []
    first = with_files(facts, engine.url, EXPORTS, store, lambda *said: stages.append(said))
    again = with_files(facts, "unix:///nowhere", EXPORTS, store, lambda *said: stages.clear())

    assert first == again
    assert stages
    assert {stage for stage, _, _ in stages} == {"images"}
    assert {total for _, _, total in stages} == {len(store.files)}
    assert store.released == []


def test_leaves_an_image_alone_that_another_reads(engine: Dockerd) -> None:
    facts = with_files(parse(collect(engine.url)), engine.url, EXPORTS, Kept(claimable=False), lambda *_: None)
    assert whys(facts) == {str(reading.BEING_READ.why)}


def test_what_time_or_number_do_not_allow_is_left_for_later(engine: Dockerd, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = parse(collect(engine.url))
    monkeypatch.setattr(reading, "IMAGES_A_SCAN", 1)
    one = with_files(facts, engine.url, EXPORTS, Kept(), lambda *_: None)
    assert isinstance(one.images, tuple)
    assert [isinstance(image.files, Unknown) for image in one.images].count(False) == 1
    assert whys(one) == {str(reading.NOT_YET.why)}

    monkeypatch.setattr(reading, "SECONDS_A_SCAN", 0)
    store = Kept()
    none = with_files(facts, engine.url, EXPORTS, store, lambda *_: None)
    assert whys(none) == {str(reading.NOT_YET.why)}
    assert store.files == {}


def test_an_image_that_takes_all_the_time_of_a_scan_is_kept_as_that(
    engine: Dockerd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS_A_SCAN", 0.001)
    monkeypatch.setattr(reading, "SHORTEST", -60)
    store = Kept()
    facts = with_files(parse(collect(engine.url)), engine.url, EXPORTS, store, lambda *_: None)
    assert list(store.files.values()) == [reading.TAKES_TOO_LONG]
    assert whys(facts) == {str(reading.TAKES_TOO_LONG.why), str(reading.NOT_YET.why)}
    assert store.released


def test_images_in_use_come_first(engine: Dockerd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "IMAGES_A_SCAN", 1)
    engine.docker("create", "--name", "user", "built:1", "x")
    try:
        store = Kept()
        with_files(parse(collect(engine.url)), engine.url, EXPORTS, store, lambda *_: None)
        assert list(store.files) == [id_of(engine, "built:1")]
    finally:
        engine.docker("rm", "-v", "user")


def test_an_engine_that_is_gone_leaves_all_unknown(engine: Dockerd) -> None:
    facts = with_files(parse(collect(engine.url)), "unix:///nonexistent/x", EXPORTS, Kept(), lambda *_: None)
    assert whys(facts) == {"There is no /nonexistent/x. Check the path, and that Docker is installed there."}


@pytest.mark.parametrize("status", [401, 403, 405, 501])
def test_a_proxy_that_refuses_is_asked_once(status: int) -> None:
    routes = recorded_routes("docker")
    store = Kept()
    with replaying({**routes, **dict.fromkeys(exports(routes), refusal(status, "no"))}) as server:
        facts = with_files(parse(collect(server.url)), server.url, EXPORTS, store, lambda *_: None)
    assert len(exports(routes)) > 1
    assert whys(facts) == {f"The Engine refused with status {status}: no"}
    assert len(store.released) == 1


def test_other_refusals_concern_one_image() -> None:
    routes = recorded_routes("docker")
    store = Kept()
    with replaying({**routes, **dict.fromkeys(exports(routes), refusal(500, "no"))}) as server:
        with_files(parse(collect(server.url)), server.url, EXPORTS, store, lambda *_: None)
    assert len(store.released) == len(exports(routes))


def exports(routes: dict[str, object]) -> list[str]:
    return [path.replace("/history", "/get") for path in routes if path.startswith("/images/") and "/history" in path]


def test_an_answer_that_breaks_off_is_tried_again_later() -> None:
    routes = recorded_routes("docker")
    image = next(path for path in routes if path.startswith("/images/") and path.endswith("/history"))
    routes[image.replace("/history", "/get")] = Cut(EXPORT[:20_000])
    with replaying(routes) as server, open_engine(server.url) as client:
        id_ = image.split("/")[2]
        with pytest.raises((NoAnswer, Unreadable)) as caught:
            read_image(client, id_, EXPORTS, a_budget())
        assert not getattr(caught.value, "lasting", False)


def test_streams_leave_the_kept_connection_usable(engine: Dockerd) -> None:
    with open_engine(engine.url) as client:
        assert isinstance(client, EngineClient)
        with client.get_stream(f"/images/{id_of(engine, 'built:1')}/get", timeout=30) as answer:
            assert len(answer.read(1000)) == 1000
        assert client.get_json("/version")["ApiVersion"]
