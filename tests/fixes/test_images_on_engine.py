"""The proof for images: one that fails is built on a real Engine, by either builder, then one from the fixed lines."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import socket
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from urllib.parse import quote

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import BuildFix, CommandFix
from secdash.facts.collect import collect
from secdash.facts.model import Image, Snapshot, dump, known
from secdash.facts.parse import parse
from tests.engine.dockerd import Dockerd
from tests.fixes import test_image_fixes_on_engine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("images")]

BASE = "tools:1"
# Stand-ins for programs that a busybox does not have; what they do to files is what the steps below count on.
CURL = "#!/bin/sh\\nwhile [ $# -gt 1 ]; do case $1 in *o) echo true > $2;; esac; shift; done; echo true\\n"
LISTS = "#!/bin/sh\\nmkdir -p /var/lib/apt/lists && echo list > /var/lib/apt/lists/all\\n"
NOTHING = "#!/bin/sh\\n"
SUDO = "#!/bin/sh\\nexec $*\\n"
INSTALL = "#!/bin/sh\\nshift $(($# - 1)) && mkdir -p $1\\n"  # of install -d
PROGRAMS = {
    "curl": CURL,
    "apt-get": LISTS,
    "update-ca-certificates": NOTHING,
    "sudo": SUDO,
    "install": INSTALL,
}
SETUP_SUM = hashlib.sha256(b"true\n").hexdigest()
FILES = {"config.yaml": b"a: 1\n", "company-ca.crt": b"-\n", "source": b"x\n"}

CLASSIC, BUILDKIT = "1", "2"
BUILDERS = (CLASSIC, BUILDKIT)

# What fails each check, and the builders that can build what its fix says here.
FAILING: dict[str, tuple[str, tuple[str, ...]]] = {
    "image-default-root": ("USER 0:0", BUILDERS),
    "image-exposes-remote-access": ("EXPOSE 22 8080", BUILDERS),
    "image-build-triggers": ("ONBUILD COPY . /app", BUILDERS),
    "image-volume-on-system-path": ('VOLUME ["/etc", "/data"]', BUILDERS),
    "image-reserved-labels": ("LABEL containerd.io/restart.loguri=x", BUILDERS),
    "image-runs-download": ("RUN curl -fsSL https://example.org/setup.sh 2>/dev/null | sh -s -- -y", BUILDERS),
    "image-verification-off": ("RUN curl -k https://example.org/a > /a", (BUILDKIT,)),
    "image-uses-sudo": ("RUN true && sudo mkdir /a", BUILDERS),
    "image-world-writable": ("RUN mkdir /a && chmod 777 /a", (BUILDKIT,)),
    "image-package-cache-left": ("RUN apt-get update && apt-get install curl", (CLASSIC,)),
    "image-no-healthcheck": ("HEALTHCHECK NONE", BUILDERS),
    "image-update-alone": ("RUN apt-get update", BUILDERS),
    "image-uses-add": ("ADD source /b", BUILDERS),
}
NOT_HERE = {
    "secret-in-image": "mounting a secret needs the session that only buildx holds",
    "image-remote-add": "below, for its lines need a newer Dockerfile than this Engine reads",
    "image-old": "below, for it needs an image of another day",
    "image-foreign-architecture": "building for another machine needs its emulation",
}


@pytest.fixture(scope="module")
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    tools = "\n".join(f"RUN printf '{text}' > /bin/{name} && chmod 755 /bin/{name}" for name, text in PROGRAMS.items())
    _build(dockerd, BASE, f"FROM bb:1\n{tools}", CLASSIC)
    yield dockerd
    dockerd.docker("image", "rm", "--force", BASE)


def test_every_fix_of_an_image_is_proved_here_or_says_why_not() -> None:
    fixable = {name for name, entry in CATALOGUE.items() if entry.kind == "image" and entry.fixable}
    of_files = test_image_fixes_on_engine.FAILING.keys() | test_image_fixes_on_engine.NOT_HERE.keys()

    assert fixable == set(FAILING) | set(NOT_HERE) | of_files


@pytest.mark.parametrize(("name", "builder"), [(name, one) for name, (_, can) in FAILING.items() for one in can])
def test_the_image_of_the_fixed_lines_passes(engine: Dockerd, name: str, builder: str) -> None:
    check = CATALOGUE[name]
    failing, _ = FAILING[name]
    try:
        _build(engine, "subject:1", f"FROM {BASE}\n{failing}", builder)
        image, now = _seen(engine, "subject:1")
        assert check.judge(image, now).status is Status.FAIL
        fix = check.fix(image)
        assert isinstance(fix, BuildFix)

        _build(engine, "subject:1", "\n".join((f"FROM {BASE}", *fix.lines)), builder)

        assert check.judge(*_seen(engine, "subject:1")).status is Status.PASS
    finally:
        engine.docker("image", "rm", "--force", "subject:1")


def test_a_file_fetched_in_a_stage_that_is_not_shipped_passes(engine: Dockerd) -> None:
    check = CATALOGUE["image-remote-add"]
    engine.docker("run", "--detach", "--name", "www", "bb:1", "sh", "-c", "echo 1 > /data/tool && httpd -f -h /data")
    try:
        url = f"http://{engine.docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'www')}/tool"
        _build(engine, "subject:1", f"FROM bb:1\nADD {url} /tool", CLASSIC)
        assert check.judge(*_seen(engine, "subject:1")).status is Status.FAIL
        _build(engine, "subject:1", f"FROM bb:1\nADD {url} /tool", BUILDKIT)
        image, now = _seen(engine, "subject:1")
        assert check.judge(image, now).status is Status.UNKNOWN
        fix = check.fix(image)
        assert isinstance(fix, BuildFix)

        lines = "\n".join(fix.lines).replace("--checksum=sha256:… https://example.org/tool", url)
        _build(engine, "subject:1", lines.replace("debian:trixie-slim", "bb:1"), BUILDKIT)

        assert check.judge(*_seen(engine, "subject:1")).status is Status.PASS
    finally:
        engine.docker("rm", "--force", "www")
        engine.docker("image", "rm", "--force", "subject:1")


def test_an_old_image_passes_once_it_is_built_again(engine: Dockerd) -> None:
    check = CATALOGUE["image-old"]
    try:
        _load(engine, "subject:1", created="2024-02-03T04:05:06Z")
        image, now = _seen(engine, "subject:1")
        assert check.judge(image, now).status is Status.FAIL
        fix = check.fix(image)
        assert isinstance(fix, CommandFix)
        assert "--tag subject:1" in fix.lines[0]

        _build(engine, "subject:1", "FROM bb:1\nRUN true", CLASSIC)

        assert check.judge(*_seen(engine, "subject:1")).status is Status.PASS
    finally:
        engine.docker("image", "rm", "--force", "subject:1")


def test_an_image_of_another_machine_is_told_by_its_architecture(engine: Dockerd) -> None:
    check = CATALOGUE["image-foreign-architecture"]
    foreign = "arm64" if engine.get("/info")["Architecture"] == "x86_64" else "s390x"
    try:
        _load(engine, "subject:1", architecture=foreign)
        assert check.judge(*_seen(engine, "subject:1")).status is Status.FAIL
        assert check.judge(*_seen(engine, BASE)).status is Status.PASS
    finally:
        engine.docker("image", "rm", "--force", "subject:1")


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_secret_that_was_built_in_is_found_and_not_kept(engine: Dockerd, builder: str) -> None:
    lines = (
        "FROM bb:1",
        "ARG NPM_TOKEN",
        "ARG MODE",
        'SHELL ["/bin/sh", "-e", "-c"]',
        "RUN true",
        'RUN ["true"]',
        'LABEL api_key="hunter2 two hunter3"',
        'CMD ["serve", "--password", "hunter4"]',
        "ONBUILD RUN curl -H 'X-Api-Key: hunter5' https://example.org",
    )
    try:
        _build(engine, "subject:1", "\n".join(lines), builder, NPM_TOKEN="hunter1 one", MODE="fast")
        image, now = _seen(engine, "subject:1")

        assert CATALOGUE["secret-in-image"].judge(image, now).status is Status.FAIL
        assert sum(bool(step.secret) for step in known(image.history)) >= 2
        assert known(image.told_secrets) == ("Config.Cmd: its name", "Config.OnBuild: an API key")
        assert b"hunter" not in dump(now)
    finally:
        engine.docker("image", "rm", "--force", "subject:1")


def _seen(engine: Dockerd, tag: str) -> tuple[Image, Snapshot]:
    now = parse(collect(engine.url))
    return next(image for image in known(now.images) if tag in known(image.tags)), now


def _build(engine: Dockerd, tag: str, dockerfile: str, builder: str, **arguments: str) -> None:
    """What `docker build` asks of the API, for this machine's command line may lack the part that asks BuildKit."""
    dockerfile = dockerfile.replace("'SHA256 ", f"'{SETUP_SUM} ").replace("COPY source target", "COPY source /b")
    path = f"/build?version={builder}&t={quote(tag)}&rm=1&buildargs={quote(json.dumps(arguments))}"
    said = _post(engine, path, _tar(FILES | {"Dockerfile": dockerfile.encode()}))
    assert '"error"' not in said, said


