"""What the checks say of running containers: sessions, services, health."""

from __future__ import annotations

import pytest

from secdash.facts.model import Exec, Healthcheck, Process
from tests.build import UNSEEN
from tests.checks.cases import Case, Facts, cases

STOPPED = {"state": "exited", "processes": ()}


def session(*, privileged: bool = False, user: str = "1000") -> Facts:
    return {"execs": (Exec(privileged, user, "sh"),)}


def running(*commands: str) -> Facts:
    return {"processes": tuple(Process("1000", command) for command in commands)}


CASES: tuple[Case, ...] = (
    *cases(
        "ssh-in-container",
        passes=[{}, running("serve", "ssh-agent", "sshd_exporter")],
        fails=[running("serve", "sshd"), running("dropbear"), running("sshd:"), running("sshd-session")],
        unknown=[{"processes": UNSEEN}, {"state": UNSEEN}],
        not_applicable=[STOPPED, *({"state": state, "processes": ()} for state in ("created", "dead", "removing"))],
    ),
    *cases(
        "privileged-exec",
        passes=[session()],
        fails=[session(privileged=True)],
        unknown=[{"execs": UNSEEN}],
        not_applicable=[{}, STOPPED | {"execs": UNSEEN}],
    ),
    *cases(
        "root-exec",
        passes=[session(), session(user="")],
        fails=[session(user="0"), session(user="root:root"), {**session(user=""), "user": ""}],
        unknown=[{"execs": UNSEEN}, {**session(user=""), "user": UNSEEN}],
        not_applicable=[{}, STOPPED],
    ),
    *cases(
        "no-healthcheck",
        passes=[{}, {"healthcheck": (Healthcheck(("CMD", "true")),)}],
        fails=[
            {"healthcheck": ()},
            {"healthcheck": (Healthcheck(("NONE",)),)},
            {"healthcheck": (Healthcheck((), interval=5),)},
        ],
        unknown=[{"healthcheck": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_shows_the_server_alone() -> None:
    outcome = Case("ssh-in-container", "fail", running("serve", "sshd")).judged()
    assert dict(outcome.evidence) == {"top": ["sshd"]}
