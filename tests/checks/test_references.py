"""What the checks say of how a container names its image, and of secrets in its labels and command."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.references import is_moving
from secdash.checks.remedy import CommandFix
from tests.build import UNSEEN, a_container, an_image
from tests.checks.cases import Case, cases

DIGEST = "sha256:" + "2b" * 32
PULLED = {"images": (an_image(digests=(f"shop/web@{DIGEST}",)),)}
OTHER = an_image(id="sha256:" + "4d" * 32, name="proxy:2", digests=(f"proxy@{DIGEST}",))
BUILT_BESIDE_A_PULLED_ONE = {"images": (OTHER, an_image())}
PULLED_BESIDE_A_BUILT_ONE = {"images": (an_image(id="sha256:" + "4d" * 32, name="proxy:2"), *PULLED["images"])}
GONE = {"images": (an_image(id="sha256:" + "3c" * 32),)}

CASES: tuple[Case, ...] = (
    *cases(
        "moving-tag",
        passes=[
            {},
            {"image": f"shop/web@{DIGEST}"},
            {"image": f"shop/web:latest@{DIGEST}"},
            {"image": "3c" * 32},
            {"image": "3c3c3c3c3c3c"},
            {"images": UNSEEN},
        ],
        fails=[
            {"image": "shop/web", **PULLED},
            {"image": "shop/web:latest", **PULLED},
            {"image": "shop/web:latest", **GONE},
        ],
        unknown=[
            {"image": UNSEEN},
            {"image": "shop/web", "images": UNSEEN},
            {"image": "shop/web", "image_id": UNSEEN},
            {"image": "shop/web", "images": (an_image(digests=UNSEEN),)},
        ],
        not_applicable=[{"image": "shop/web:latest"}],
    ),
    *cases(
        "no-digest",
        passes=[
            {"image": f"shop/web@{DIGEST}"},
            {"image": f"shop/web:1.4@{DIGEST}", "images": UNSEEN},
            {"image": DIGEST},
        ],
        fails=[PULLED, GONE, PULLED_BESIDE_A_BUILT_ONE, {"image": f"shop/web@{DIGEST[:-1]}", **PULLED}],
        unknown=[{"image": UNSEEN}, {"images": UNSEEN}, {"image_id": UNSEEN}],
        not_applicable=[{}, BUILT_BESIDE_A_PULLED_ONE],
    ),
    *cases(
        "secret-in-command-or-label",
        passes=[{}],
        fails=[{"told_secrets": ("Config.Cmd: its name",)}],
        unknown=[{"told_secrets": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


MOVING = (
    "latest stable main master trunk develop development dev edge nightly canary rolling unstable head release prod "
    "production current lts mainline next beta alpha snapshot Latest lts-alpine stable-slim alpine slim debian ubuntu "
    "distroless minimal full nonroot debug latest-debug"
)


@pytest.mark.parametrize("tag", MOVING.split())
def test_knows_tags_that_move_by_themselves(tag: str) -> None:
    assert is_moving(f"registry.example.org:5000/shop/web:{tag}")


@pytest.mark.parametrize("tag", ["1.4", "17-alpine", "trixie", "main-1a2b3c4", "latest3", "stable_", "v2", "2026-11"])
def test_takes_a_tag_with_a_version_for_chosen(tag: str) -> None:
    assert not is_moving(f"web:{tag}")


def test_a_reference_without_a_tag_means_the_latest() -> None:
    assert is_moving("registry.example.org:5000/web")


@pytest.mark.parametrize("check", ["moving-tag", "no-digest"])
def test_asks_the_engine_for_the_digest(check: str) -> None:
    fix = CATALOGUE[check].fix(a_container(image="shop/web:1.4"))
    assert isinstance(fix, CommandFix)
    assert fix.lines == ("docker image inspect --format '{{join .RepoDigests \"\\n\"}}' shop/web:1.4",)
