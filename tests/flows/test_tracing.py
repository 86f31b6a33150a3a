"""Traces, as a collector gets them from the product that runs: what they tell, and what they keep to themselves."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.engine import parts
from tests.flows import made_once, product

pytestmark = pytest.mark.xdist_group("tracing")
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
SOUGHT = "planted-search-41c2"


class Collector(ThreadingHTTPServer):
    """Takes what is sent over OTLP; `bodies` as they came, `spans` as name → all with that name."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self):
        told = [ExportTraceServiceRequest.FromString(body) for body in list(self.bodies)]
        return [span for each in told for of in each.resource_spans for scope in of.scope_spans for span in scope.spans]


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words):
        """Nothing."""


@pytest.fixture(scope="module")
def collector():
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def seen(collector, tmp_path_factory):
    """What arrived, by name, after somebody signed in by a link and searched, and the clock ticked."""
    data = made_once.installed(tmp_path_factory.mktemp("traced") / "data")
    sent = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with product.up(data, SECDASH_TRACING="1", **sent, **KEY) as running:
        running.wait_for("/accounts/welcome/")
        session = product.choose_password(running.link)
        assert session.get(f"{running.url}/search/", params={"q": SOUGHT}).ok
        wanted = {"GET search/", "tick"}
        assert parts.wait_until(lambda: wanted <= _names(collector), running.process, within=product.PATIENCE)
        yield {span.name: span for span in collector.spans()}, running.link, session


def _names(collector):
    return {span.name.rpartition(".")[2] for span in collector.spans()}


def _told(span):
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_is_named_by_its_route(seen):
    spans, _link, _session = seen

    told = _told(spans["GET search/"])
    assert (told["http.route"], told["http.response.status_code"]) == ("search/", 200)
    assert len(told["secdash.request"]) == 16


def test_its_statements_hang_below_it_and_name_the_person(seen, collector):
    request = seen[0]["GET search/"]

    below = [span for span in collector.spans() if span.trace_id == request.trace_id and span.name == "SELECT"]
    assert below
    assert "secdash.user" in _told(below[-1])
    assert "%s" in " ".join(_told(span)["db.query.text"] for span in below)


def test_a_task_is_one_as_well(seen, collector):
    task = next(span for span in collector.spans() if span.name.endswith(".tick"))

    assert _told(task)["celery.task.name"] == task.name


def test_nothing_is_sent_that_somebody_typed_or_may_not_be_seen(seen, collector):
    _spans, link, session = seen
    sent = b"".join(collector.bodies)

    assert b"search/" in sent
    for secret in (SOUGHT, link.rstrip("/").rpartition("/")[2], product.PASSWORD, *session.cookies.values()):
        assert secret.encode() not in sent
