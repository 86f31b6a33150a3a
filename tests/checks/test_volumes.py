"""What the checks say of a volume that no container mounts yet."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from secdash.facts.model import Mount
from tests.build import UNSEEN, a_bind, a_container, a_volume
from tests.checks.cases import Case, Facts, cases


def bound(device: str, options: str = "bind", **beside: object) -> Facts:
    """A volume of that kind, with a container beside it that mounts something else unless the test says so."""
    others = (a_container(mounts=(a_bind("/srv/secret", "/secret"),)),)
    return {
        "name": "secret",
        "options": (("device", device), ("o", options), ("type", "none")),
        "containers": others,
        **beside,
    }


def mounting(*names: str) -> Facts:
    """Containers that mount volumes of these names."""
    mounts = tuple(Mount("volume", "/v", "/data", False, name=name, driver="local") for name in names)
    return {"containers": (a_container(mounts=mounts),)}


CASES: tuple[Case, ...] = (
    *cases(
        "volume-binds-host-path",
        passes=[
            {},
            bound("/srv/app"),
            bound("/etc", "ro"),
            bound("tmpfs"),
            {"options": (("device", ":/etc"), ("o", "addr=10.0.0.1,bind"), ("type", "nfs"))},
            bound("/srv/app", containers=UNSEEN),
        ],
        fails=[
            *(bound(path) for path in ("/etc", "/", "/run/dbus", "/run/docker.sock", "/run/podman", "/srv/../proc")),
            bound("/etc", "ro,rbind"),
            bound("/etc", **mounting("public", "secrets")),
            bound("/tank/docker", engine={"root_dir": "/tank/docker"}),
        ],
        unknown=[
            {"options": UNSEEN},
            bound("/etc", containers=UNSEEN),
            bound("/etc", containers=(a_container(mounts=UNSEEN),)),
        ],
        not_applicable=[bound("/etc", **mounting("public", "secret", "shop"))],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_removes_the_volume_by_its_name() -> None:
    fix = CATALOGUE["volume-binds-host-path"].fix(a_volume(name="my secret"))
    assert isinstance(fix, CommandFix)
    assert fix.lines == ("docker volume rm 'my secret'",)
