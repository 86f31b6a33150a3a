"""Traces for OpenTelemetry, where `SECDASH_TRACING` asks for them: requests, tasks, and the statements of both.

A request is named by its route and never by its address, which may hold what somebody searched for, or a one-time
link; a statement is told without its values. So no trace says more than the log does (decision 0059).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase

from secdash import __version__
from secdash.web.log_context import ids

try:
    from opentelemetry import context, propagate, trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
except ImportError as error:
    raise ImproperlyConfigured(
        "SECDASH_TRACING is 1, and what sends traces is not installed: pip install -r requirements-tracing.txt"
    ) from error

LONGEST = 2000  # characters of a statement


@cache
def tracer() -> trace.Tracer:
    """Where spans go is OpenTelemetry's own to say: OTEL_EXPORTER_OTLP_ENDPOINT and what else it documents."""
    ours = Resource({"service.name": "secdash", "service.version": __version__})
    named = Resource.create() if "OTEL_SERVICE_NAME" in os.environ else Resource.create(ours.attributes)
    provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("secdash", __version__)


def begin() -> None:
    """Once in a process, before it serves anybody."""
    tracer()
    connection_created.connect(_connected, dispatch_uid="statements are traced")
    before_task_publish.connect(_handed_over, dispatch_uid="a task knows what asked for it")
    task_prerun.connect(_begun, dispatch_uid="tasks are traced")
    task_failure.connect(_failed, dispatch_uid="also those that fail")
    task_postrun.connect(_ended, dispatch_uid="and end")


class Traced:
    """The outermost middleware: what a request took, all in all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with tracer().start_as_current_span(str(request.method), kind=trace.SpanKind.SERVER) as span:
            response = self.get_response(request)
            _tell_of(span, request, response)
        return response


def _tell_of(span: trace.Span, request: HttpRequest, response: HttpResponseBase) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    span.update_name(f"{request.method} {route}".strip())
    span.set_attributes(
        {
            "http.request.method": str(request.method),
            "http.route": route,
            "http.response.status_code": response.status_code,
            "secdash.request": response.headers.get("X-Request-ID", ""),
        }
    )
    if response.status_code >= 500:
        span.set_status(trace.StatusCode.ERROR)


# --- statements -------------------------------------------------------------------------------------------------------


def _connected(connection: Any, **_signal: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, about: Mapping[str, Any]) -> Any:
    """Those of a request or a task; what a process does besides would make traces of one statement each."""
    if not trace.get_current_span().is_recording():
        return execute(sql, params, many, about)
    with _statement_span(str(sql), about["connection"].vendor):
        return execute(sql, params, many, about)


@contextmanager
def _statement_span(sql: str, system: str) -> Iterator[None]:
    verb = sql.lstrip("( \n").partition(" ")[0].upper()[:20]
    told = {"db.system.name": system, "db.operation.name": verb, "db.query.text": sql[:LONGEST], **_ids()}
    # What a database says of its errors quotes values.
    with tracer().start_as_current_span(
        verb, kind=trace.SpanKind.CLIENT, attributes=told, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as error:
            span.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def _ids() -> dict[str, str]:
    return {f"secdash.{name}": str(value) for name, value in ids().items()}


# --- tasks ----------------------------------------------------------------------------------------------------------

_running: dict[str, tuple[trace.Span, object]] = {}  # by a task's id: its span, and what was current before


def _handed_over(headers: dict[str, Any], **_signal: Any) -> None:
    propagate.inject(headers)


def _begun(task_id: str, task: Any, **_signal: Any) -> None:
    told = {"celery.task.id": task_id, "celery.task.name": task.name}
    before = propagate.extract({name: value for name, value in _headers(task).items() if isinstance(value, str)})
    span = tracer().start_span(task.name, context=before, kind=trace.SpanKind.CONSUMER, attributes=told)
    _running[task_id] = span, context.attach(trace.set_span_in_context(span))


def _headers(task: Any) -> Mapping[str, Any]:
    """Celery puts those that it does not know itself beside its own."""
    return {name: getattr(task.request, name, None) for name in ("traceparent", "tracestate")}


def _failed(task_id: str, exception: BaseException, **_signal: Any) -> None:
    if task_id in _running:
        _running[task_id][0].set_status(trace.StatusCode.ERROR, type(exception).__name__)


def _ended(task_id: str, **_signal: Any) -> None:
    if found := _running.pop(task_id, None):
        span, before = found
        context.detach(before)  # type: ignore[arg-type]  # the type of its token changed between versions
        span.end()
