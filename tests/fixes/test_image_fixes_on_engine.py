"""The proof for Dockerfile lines: an image built with them passes the check that its base failed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.facts.collect import collect
from secdash.facts.images.reading import Memory, Way, with_files
from secdash.facts.model import Image, known
from secdash.facts.parse import parse
from secdash.fixes import render
from tests.build import a_snapshot, an_image
from tests.checks.test_image_files import CASES
from tests.engine.archives import a_capability, a_file, a_folder, a_tar
from tests.engine.dockerd import Dockerd, busybox_rootfs

pytestmark = pytest.mark.engine

# What makes an image fail the check.
FAILING = {
    "image-setuid-file": a_tar(a_folder("opt"), a_file("opt/a tool", b"x", mode=0o6755)),
    "image-file-capability": a_tar(
        a_folder("opt"), a_file("opt/it's", b"x", mode=0o4751, uid=7, pax_headers=a_capability(13, 21))
    ),
    "image-empty-password": a_tar(a_folder("etc"), a_file("etc/shadow", b"root::19000:0:99999:7:::\n", mode=0o600)),
}
NOT_HERE = {"image-distribution-ended": "its fix is another base image, which only a registry has"}


@pytest.fixture
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    dockerd.docker("import", "-", "busy:1", stdin=busybox_rootfs())
    yield dockerd
    for name in ("fixed:1", "failing:1", "laid:1", "busy:1"):
        dockerd.docker("rmi", "--force", name)


def seen(engine: Dockerd, name: str) -> Image:
    snapshot = with_files(parse(collect(engine.url)), engine.url, Way("export"), Memory(), lambda *_: None)
    return next(image for image in known(snapshot.images) if name in known(image.tags))


def build(engine: Dockerd, tag: str, base: str, *lines: str) -> None:
    dockerfile = "\n".join((f"FROM {base}", *lines))
    engine.docker("build", "--network", "none", "-t", tag, "-", stdin=dockerfile.encode())


def test_every_fix_of_these_checks_is_proved_here_or_says_why_not() -> None:
    mended = {case.check for case in CASES if case.entry.fixable}
    assert mended == FAILING.keys() | NOT_HERE.keys()


@pytest.mark.parametrize("name", FAILING)
@pytest.mark.parametrize("user", ["", "1000"], ids=["root", "user"])
def test_the_rebuilt_image_passes(engine: Dockerd, name: str, user: str) -> None:
    check = CATALOGUE[name]
    engine.docker("import", "-", "laid:1", stdin=joined(busybox_rootfs(), FAILING[name]))
    build(engine, "failing:1", "laid:1", f"USER {user}" if user else "")
    image = seen(engine, "failing:1")
    assert check.judge(image, a_snapshot()).status is Status.FAIL
    fix = check.fix(image)
    assert fix

    build(engine, "fixed:1", "failing:1", *render(fix, image, a_snapshot()).dockerfile)

    rebuilt = seen(engine, "fixed:1")
    assert check.judge(rebuilt, a_snapshot()).status is Status.PASS
    assert rebuilt.user == user


def test_a_copy_without_capabilities_keeps_its_mode(engine: Dockerd) -> None:
    engine.docker("import", "-", "laid:1", stdin=joined(busybox_rootfs(), FAILING["image-file-capability"]))
    image = seen(engine, "laid:1")
    fix = CATALOGUE["image-file-capability"].fix(image)
    assert fix

    build(engine, "fixed:1", "laid:1", *render(fix, image, a_snapshot()).dockerfile)

    assert known(seen(engine, "fixed:1").files).setuid == known(image.files).setuid != ()


def test_the_line_that_takes_all_bits_works_as_written(engine: Dockerd) -> None:
    engine.docker("import", "-", "laid:1", stdin=joined(busybox_rootfs(), FAILING["image-setuid-file"]))
    unwritable = msgspec.structs.replace(known(seen(engine, "laid:1").files).setuid[0], path="/opt/cut…")
    files = msgspec.structs.replace(known(seen(engine, "laid:1").files), setuid=(unwritable,))
    fix = CATALOGUE["image-setuid-file"].fix(an_image(files=files, user=""))
    assert fix

    build(engine, "fixed:1", "laid:1", *render(fix, an_image(), a_snapshot()).dockerfile)

    assert known(seen(engine, "fixed:1").files).setuid == ()


def joined(first: bytes, second: bytes) -> bytes:
    """Two archives as one: the end mark of the first is left out."""
    return first.rstrip(b"\0").ljust(-(-len(first.rstrip(b"\0")) // 512) * 512, b"\0") + second
