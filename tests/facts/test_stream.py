"""Streams of events from real Engines, over every way to reach one; what is wrong is said as a scan says it."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from secdash.facts import stream
from secdash.facts.endpoint import Endpoint
from secdash.facts.trouble import Unreachable
from secdash.facts.trying import try_connection
from secdash.watching import happenings
from tests.engine.certificates import Authority
from tests.engine.ports import proxied_for_reading
from tests.engine.services import running_sshd

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("transport")]

NAME = "told-of"


def first_event(endpoint, engine):
    """The first line of the stream, once a container was made."""

    async def listen():
        async with asyncio.timeout(20), stream.asked(endpoint, happenings.path(0), seconds=10) as body:
            await asyncio.to_thread(engine.docker, "create", "--name", NAME, "bb:1")
            async for line in stream.lines(body):
                return orjson.loads(line)
        raise AssertionError("the stream ended")

    try:
        return asyncio.run(listen())
    finally:
        engine.docker("rm", "--force", NAME)


def trouble_of(endpoint):
    async def ask():
        async with stream.asked(endpoint, happenings.path(0), seconds=10):
            pytest.fail("it was let in")

    with pytest.raises(Unreachable) as error:
        asyncio.run(ask())
    return error.value.message


def tells_of_it(event):
    return (event["Type"], event["Action"], event["Actor"]["Attributes"]["name"]) == ("container", "create", NAME)


def test_over_a_socket(dockerd):
    assert tells_of_it(first_event(Endpoint(dockerd.url), dockerd))


def test_over_mutual_tls(tls_engine):
    tls_engine.engine.import_image()

    assert tells_of_it(first_event(tls_engine.endpoint(tls_engine.authority.client()), tls_engine.engine))


def test_over_ssh(sshd, dockerd):
    assert tells_of_it(first_event(sshd.endpoint(str(dockerd.socket)), dockerd))


def test_through_a_proxy_that_only_lets_read(dockerd):
    with proxied_for_reading(dockerd.socket) as port:
        assert tells_of_it(first_event(Endpoint(f"tcp://127.0.0.1:{port}"), dockerd))


def test_a_certificate_of_another_authority_is_said_as_a_trial_says_it(tls_engine):
    endpoint = tls_engine.endpoint(Authority("another").client())

    assert trouble_of(endpoint) == next(step.message for step in try_connection(endpoint).steps if step.message)


def test_a_host_that_does_not_forward_is_said_as_a_trial_says_it():
    with running_sshd({"AllowStreamLocalForwarding": "no"}) as server:
        endpoint = server.endpoint("/var/run/docker.sock")

        assert trouble_of(endpoint) == next(step.message for step in try_connection(endpoint).steps if step.message)


def test_nothing_there_is_said_as_a_trial_says_it():
    endpoint = Endpoint("unix:///nonexistent/docker.sock")

    assert trouble_of(endpoint) == next(step.message for step in try_connection(endpoint).steps if step.message)
