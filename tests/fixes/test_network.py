"""A network written as the commands that make it again."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks.remedy import Drop, NetworkFix, Put
from secdash.facts.message import say
from secdash.facts.model import Attachment, Subnet
from secdash.fixes import Rendered, render
from tests.build import UNSEEN, a_container, a_network, a_snapshot

FIX = NetworkFix(say("Make it again."), (Drop("bad"), Put("good", "1")))
OPTIONS = (("bad", "1"), ("mtu", "1400"))
COMPOSE = (("com.docker.compose.network", "front"), ("com.docker.compose.project", "shop"))


def rendered(*containers: Any, fix: NetworkFix = FIX, **facts: Any) -> Rendered:
    network = a_network(**({"name": "edge", "options": OPTIONS, "subnets": ()} | facts))
    return render(fix, network, a_snapshot(containers=containers, networks=(network,)))


def test_makes_it_again_with_all_that_it_had_but_the_fault() -> None:
    made = rendered(
        internal=True,
        attachable=True,
        ipv6=True,
        subnets=(Subnet("10.1.0.0/16", "10.1.0.1", "10.1.2.0/24", (("nas", "10.1.0.9"),)), Subnet("fd00:1::/64")),
        labels=(("team", "the shop"),),
    )
    assert tuple(line.replace(" \\\n ", "") for line in made.commands) == (
        "docker network rm edge",
        "docker network create --driver bridge --internal --attachable --ipv6 --subnet 10.1.0.0/16 --gateway 10.1.0.1"
        " --ip-range 10.1.2.0/24 --aux-address nas=10.1.0.9 --subnet fd00:1::/64 --opt mtu=1400 --opt good=1"
        " --label 'team=the shop' edge",
    )
    assert len(made.notes) == 1


def test_takes_containers_off_and_puts_them_back_as_they_were_known() -> None:
    ends = (Attachment("other", address="10.9.0.9"), Attachment("edge", "edge-id", ("api", "db"), "10.1.0.7"))
    web, six = (
        a_container(attachments=ends),
        a_container(name="six", attachments=(Attachment("edge", address="fd00::7"),)),
    )
    made = rendered(web, six, a_container(name="away"), containers=("web-id", "six-id"))
    assert made.commands[:2] == ("docker network disconnect edge web", "docker network disconnect edge six")
    assert made.commands[-2:] == (
        "docker network connect --alias api --alias db --ip 10.1.0.7 edge web",
        "docker network connect --ip6 fd00::7 edge six",
    )
    assert len(made.commands) == 6


@pytest.mark.parametrize(
    "fact", ["driver", "options", "subnets", "internal", "ipv6", "labels", "attachable", "containers"]
)
def test_writes_nothing_where_a_fact_is_missing(fact: str) -> None:
    made = rendered(**{fact: UNSEEN})
    assert (made.commands, made.notes) == ((), ())


def test_writes_nothing_where_it_cannot_tell_how_a_container_is_known() -> None:
    assert rendered(a_container(attachments=UNSEEN), containers=("web-id",)).commands == ()


def test_sends_a_network_of_compose_to_its_file_first() -> None:
    file, _interrupted = rendered(labels=COMPOSE).notes
    assert "shop" in str(file)
    assert "front" in str(file)


def test_leaves_out_a_label_that_was_masked() -> None:
    made = rendered(labels=(("key", "•••"), ("team", "shop")))
    assert "key=" not in made.commands[-1]
    assert made.commands[-1].endswith(" \\\n  --label team=shop \\\n  edge")
