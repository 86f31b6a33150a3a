"""Published ports: one line each, the widest first, and from where each is reached."""

from __future__ import annotations

from secdash.facts.message import say
from secdash.facts.model import Port, Unknown
from secdash.posture.ports import Reach, published
from tests.posture.world import named

EVERY = "0.0.0.0"  # noqa: S104 - judged, never bound


def port(address, host_port="8080", protocol="tcp", container_port=80):
    return Port(container_port=container_port, protocol=protocol, address=address, host_port=host_port)


def test_both_wildcards_are_one_line_that_is_reached_by_both_families():
    [line] = published([named("web", ports=(port(EVERY), port("::")))])

    assert (line.reach, line.address, line.families) == (Reach.EVERYWHERE, "", (4, 6))


def test_a_port_without_an_address_is_reached_by_both_families():
    [line] = published([named("web", ports=(port(""),))])

    assert (line.reach, line.families) == (Reach.EVERYWHERE, (4, 6))


def test_only_one_family_is_said_where_only_one_is_bound():
    [line] = published([named("web", ports=(port("::"),))])

    assert (line.reach, line.families) == (Reach.EVERYWHERE, (6,))


def test_the_widest_come_first_and_loopback_last():
    lines = published(
        [
            named("inner", ports=(port("127.0.0.1"), port("::1", "8081"))),
            named("lan", ports=(port("10.0.0.4"), port("not-an-address", "9"))),
            named("web", ports=(port(EVERY, "443"), port(EVERY, "53", "udp", 53))),
        ]
    )

    assert [(line.name, line.reach) for line in lines] == [
        ("web", Reach.EVERYWHERE),
        ("web", Reach.EVERYWHERE),
        ("lan", Reach.ADDRESS),
        ("lan", Reach.ADDRESS),
        ("inner", Reach.LOOPBACK),
        ("inner", Reach.LOOPBACK),
    ]
    assert [line.protocol for line in lines[:2]] == ["udp", "tcp"]  # by port


def test_what_cannot_be_listed_is_not_published():
    unread = Unknown(say("It could not be read."))

    assert published([named("web", ports=unread), named("other", ports=())]) == []
