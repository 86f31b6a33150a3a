"""What the checks say of a container that is no longer what its image was."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

WRITABLE = {"readonly_rootfs": False}
CURL = {"changed_programs": ("/usr/bin/curl",)}

CASES: tuple[Case, ...] = (
    *cases(
        "programs-changed",
        passes=[{}, WRITABLE, {"state": "exited"}],
        fails=[WRITABLE | CURL, WRITABLE | CURL | {"state": "paused"}],
        unknown=[
            WRITABLE | {"changed_programs": UNSEEN},
            {"state": UNSEEN},
            {"state": "exited", "readonly_rootfs": UNSEEN},
        ],
        not_applicable=[WRITABLE | {"state": "exited"}, WRITABLE | {"state": "created"}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_the_reason_names_three_and_the_evidence_all() -> None:
    programs = tuple(f"/bin/{letter}" for letter in "abcd")
    (case,) = cases("programs-changed", fails=[{"changed_programs": programs}])
    said = case.judged()

    assert "/bin/a, /bin/b, /bin/c, …" in str(said.reason)
    assert dict(said.evidence) == {"changes": list(programs)}


@pytest.mark.parametrize("programs", [("/bin/a", "/bin/b"), ("/bin/a", "/bin/b", "/bin/c")])
def test_three_are_all(programs: tuple[str, ...]) -> None:
    (case,) = cases("programs-changed", fails=[{"changed_programs": programs}])
    assert "…" not in str(case.judged().reason)


def test_the_fix_looks_before_it_throws_away() -> None:
    fix = CATALOGUE["programs-changed"].fix(a_container(name="a b"))
    assert isinstance(fix, CommandFix)
    assert fix.lines[:2] == ("docker diff 'a b'", "docker export --output 'a b.tar' 'a b'")
