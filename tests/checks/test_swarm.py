"""What the checks say of a swarm: its managers, keys, port and networks."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.facts.model import Listener, Swarm
from tests.build import UNSEEN, a_host, a_service
from tests.checks.cases import Case, cases

ANYWHERE = "0.0.0.0"  # noqa: S104 - a fact, never bound to
DAYS = 86_400_000_000_000


def a_swarm(**facts: Any) -> dict[str, Any]:
    """The facts of an Engine that is one of three locked managers, with certificates of 30 days."""
    sane = {"manager": True, "managers": 3, "nodes": 5, "autolock": True, "certificate_life": 30 * DAYS}
    return {"swarm": Swarm("active", **(sane | facts))}


MANAGER = a_swarm()
WORKER = a_swarm(manager=False, managers=0)
ALONE: dict[str, Any] = {}


def listening(*listeners: Listener) -> dict[str, Any]:
    return MANAGER | {"host": a_host(listeners=listeners)}


CASES: tuple[Case, ...] = (
    *cases(
        "too-few-managers",
        passes=[MANAGER, a_swarm(managers=5), a_swarm(managers=7)],
        fails=[a_swarm(managers=1), a_swarm(managers=2), a_swarm(managers=4)],
        not_applicable=[WORKER],
        unknown=[{"swarm": UNSEEN}],
    ),
    *cases(
        "swarm-port-open-everywhere",
        passes=[
            listening(Listener("10.0.0.1", 2377)),
            listening(Listener(ANYWHERE, 22)),
            listening(Listener("fd00::1", 2377), Listener("::", 2376), Listener("::", 2378)),
        ],
        fails=[
            listening(Listener(ANYWHERE, 2377)),
            listening(Listener("::", 2377)),
            listening(Listener("10.0.0.1", 2377), Listener("::", 2377)),
        ],
        not_applicable=[WORKER],
        unknown=[MANAGER | {"host": UNSEEN}, MANAGER | {"host": a_host(listeners=UNSEEN)}],
    ),
    *cases(
        "overlay-not-encrypted",
        passes=[
            {"driver": "overlay", "options": (("encrypted", ""),)},
            {"driver": "overlay", "options": (("encrypted", "true"),)},
        ],
        fails=[
            {"driver": "overlay", "options": ()},
            {"driver": "overlay", "options": (("encrypted", "False"),)},
            {"driver": "overlay", "options": (("encrypted", "0"),)},
        ],
        not_applicable=[{"driver": "macvlan", "options": ()}],
        unknown=[{"driver": UNSEEN}, {"driver": "overlay", "options": UNSEEN}],
    ),
    *cases(
        "swarm-secrets-unused",
        passes=[MANAGER, MANAGER | {"swarm_secrets": 7}],
        fails=[MANAGER | {"swarm_secrets": 0}],
        not_applicable=[WORKER, MANAGER | {"services": (), "swarm_secrets": 0}],
        unknown=[MANAGER | {"services": UNSEEN}, MANAGER | {"swarm_secrets": UNSEEN}],
    ),
    *cases(
        "managers-not-locked",
        passes=[MANAGER],
        fails=[a_swarm(autolock=False)],
        not_applicable=[WORKER],
        unknown=[a_swarm(autolock=UNSEEN)],
    ),
    *cases(
        "node-certificates-live-long",
        passes=[MANAGER, a_swarm(certificate_life=2 * DAYS)],
        fails=[a_swarm(certificate_life=30 * DAYS + 1), a_swarm(certificate_life=90 * DAYS)],
        not_applicable=[WORKER],
        unknown=[a_swarm(certificate_life=UNSEEN)],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_a_worker_and_an_engine_without_a_swarm_have_different_reasons() -> None:
    (worker,) = cases("too-few-managers", not_applicable=[WORKER])
    (alone,) = cases("too-few-managers", not_applicable=[ALONE])

    assert "worker" in str(worker.judged().reason)
    assert "no swarm" in str(alone.judged().reason)


def test_the_reason_says_for_how_many_days_a_certificate_lives() -> None:
    (case,) = cases("node-certificates-live-long", fails=[a_swarm(certificate_life=90 * DAYS)])
    assert "up to 90 days" in str(case.judged().reason)


def test_the_evidence_names_the_listeners_of_the_port() -> None:
    (case,) = cases("swarm-port-open-everywhere", fails=[listening(Listener("::", 2377), Listener("::", 22))])
    assert dict(case.judged().evidence) == {"TCP listeners": ["[::]:2377"]}


def test_the_fix_of_an_overlay_names_it() -> None:
    (case,) = cases("overlay-not-encrypted", fails=[{"name": "shop", "driver": "overlay", "options": ()}])
    fix = case.entry.fix(case.scene()[0])
    assert fix is not None
    assert "docker network create --driver overlay --opt encrypted shop-encrypted" in fix.lines  # type: ignore[union-attr]


def test_services_are_counted_for_the_evidence() -> None:
    facts = MANAGER | {"services": (a_service(name="a"), a_service(name="b")), "swarm_secrets": 0}
    (case,) = cases("swarm-secrets-unused", fails=[facts])
    assert dict(case.judged().evidence) == {"services": 2, "secrets": 0}
