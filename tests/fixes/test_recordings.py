"""Every recorded container of every engine can be rebuilt and hardened, and its files can be read back."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

import secdash.checks  # noqa: F401 - fills the catalogue
from secdash.checks.engine import CATALOGUE, judge_subject
from secdash.checks.outcome import Status
from secdash.checks.remedy import ComposeFix
from secdash.facts.answers import Answers, ContainerAnswers, ImageAnswers
from secdash.facts.model import Container, Snapshot, known
from secdash.facts.parse import parse
from secdash.fixes import compose, patch, rebuilt, render_all, run

RECORDINGS = Path(__file__).parent.parent / "recordings"
ENGINES = ("docker", "docker-28", "podman")


def _read(path: Path) -> Any:
    found = json.loads(path.read_text())
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _snapshot(engine: str) -> Snapshot:
    folder = RECORDINGS / engine
    containers = [_read(path) for path in sorted(folder.glob("inspect_*.json"))]
    images = [_read(path) for path in sorted(folder.glob("image_inspect_*.json"))]
    return parse(
        Answers(
            version=_read(folder / "version.json"),
            info=_read(folder / "info.json"),
            containers=tuple(ContainerAnswers({"Id": each["Id"]}, each) for each in containers),
            images=tuple(ImageAnswers({"Id": each["Id"]}, each, []) for each in images),
            networks=(),
            volumes={"Volumes": []},
        )
    )


SEEN = [(now, container) for now in map(_snapshot, ENGINES) for container in known(now.containers)]


@pytest.mark.parametrize(("now", "container"), SEEN, ids=[f"{now.engine.name}-{each.name}" for now, each in SEEN])
def test_a_recorded_container_is_rebuilt_and_hardened(now: Snapshot, container: Container) -> None:
    failed = [verdict.check for verdict in judge_subject(container, now) if verdict.status is Status.FAIL]
    fixes = {name: fix for name in failed if isinstance(fix := CATALOGUE[name].fix(container), ComposeFix)}
    rendered = render_all(fixes, container, now)

    service = rebuilt(container, now)
    read = yaml.safe_load(rendered.compose_before or "")["services"]
    assert list(read.values()) == [yaml.safe_load(json.dumps(service).replace("$", "$$"))]
    assert shlex.split((rendered.run_before or "").replace("\\\n", " "))[:2] == ["docker", "run"]
    hardened = patch.apply(service, [change for fix in fixes.values() for change in fix.changes])
    assert set(hardened) <= run.known_keys()
    changed = [line for line in rendered.diff_lines if line.kind != " "]
    assert all(line.checks for line in changed)
    assert {check for line in changed for check in line.checks} <= set(fixes)


def test_the_hardened_recording_needs_few_changes() -> None:
    now, container = next((now, each) for now, each in SEEN if each.name == "c10_hardened")

    assert rebuilt(container, now)["security_opt"] == ["no-new-privileges=true"]
    assert compose.missing(container, known(now.images)[0], now.engine) == ()
