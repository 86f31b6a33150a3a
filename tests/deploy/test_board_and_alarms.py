"""The board and the alarms that are shipped ask for figures that there are, and the alarms do what they say."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as families

from secdash.accounts.roles import Role
from secdash.api.models import Scope
from secdash.environment import BASE
from tests.api.world import a_program
from tests.engine import parts
from tests.posture.world import a_fleet

NAMED = re.compile(r"\bsecdash_\w+")
LABELLED = re.compile(r"\b(secdash_\w+)\{([^}]*)\}")
BOARD = BASE / "deploy" / "grafana" / "secdash.json"
RULES = BASE / "deploy" / "prometheus" / "alerts.yml"


def board_expressions():
    panels = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def alarms():
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture
def told(db):
    """Name → the names of its labels."""
    a_fleet(1, 1)
    answer = a_program(Role.VIEWER, Scope.METRICS).get("/metrics")
    return {
        family.name: {name for sample in family.samples for name in sample.labels} for family in families(answer.text)
    }


def test_what_is_asked_for_is_told_with_those_labels(told):
    expressions = [*board_expressions(), *(alarm["expr"] for alarm in alarms())]

    assert {name for text in expressions for name in NAMED.findall(text)} <= set(told)
    for text in expressions:
        for name, labels in LABELLED.findall(text):
            assert set(re.findall(r"(\w+)=~?\"", labels)) <= told[name], text


def test_everything_that_is_told_is_on_the_board(told):
    assert {name for text in board_expressions() for name in NAMED.findall(text)} == set(told)


def test_every_alarm_says_how_grave_it_is_and_what_it_means():
    assert all(alarm["labels"]["severity"] in ("critical", "warning") for alarm in alarms())
    assert all(alarm["annotations"]["summary"] for alarm in alarms())


def test_panels_have_names_and_places_of_their_own():
    panels = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    cells = [
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)


@pytest.mark.parametrize("words", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_prometheus_takes_the_alarms_and_they_go_off_when_they_should(words):
    parts.require_programs("promtool")
    ran = subprocess.run(["promtool", *words], cwd=RULES.parent, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
