"""What the checks say of a container's limits."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

NO_CPU = {"nano_cpus": 0}

CASES: tuple[Case, ...] = (
    *cases("no-memory-limit", passes=[{}], fails=[{"memory": 0}, {"memory": -1}], unknown=[{"memory": UNSEEN}]),
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
            {"restart_policy": "unless-stopped", "restart_max": 5},
            {"restart_max": 0},
            {"restart_max": 6},
        ],
        unknown=[{"restart_policy": UNSEEN}, {"restart_max": UNSEEN}],
    ),
    *cases(
        "unlimited-swap",
        passes=[{}, {"memory_swap": 0}, {"memory": 1, "memory_swap": 1}],
        fails=[{"memory_swap": -1}, {"memory": 1, "memory_swap": -1}],
        unknown=[{"memory": UNSEEN}, {"memory_swap": UNSEEN}],
        not_applicable=[{"memory": 0, "memory_swap": -1}, {"memory": -1, "memory_swap": -1}],
    ),
    *cases(
        "oom-killer-evaded",
        passes=[{}, {"oom_score_adj": 500}, {"oom_kill_disable": True}, {"oom_kill_disable": True, "memory": 1}],
        fails=[
            {"oom_score_adj": -1},
            {"oom_kill_disable": True, "memory": 0},
            {"oom_kill_disable": True, "memory": -1},
        ],
        unknown=[{"oom_score_adj": UNSEEN}, {"oom_kill_disable": UNSEEN}, {"memory": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ({"oom_score_adj": -1}, ["oom_score_adj"]),
        ({"oom_kill_disable": True, "memory": 0}, ["oom_kill_disable"]),
        ({"oom_kill_disable": True, "oom_score_adj": -1}, ["oom_kill_disable", "oom_score_adj"]),
        ({"oom_kill_disable": True, "oom_score_adj": 0}, ["oom_kill_disable"]),
        ({"oom_kill_disable": True, "memory": 0, "oom_score_adj": 500}, ["oom_kill_disable"]),
    ],
)
def test_takes_away_what_spares_it(facts: dict[str, object], keys: list[str]) -> None:
    fix = CATALOGUE["oom-killer-evaded"].fix(a_container(**facts))
    assert isinstance(fix, ComposeFix)
    assert [change.key for change in fix.changes] == keys
