from __future__ import annotations

import _socket
import socket
import threading
from contextlib import closing

import pytest

from secdash.facts import addresses
from secdash.facts.trouble import Unreachable

NEVER = (
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",  # noqa: S104
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42",
    "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::",
)  # fmt: skip
WELL = (
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "8.8.8.8", "192.0.1.1", "169.253.255.255",
    "::1", "fd00::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
)  # fmt: skip


@pytest.mark.parametrize("address", NEVER)
def test_addresses_that_are_never_connected_to(address):
    assert addresses.is_refused(address)


@pytest.mark.parametrize("address", WELL)
def test_addresses_at_which_hosts_are(address):
    assert not addresses.is_refused(address)


@pytest.fixture
def listener():
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(4)
        yield listening


def leading_to(monkeypatch, *found):
    """Names that lead to these addresses, each time that one is looked up to the next of them."""
    asked = []

    def getaddrinfo(host, port, **_options):
        asked.append(host)
        answer = found[min(len(asked), len(found)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("spelled", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"])
def test_other_spellings_of_a_number_are_the_same_address(spelled, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)  # no name of these is ever looked up

    with pytest.raises(Unreachable, match=r"leads to 169\.254\.169\.254"):
        addresses.connected(spelled, 80, 1)


def test_a_name_is_judged_by_what_it_leads_to(monkeypatch):
    leading_to(monkeypatch, ["169.254.169.254"])

    with pytest.raises(Unreachable, match=r"innocent\.example leads to 169\.254\.169\.254"):
        addresses.connected("innocent.example", 80, 1)


def test_a_name_that_answers_otherwise_the_next_time_is_not_asked_a_next_time(monkeypatch, listener):
    asked = leading_to(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])

    with closing(addresses.connected("rebinding.example", listener.getsockname()[1], 2)) as sock:
        assert sock.getpeername() == listener.getsockname()
    assert asked == ["rebinding.example"]


def test_of_several_addresses_the_refused_are_left_out(monkeypatch, listener):
    leading_to(monkeypatch, ["169.254.169.254", "127.0.0.1"])

    with closing(addresses.connected("both.example", listener.getsockname()[1], 2)) as sock:
        assert sock.getpeername() == listener.getsockname()


def test_a_name_server_that_keeps_silent_is_given_up(monkeypatch, silence):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [silence.wait(5)][1:])

    with pytest.raises(Unreachable, match=r"Looking up slow\.example took too long"):
        addresses.connected("slow.example", 80, 0.05)


@pytest.fixture
def silence():
    event = threading.Event()
    yield event
    event.set()


def test_a_port_that_drops_what_is_sent_is_given_up(listener):
    port = listener.getsockname()[1]
    waiting = [socket.socket() for _ in range(8)]  # more than the listener has room for
    listener.listen(0)
    for sock in waiting:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", port))

    with pytest.raises(Unreachable, match="did not answer in time"):
        addresses.connected("127.0.0.1", port, 0.2)
    for sock in waiting:
        sock.close()
