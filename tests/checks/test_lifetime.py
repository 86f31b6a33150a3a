"""What the checks say of how a container fares over time. The sane engine's day is 2026-11-26."""

from __future__ import annotations

import pytest

from tests.build import UNSEEN
from tests.checks.cases import Case, cases

TODAY = {"created": "2026-11-26T07:00:00.5Z"}
NO_DAY = {"engine": {"day": UNSEEN}}

CASES: tuple[Case, ...] = (
    *cases(
        "restart-loop",
        passes=[
            {},
            TODAY | {"restart_count": 5},
            *(NO_DAY | {"restart_count": count, "created": UNSEEN} for count in (1, 5)),
            *({"created": "2026-11-25T23:59:59Z", "restart_count": count} for count in (6, 10)),
            {"state": "exited", "restart_count": 5},
        ],
        fails=[
            {"state": "restarting"},
            NO_DAY | {"state": "restarting"},
            TODAY | {"restart_count": 6},
            {"created": "2026-11-25T23:59:59Z", "restart_count": 11},
            TODAY | {"state": "exited", "restart_count": 6},
        ],
        unknown=[
            {"state": UNSEEN},
            {"restart_count": UNSEEN},
            NO_DAY | {"restart_count": 6},
            {"restart_count": 6, "created": UNSEEN},
            {"restart_count": 6, "created": ""},
            {"restart_count": 6, "created": "2026-02-30T00:00:00Z"},
        ],
    ),
    *cases(
        "long-running-container",
        passes=[{}, {"started": "2026-08-29"}, {"started": "2026-11-27"}],
        fails=[{"started": "2026-08-28"}, {"started": "2019-01-01", "state": "paused"}],
        unknown=[{"started": UNSEEN}, {"started": ""}, NO_DAY, {"state": UNSEEN}],
        not_applicable=[{"state": "exited", "started": "2019-01-01"}, {"state": "created", "started": ""}],
    ),
    *cases(
        "unhealthy-container",
        passes=[{}],
        fails=[{"health": "unhealthy"}],
        unknown=[{"health": UNSEEN}, {"health": "starting"}],
        not_applicable=[
            {"health": ""},
            {"health": "none"},
            {"health": "unhealthy", "state": "exited"},
            {"health": "unhealthy", "state": "restarting"},
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(("check", "facts"), [("long-running-container", {"started": "2026-01-01"})])
def test_evidence_stays_the_same_from_day_to_day(check: str, facts: dict[str, object]) -> None:
    later = {"engine": {"day": "2026-12-24"}}
    assert Case(check, "fail", {**facts}).judged() == Case(check, "fail", {**facts, **later}).judged()
