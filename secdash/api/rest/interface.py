"""The interface put together: operations, what they share, and its addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI, Router
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

from secdash.api.rest import problems
from secdash.api.rest.problems import INVALID, Place, Problem
from secdash.api.rest.resources import acceptances, checks, findings, guide, hosts, scans, snapshots, token

View = Callable[..., HttpResponseBase]
ROUTERS = (hosts, findings, acceptances, scans, snapshots, checks, guide, token)


class Json(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


class Interface(NinjaAPI):
    """Operations are called as their functions: the address of `list_hosts` is `api-list-hosts`."""

    def get_operation_url_name(self, operation: Operation, router: Router) -> str:
        return f"api-{operation.view_func.__name__}".replace("_", "-")

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


def known_only(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around an operation: a parameter that it does not know is named and refused, where others would drop it."""
    operation: Operation = run.__self__  # type: ignore[attr-defined] # a bound method
    names = _parameters(operation)

    @wraps(run)
    def checked(request: HttpRequest, **values: Any) -> HttpResponseBase:
        foreign = sorted(set(request.GET) - names)
        if foreign and "Authorization" in request.headers:
            places = [Place(f"query/{name[:80]}", _("There is no such parameter.")) for name in foreign]
            return problems.as_response(Problem(INVALID, places=places), request)
        return run(request, **values)

    return checked


def _parameters(operation: Operation) -> frozenset[str]:
    declared = [
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    ]
    extra = (operation.openapi_extra or {}).get("parameters", [])
    return frozenset([*declared, *(each["name"] for each in extra)])


def opened(pattern: URLPattern) -> URLPattern:
    """The address behind its own guard instead of the door for people."""
    view: View = pattern.callback

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        response = view(request, *args, **values)
        return problems.not_allowed(request, response) if response.status_code == 405 else response

    guarded.csrf_exempt = True  # type: ignore[attr-defined] # no cookie counts here, so no form can be forged
    pattern.callback = login_not_required(conditional_page(guarded))
    return pattern


def _put_together() -> Interface:
    made = Interface(
        title="secdash",
        version="1",
        description="Hosts, findings, acceptances, scans, checks and the guide, as far as the token’s owner may.",
        openapi_url=None,
        docs_url=None,
        urls_namespace="api-v1",
        renderer=Json(),
    )
    made.add_decorator(known_only, mode="view")
    problems.answered_by(made)
    for module in ROUTERS:
        made.add_router("", module.router)
    return made


interface = _put_together()


def addresses() -> tuple[Sequence[URLPattern | URLResolver], str]:
    """For `include`; without ninja's own page."""
    patterns = interface.urls[0]
    ours: list[URLPattern | URLResolver] = [
        opened(each) for each in patterns if isinstance(each, URLPattern) and each.name != "api-root"
    ]
    return ours, interface.urls_namespace
