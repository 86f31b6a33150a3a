"""What the checks say of a container's output."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Put
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

PODMAN = {"podman": True}
BARE = {"log_options": ()}

CASES: tuple[Case, ...] = (
    *cases(
        "log-rotation-missing",
        passes=[
            {},
            {"log_options": (("max-size", "1g"),)},
            *(BARE | {"log_driver": driver} for driver in ("local", "journald", "fluentd", "none")),
        ],
        fails=[
            BARE,
            {"log_options": (("max-file", "3"),)},
            {"log_options": (("max-size", "-1"),)},
            {"log_options": (("max-size", ""),)},
        ],
        unknown=[{"log_driver": UNSEEN}, {"log_options": UNSEEN}, BARE | {"engine": PODMAN}],
    ),
    *cases(
        "logs-discarded",
        passes=[{}, {"log_driver": "local"}, {"log_driver": "syslog"}],
        fails=[{"log_driver": "none"}],
        unknown=[{"log_driver": UNSEEN}, {"engine": PODMAN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_keeps_the_other_options_of_the_log() -> None:
    fix = CATALOGUE["log-rotation-missing"].fix(a_container(log_options=(("labels", "team"), ("max-size", "-1"))))
    assert isinstance(fix, ComposeFix)
    options = {"labels": "team", "max-size": "10m", "max-file": "3"}
    assert fix.changes == (Put("logging", {"driver": "json-file", "options": options}),)
