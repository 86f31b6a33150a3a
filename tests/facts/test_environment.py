"""Proxies, bundles of authorities and Docker's own variables in the environment reroute nothing that goes to a host."""

from __future__ import annotations

import ssl

import pytest
import requests

from secdash.facts.connect import open_engine
from secdash.facts.trying import try_connection
from tests.engine.certificates import Authority
from tests.engine.ports import answering
from tests.engine.recording_proxy import recording_port

pytestmark = pytest.mark.engine
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture
def rerouted(monkeypatch):
    """What came to the proxy that all of the environment leads to."""
    came = []
    with answering(lambda connection: came.append(connection.recv(4096))) as port:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        yield came


def test_no_proxy_gets_what_goes_to_a_port(dockerd, rerouted):
    with recording_port(dockerd.socket) as (port, recorded):
        with open_engine(f"tcp://localhost:{port}") as client:
            assert client.version()["ApiVersion"] == client.get_json("/version")["ApiVersion"]
        assert recorded.requests
        assert rerouted == []
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://localhost:{port}/version", timeout=10)
        assert len(rerouted) == 1  # where else it would have gone


def test_nor_what_goes_there_within_tls_and_the_hosts_authority_alone_is_trusted(
    tls_engine, rerouted, monkeypatch, tmp_path
):
    """Neither does a bundle of the environment add one, nor does one that is missing take it away."""
    trusted, other, pair = tmp_path / "bundle.pem", Authority("another"), tls_engine.authority.client()
    trusted.write_text(tls_engine.authority.certificate)
    for name in BUNDLES:
        monkeypatch.setenv(name, str(trusted))
    assert ssl.create_default_context().get_ca_certs() != []  # it would have been trusted

    refused = try_connection(tls_engine.endpoint(pair, authority=other.certificate))
    for name in BUNDLES:
        monkeypatch.setenv(name, "/nowhere")
    passed = try_connection(tls_engine.endpoint(pair))

    assert (refused.passed, passed.passed) == (False, True)
    assert rerouted == []
