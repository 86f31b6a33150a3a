"""What the checks say of links of old and names for the host."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Exclude
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

LINKED = {"links": ("/db:/web/db",)}
GATEWAY = "host.docker.internal:host-gateway"

CASES: tuple[Case, ...] = (
    *cases(
        "legacy-link",
        passes=[{}, LINKED, {"network_mode": "bridge"}],
        fails=[LINKED | {"network_mode": mode} for mode in ("bridge", "default")],
        unknown=[{"links": UNSEEN}, LINKED | {"network_mode": UNSEEN}],
    ),
    *cases(
        "host-gateway-mapped",
        passes=[{}, {"extra_hosts": ("db:10.0.0.3", "host-gateway:10.0.0.1")}],
        fails=[{"extra_hosts": ("db:10.0.0.3", GATEWAY)}, {"extra_hosts": ("host=host-gateway",)}],
        unknown=[{"extra_hosts": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_keeps_the_other_names() -> None:
    fix = CATALOGUE["host-gateway-mapped"].fix(a_container(extra_hosts=("db:10.0.0.3", GATEWAY)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("extra_hosts", (GATEWAY,)),)
