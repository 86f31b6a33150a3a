"""Containers of a real Engine for the tests of fixes: created from options or from a rendered line, then looked at."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from secdash.facts.answers import Answers, ContainerAnswers, ImageAnswers
from secdash.facts.model import Container, Snapshot, known
from secdash.facts.parse import parse
from tests.engine.dockerd import Dockerd

IMAGE = "rich:1"  # an image that sets everything an image can set
RICH = (
    'ENTRYPOINT ["/bin/sh", "-c"]',
    'CMD ["sleep 1"]',
    "USER 1000:1000",
    "ENV PATH=/bin LANG=C",
    "EXPOSE 8080/tcp 53/udp",
    "VOLUME /var",
    "WORKDIR /data",
    "LABEL org.example.of=image",
    "HEALTHCHECK --interval=9s CMD true",
)
PROXY = "docker-socket-proxy:1"  # by its name
AGENT = "/tmp/ssh-ofatest123"  # where an ssh-agent would keep its socket; the Engine makes what a bind lacks
SECCOMP = '{"defaultAction": "SCMP_ACT_ALLOW"}'

NETWORK = "app"
OTHER = "other"
VALUES = {"TOKEN": "abc", "MODE": "fast"}  # what the operator's shell knows, and secdash does not


def prepare(engine: Dockerd) -> None:
    """What the settings below refer to: an image, a network, another container, a profile."""
    engine.import_image(IMAGE, changes=RICH)
    engine.docker("tag", "bb:1", PROXY)
    engine.docker("network", "create", "--subnet", "10.99.0.0/24", NETWORK)
    engine.docker("run", "--detach", "--name", OTHER, "-v", "lent:/lent", "bb:1", "sleep", "600")
    (engine.folder / "seccomp.json").write_text(SECCOMP)


def clear(engine: Dockerd) -> None:
    engine.docker("rm", "--force", "--volumes", OTHER)
    engine.docker("network", "rm", NETWORK)
    engine.docker("volume", "rm", "--force", "lent", "kept", "other")
    engine.docker("image", "rm", IMAGE, PROXY)
    if Path(AGENT).is_dir():
        Path(AGENT).rmdir()


def create(engine: Dockerd, name: str, options: Sequence[str]) -> None:
    engine.docker("create", "--name", name, *options, env=VALUES, cwd=engine.folder)


def carry_out(engine: Dockerd, lines: str) -> None:
    """Do what a rendered command line says, but create what it would run: not every machine may start all of it."""
    for command in lines.replace("\\\n", " ").splitlines():
        words = shlex.split(command)
        assert words[0] == "docker"
        created = ["create", *words[3:]] if words[1:3] == ["run", "--detach"] else words[1:]
        engine.docker(*created, env=VALUES, cwd=engine.folder)


def remove(engine: Dockerd, *names: str) -> None:
    containers, networks = _names(engine, "/containers/json?all=1"), _names(engine, "/networks")
    for name in names:
        if name in containers:
            engine.docker("rm", "--force", "--volumes", name)
        if f"{name}-net" in networks:
            engine.docker("network", "rm", f"{name}-net")


def seen(engine: Dockerd, name: str) -> tuple[Container, Snapshot]:
    now = snapshot(engine)
    return next(container for container in known(now.containers) if container.name == name), now


def snapshot(engine: Dockerd) -> Snapshot:
    """What secdash would see of this Engine, but for what runs in it and how its images were built."""
    containers, images = engine.get("/containers/json?all=1"), engine.get("/images/json")
    networks = engine.get("/networks")
    return parse(
        Answers(
            version=engine.get("/version"),
            info=engine.get("/info"),
            containers=tuple(
                ContainerAnswers(listed, engine.get(f"/containers/{listed['Id']}/json")) for listed in containers
            ),
            images=tuple(ImageAnswers(listed, engine.get(f"/images/{listed['Id']}/json"), []) for listed in images),
            networks=tuple(engine.get(f"/networks/{listed['Id']}") for listed in networks),
            volumes=engine.get("/volumes"),
            plugins=engine.get("/plugins"),
        )
    )


def _names(engine: Dockerd, path: str) -> list[str]:
    """The names in a listing: of a container a list with slashes, of a network the name itself."""
    listed = engine.get(path)
    return [name.removeprefix("/") for each in listed for name in each.get("Names") or [each.get("Name")]]
