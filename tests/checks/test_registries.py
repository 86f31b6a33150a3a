"""What the checks say of mirrors and proxies between an Engine and its registries."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import DaemonFix, Drop, Put
from secdash.facts.model import Proxy
from tests.build import UNSEEN, an_engine
from tests.checks.cases import Case, cases

OPEN = "http://mirror.example.org:5000/"
SECURE = "https://mirror.example.org/"

CASES: tuple[Case, ...] = (
    *cases(
        "mirror-without-tls",
        passes=[
            {},
            {"registry_mirrors": (SECURE,)},
            {"registry_mirrors": ("http://localhost:5000/", "http://127.0.0.1:5000", "http://[::1]:5000/")},
        ],
        fails=[
            {"registry_mirrors": (SECURE, OPEN)},
            {"registry_mirrors": ("HTTP://10.0.0.1/",)},
            {"registry_mirrors": ("http://localhost.example.org/",)},
            {"registry_mirrors": ("http://[broken",)},
        ],
        unknown=[{"registry_mirrors": UNSEEN}],
    ),
    *cases(
        "proxy-password-shown",
        passes=[{}, {"proxies": (Proxy("HttpProxy", "none"),)}],
        fails=[
            {"proxies": (Proxy("HttpProxy", "shown"),)},
            {"proxies": (Proxy("HttpProxy", "masked"), Proxy("HttpsProxy", "shown"))},
        ],
        unknown=[{"proxies": UNSEEN}, {"proxies": (Proxy("HttpProxy", "none"), Proxy("HttpsProxy", "masked"))}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    ("mirrors", "change"),
    [((OPEN,), Drop("registry-mirrors")), ((OPEN, SECURE), Put("registry-mirrors", [SECURE]))],
)
def test_keeps_the_mirrors_that_prove_who_they_are(mirrors: tuple[str, ...], change: Put | Drop) -> None:
    fix = CATALOGUE["mirror-without-tls"].fix(an_engine(registry_mirrors=mirrors))
    assert isinstance(fix, DaemonFix)
    assert (fix.changes, fix.reload) == ((change,), True)


def test_writes_no_address_whose_password_was_not_kept() -> None:
    engine = an_engine(registry_mirrors=(OPEN, "https://user:•••@mirror.example.org/"))
    assert CATALOGUE["mirror-without-tls"].fix(engine) is None


def test_names_the_mirror_and_the_setting() -> None:
    said = Case("mirror-without-tls", "fail", {"registry_mirrors": (SECURE, OPEN)}).judged()
    assert OPEN in str(said.reason)
    assert dict(said.evidence) == {"info.RegistryConfig.Mirrors": [OPEN]}
    said = Case("mirror-without-tls", "pass", {"registry_mirrors": (SECURE,)}).judged()
    assert dict(said.evidence) == {"info.RegistryConfig.Mirrors": [SECURE]}
    said = Case("proxy-password-shown", "fail", {"proxies": (Proxy("HttpsProxy", "shown"),)}).judged()
    assert dict(said.evidence) == {"with a password": ["info.HttpsProxy"]}
    said = Case("proxy-password-shown", "unknown", {"proxies": (Proxy("HttpProxy", "masked"),)}).judged()
    assert dict(said.evidence) == {"with a user or password": ["info.HttpProxy"]}