def _load(engine: Dockerd, tag: str, **changes: str) -> None:
    """The image bb:1 once more, as if built on another day or machine."""
    connection = _connection(engine)
    with closing(connection):
        connection.request("GET", "/images/bb:1/get")
        saved = tarfile.open(fileobj=io.BytesIO(connection.getresponse().read()))  # noqa: SIM115 - in memory
    (manifest,) = json.load(_member(saved, "manifest.json"))
    config = json.dumps(json.load(_member(saved, manifest["Config"])) | changes).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    layers = {layer: _member(saved, layer).read() for layer in manifest["Layers"]}
    listed = json.dumps([{"Config": name, "RepoTags": [tag], "Layers": manifest["Layers"]}]).encode()
    _post(engine, "/images/load", _tar({name: config, "manifest.json": listed, **layers}))


def _member(archive: tarfile.TarFile, name: str) -> io.BufferedIOBase:
    file = archive.extractfile(name)
    assert isinstance(file, io.BufferedIOBase)
    return file


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _post(engine: Dockerd, path: str, body: bytes) -> str:
    connection = _connection(engine)
    with closing(connection):
        connection.request("POST", path, body, {"Content-Type": "application/x-tar"})
        return connection.getresponse().read().decode()


def _connection(engine: Dockerd) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("localhost", timeout=120)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(engine.socket))
    return connection
