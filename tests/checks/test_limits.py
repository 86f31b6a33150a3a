"""What the checks say of a container's limits."""

from __future__ import annotations

import pytest

from tests.build import UNSEEN
from tests.checks.cases import Case, cases

NO_CPU = {"nano_cpus": 0}

CASES: tuple[Case, ...] = (
    *cases("no-memory-limit", passes=[{}], fails=[{"memory": 0}], unknown=[{"memory": UNSEEN}]),
    *cases(
        "no-cpu-limit",
        passes=[
            {},
            NO_CPU | {"cpu_quota": 50_000},
            NO_CPU | {"cpuset_cpus": "0-1"},
            NO_CPU | {"cpu_shares": 1024},
        ],
        fails=[NO_CPU, NO_CPU | {"cpu_quota": -1}, NO_CPU | {"cpu_period": 100_000}],
        unknown=[{"nano_cpus": UNSEEN}, {"cpuset_cpus": UNSEEN}],
    ),
    *cases(
        "no-pids-limit",
        passes=[{}, {"pids_limit": 2048}],
        fails=[{"pids_limit": 0}, {"pids_limit": -1}],
        unknown=[{"pids_limit": UNSEEN}],
    ),
    *cases("no-ulimits", passes=[{}], fails=[{"ulimits": ()}], unknown=[{"ulimits": UNSEEN}]),
    *cases(
        "unlimited-restarts",
        passes=[{}, {"restart_policy": "no"}, {"restart_policy": ""}, {"restart_max": 1}],
        fails=[
            {"restart_policy": "always"},
            {"restart_policy": "unless-stopped", "restart_max": 0},
            {"restart_max": 0},
            {"restart_max": 6},
        ],
        unknown=[{"restart_policy": UNSEEN}, {"restart_max": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status
