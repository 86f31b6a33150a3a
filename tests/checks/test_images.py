"""What the checks say of images, and of secrets in containers."""

from __future__ import annotations

import pytest

from secdash.checks.history import read
from secdash.checks.images import added_files, familiar, refreshes_alone
from secdash.facts.model import EnvName, Healthcheck, HistoryStep
from tests.build import UNSEEN, an_image
from tests.checks.cases import Case, Facts, cases


def built(*steps: str) -> Facts:
    return {"history": tuple(HistoryStep(step) for step in steps)}


BASE = "/bin/sh -c #(nop) ADD file:0a1b2c in / "
IMPORTED = {"history": (HistoryStep("", 1_000),)}
SECRET = EnvName("DB_PASSWORD", "its name")
DIGEST = "shop/web@sha256:" + "2b" * 32
OTHER_ID = "sha256:" + "3c" * 32

CASES: tuple[Case, ...] = (
    *cases(
        "image-no-healthcheck",
        passes=[{}],
        fails=[{"healthcheck": ()}, {"healthcheck": (Healthcheck(("NONE",)),)}],
        unknown=[{"healthcheck": UNSEEN}],
    ),
    *cases(
        "image-update-alone",
        passes=[{}, built(BASE)],
        fails=[built("RUN /bin/sh -c apt-get update # buildkit", BASE)],
        unknown=[{"history": UNSEEN}, IMPORTED],
    ),
    *cases(
        "image-uses-add",
        passes=[{}, built("CMD serve", BASE)],
        fails=[built("ADD https://example.org/tool.tar.gz /opt # buildkit", BASE)],
        unknown=[{"history": UNSEEN}, IMPORTED],
    ),
    *cases(
        "secret-in-image",
        passes=[{}, {"env": (EnvName("DB_PASSWORD", "its name", empty=True),)}, IMPORTED],
        fails=[
            {"env": (SECRET,)},
            {"history": (HistoryStep("RUN curl -u admin:*** …", 0, "a password in a URL"),)},
            {"secret_labels": ("deploy.token",)},
            {"told_secrets": ("Config.Cmd: its name",)},
        ],
        unknown=[{"env": UNSEEN}, {"history": UNSEEN}, {"secret_labels": UNSEEN}, {"told_secrets": UNSEEN}],
    ),
    *cases(
        "secret-in-environment",
        passes=[{}, {"env": (EnvName("API_KEY", "its name", empty=True),)}],
        fails=[{"env": (EnvName("PATH"), SECRET)}],
        unknown=[{"env": UNSEEN}],
    ),
    *cases(
        "outdated-image",
        passes=[
            {},
            {"image": "docker.io/library/redis", "images": (an_image(tags=("redis:latest",)),)},
        ],
        fails=[{"image_id": OTHER_ID}, {"image": "web", "images": (an_image(id=OTHER_ID, tags=("web:latest",)),)}],
        unknown=[
            {"images": (an_image(tags=("shop/web:1.5",)),)},
            {"images": UNSEEN},
            {"images": (an_image(tags=UNSEEN),)},
            {"image": UNSEEN},
            {"image_id": UNSEEN},
        ],
        not_applicable=[{"image": DIGEST}, {"image": OTHER_ID}, {"image": "3c3c3c3c3c3c"}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    "step",
    [
        "/bin/sh -c apt-get update",
        "RUN /bin/sh -c apt-get -qq update # buildkit",
        "|1 VERSION=3 /bin/sh -c set -eux; apk update",
        "RUN apt-get install -y curl && apt-get update",
        "RUN yum makecache",
    ],
)
def test_sees_a_list_that_is_refreshed_alone(step: str) -> None:
    assert refreshes_alone(read(step))


@pytest.mark.parametrize(
    "step",
    [
        "/bin/sh -c apt-get update && apt-get install -y curl",
        "RUN /bin/sh -c set -eux; apt update; apt -y --no-install-recommends install curl",
        "RUN apt-get update && apt-get -y dist-upgrade",
        "RUN apt-get update && apt-get install -y curl && apt-get update",
        "RUN apt-get --version",
        "RUN apk add --update --no-cache curl",
        "RUN yum -y update",
        "RUN git submodule update",
        "COPY update /usr/bin/update",
        "RUN dnf makecache && dnf install -y curl",
    ],
)
def test_leaves_other_steps_alone(step: str) -> None:
    assert not refreshes_alone(read(step))


def added(*steps: str) -> list[str]:
    return added_files([read(step) for step in steps])


def test_forgives_only_the_add_that_laid_the_base() -> None:
    app = "ADD app.tar.gz /srv # buildkit"
    assert added("CMD x", app, "LABEL a=b", BASE, "ARG RELEASE") == [app]
    assert added("CMD x", app) == [app]
    assert added("ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit") == []
    assert added("RUN adduser ADD # buildkit", "COPY ADD /srv # buildkit") == []


@pytest.mark.parametrize(
    ("reference", "short"),
    [
        ("redis", "redis:latest"),
        ("docker.io/library/redis:7", "redis:7"),
        ("index.docker.io/shop/web", "shop/web:latest"),
        ("registry.example.org:5000/web", "registry.example.org:5000/web:latest"),
        ("localhost/web:1", "localhost/web:1"),
    ],
)
def test_writes_a_reference_one_way(reference: str, short: str) -> None:
    assert familiar(reference) == short


def test_shows_no_more_of_a_secret_than_its_name() -> None:
    outcome = Case("secret-in-environment", "fail", {"env": (SECRET,)}).judged()
    assert outcome.evidence == (("Config.Env", ["DB_PASSWORD: its name"]),)
