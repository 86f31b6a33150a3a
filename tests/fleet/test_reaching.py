"""Addresses as people type them."""

from __future__ import annotations

import pytest

from secdash.fleet.reaching import NotAnAddress, Place, address_of, known_as, place_of


@pytest.mark.parametrize(
    ("kind", "place", "address"),
    [
        ("unix", Place(socket=" unix:///run/docker.sock "), "/run/docker.sock"),
        ("tls", Place("docker-1.example.org"), "docker-1.example.org:2376"),
        ("tcp", Place("192.0.2.7", 4243), "192.0.2.7:4243"),
        ("tls", Place("2001:db8::0:7"), "[2001:db8::7]:2376"),
        ("tls", Place("[2001:db8::7]"), "[2001:db8::7]:2376"),
        ("ssh", Place("web-01", None, "ops"), "ops@web-01:22/var/run/docker.sock"),
        (
            "ssh",
            Place("web-01", 2222, "ops", "/run/user/1000/docker.sock"),
            "ops@web-01:2222/run/user/1000/docker.sock",
        ),
        ("ssh", Place("2001:db8::7", 22, "ops"), "ops@[2001:db8::7]:22/var/run/docker.sock"),
    ],
)
def test_an_address_has_one_form_and_comes_apart_again(kind, place, address):
    made = address_of(kind, place)

    assert made == address
    assert address_of(kind, place_of(kind, made)) == made


@pytest.mark.parametrize(
    ("kind", "place", "field"),
    [
        ("unix", Place(socket="docker.sock"), "address"),
        ("unix", Place(socket="/"), "address"),
        ("unix", Place(socket="/run/a?b"), "address"),
        ("unix", Place(socket='/run/a"b'), "address"),
        ("tls", Place(""), "server"),
        ("tls", Place("https://docker-1"), "server"),
        ("tls", Place("docker-1:2376"), "server"),
        ("tls", Place("a b"), "server"),
        ("tls", Place("-oProxyCommand=x"), "server"),
        ("tls", Place("x" * 254), "server"),
        ("tcp", Place("169.254.169.254"), "server"),
        ("tcp", Place("fe80::1"), "server"),
        ("tcp", Place("0.0.0.0"), "server"),  # noqa: S104 - it is refused
        ("tcp", Place("docker-1", 0), "port"),
        ("tcp", Place("docker-1", 65536), "port"),
        ("ssh", Place("docker-1"), "account"),
        ("ssh", Place("docker-1", None, "-l root"), "account"),
        ("ssh", Place("docker-1", None, "ops", "run/docker.sock"), "socket"),
    ],
)
def test_what_is_no_address_names_the_field_to_mend(kind, place, field):
    with pytest.raises(NotAnAddress) as wrong:
        address_of(kind, place)

    assert wrong.value.field == field


def test_known_hosts_calls_a_host_by_its_port_unless_it_is_the_usual_one():
    assert known_as(Place("docker-1", None)) == known_as(Place("docker-1", 22)) == "docker-1"
    assert known_as(Place("2001:db8::7", 2222)) == "[2001:db8::7]:2222"
