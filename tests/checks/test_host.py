"""Lines of containerd and of the kernel that have ended; the Engine's are with the daemon's checks."""

from __future__ import annotations

import pytest

from secdash.checks import releases
from secdash.facts.model import Component
from tests.build import UNSEEN
from tests.checks.cases import Case, Facts, cases


def containerd(version: str, **facts: object) -> Facts:
    return {"components": (Component("Engine", "29.10.0"), Component("containerd", version)), **facts}


CASES: tuple[Case, ...] = (
    *cases(
        "engine-end-of-life",
        passes=[{"version": "29.1.0", "platform": ""}, {"version": "29.1.0", "platform": UNSEEN}],
        fails=[{"version": "28.5.2", "platform": "Docker Desktop 4.50.0 (209931)"}],
        unknown=[{"version": "28.5.2", "platform": ""}, {"version": "28.5.2", "platform": UNSEEN}],
    ),
    *cases(
        "containerd-end-of-life",
        passes=[{}, *(containerd(v) for v in ("v2.0.0", "2.2.10", "v2.4.2", "v2.3.2-1.fc43"))],
        fails=[containerd(v) for v in ("v2.1.9", "1.7.36", "1.6.39", "1.5.18", "1.0.3")],
        unknown=[
            containerd("2.1.9+unknown"),
            containerd("1.6.20~ds1"),
            containerd("1.7.28", platform=""),
            containerd("v2.5.0"),
            containerd("3.0.0"),
            containerd("self-made"),
            {"components": (Component("Engine", "29.10.0"),)},
            {"components": UNSEEN},
        ],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "kernel-end-of-life",
        passes=[{}, *({"kernel": k} for k in ("5.10.0", "5.14.0-503.el9.x86_64", "6.18.44-fc-v595", "7.0.8"))],
        fails=[{"kernel": k} for k in ("5.4.302", "5.9.16", "4.19.325", "3.10.108", "4.4.0-rc7")],
        unknown=[
            {"kernel": k}
            for k in (
                "5.4.0-216-generic",
                "4.18.0-553.el8_10.x86_64",
                "5.4.302-linuxkit",
                "4.14.355-280.amzn2",
                UNSEEN,
                "",
            )
        ]
        + [{"os_type": UNSEEN}],
        not_applicable=[{"os_type": "windows", "kernel": "10.0 20348"}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_shows_the_line_its_end_and_the_day_of_reading() -> None:
    said = Case("containerd-end-of-life", "fail", dict(containerd("v2.1.9"))).judged()

    (line,) = (each for each in releases.SHIPPED.lines if (each.component, each.name) == ("containerd", "2.1"))
    assert dict(said.evidence) == {
        "version.Components.containerd": "v2.1.9",
        "line": "2.1",
        "supported until": "2026-07-03",
        "read on": line.read_on,
    }
