"""What real Engines answered: the recordings below tests/recordings, as `Answers` and one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from secdash.facts.answers import Answers, ContainerAnswers, Failure, ImageAnswers
from secdash.facts.message import say
from secdash.facts.model import Container
from secdash.facts.parse import parse_container

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
ENGINES = ("docker", "docker-28", "podman")
NOT_RECORDED = Failure(say("This was not recorded."))


def recorded(path: str) -> Any:
    """A recording by its path: recorded("docker/info.json")."""
    return orjson.loads((RECORDINGS / path).read_bytes())


def recorded_names(engine: str) -> list[str]:
    """The containers of an engine: c01_default, c02_privileged…"""
    return sorted(path.stem.removeprefix("inspect_") for path in (RECORDINGS / engine).glob("inspect_*.json"))


def container_answers(engine: str, name: str) -> ContainerAnswers:
    inspect = recorded(f"{engine}/inspect_{name}.json")
    listed = {entry["Id"]: entry for entry in recorded(f"{engine}/containers_list.json")}
    line = listed.get(inspect["Id"], {"Id": inspect["Id"], "Names": [inspect["Name"]]})
    top = RECORDINGS / engine / f"top_{name}.json"
    running = inspect["State"]["Status"] == "running"
    without = NOT_RECORDED if running else None
    return ContainerAnswers(line, inspect, recorded(f"{engine}/{top.name}") if top.exists() else without)


def container(engine: str, name: str) -> Container:
    """A recorded container, parsed."""
    answers = container_answers(engine, name)
    return parse_container(answers.listed, answers.inspect, answers.top, answers.execs, engine == "podman")


def answers_of(engine: str) -> Answers:
    """All recordings of an engine, as one pass would have read them."""
    inspects = {image["Id"]: image for image in _numbered(engine, "image_inspect")}
    histories = {steps[0]["Id"]: steps for steps in _numbered(engine, "image_history")}
    listed = recorded(f"{engine}/images_list.json")
    return Answers(
        version=recorded(f"{engine}/version.json"),
        info=recorded(f"{engine}/info.json"),
        containers=tuple(container_answers(engine, name) for name in recorded_names(engine)),
        images=tuple(ImageAnswers(line, inspects[line["Id"]], _history(line["Id"], histories)) for line in listed),
        networks=tuple(recorded(f"{engine}/networks_inspect.json")),
        volumes=recorded(f"{engine}/volumes.json"),
        plugins=recorded(f"{engine}/plugins.json") if engine != "podman" else NOT_RECORDED,
        reached="unix",
    )


def _numbered(engine: str, what: str) -> list[Any]:
    return [orjson.loads(path.read_bytes()) for path in sorted((RECORDINGS / engine).glob(f"{what}_*.json"))]


def _history(id_: str, histories: dict[str, Any]) -> Any:
    return histories.get(id_) or histories[id_.removeprefix("sha256:")]
