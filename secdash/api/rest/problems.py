"""What went wrong, as programs read it (RFC 9457): a kind with its address, a title for people, and places."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from secdash.web import unavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="secdash"'}


class Kind(NamedTuple):
    """`name` is what the address ends in and stays for ever; `title` says it to people."""

    name: str
    status: int
    title: Promise


MALFORMED = Kind("malformed", 400, _("The request cannot be read"))
NO_TOKEN = Kind("no-token", 401, _("There is no token, or it is not good any more"))
FORBIDDEN = Kind("forbidden", 403, _("This token’s owner may not do that"))
SCOPE = Kind("scope", 403, _("This token is not good for that"))
NOT_FOUND = Kind("not-found", 404, _("There is no such thing here"))
METHOD = Kind("method", 405, _("That cannot be done to it"))
CONFLICT = Kind("conflict", 409, _("That cannot be done now"))
CHANGED = Kind("changed", 412, _("It was changed in the meantime"))
INVALID = Kind("invalid", 422, _("Something in the request is not right"))
TOO_MANY = Kind("too-many", 429, _("Too many requests"))
FAULT = Kind("fault", 500, _("Something went wrong here"))
AWAY = Kind("away", 503, _("The database does not answer"))
KINDS = (MALFORMED, NO_TOKEN, FORBIDDEN, SCOPE, NOT_FOUND, METHOD, CONFLICT, CHANGED, INVALID, TOO_MANY, FAULT, AWAY)


class Place(NamedTuple):
    """Where in the request it is: `at` is `query/limit`, `body/reason`, `path/pk` …; what was sent is not repeated."""

    at: str
    message: str


class Problem(Exception):
    """Raised by operations; answered by `as_response`."""

    def __init__(
        self, kind: Kind, detail: str = "", *, places: Iterable[Place] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.detail = detail
        self.places = list(places)
        self.headers = headers or {}


def invalid(at: str, message: str) -> Problem:
    return Problem(INVALID, places=[Place(at, message)])


def address_of(kind: Kind) -> str:
    """Where the reference explains it."""
    return f"{settings.PUBLIC_URL}{reverse('api-reference')}#problem-{kind.name}"


def as_response(problem: Problem, request: HttpRequest | None = None) -> HttpResponse:
    said: dict[str, Any] = {
        "type": address_of(problem.kind),
        "title": str(problem.kind.title),
        "status": problem.kind.status,
    }
    if problem.detail:
        said["detail"] = problem.detail
    if number := getattr(request, "number", ""):
        said["request_id"] = number
    if problem.places:
        said["errors"] = [place._asdict() for place in problem.places]
    response = HttpResponse(orjson.dumps(said), status=problem.kind.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def not_allowed(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    return as_response(Problem(METHOD, headers={"Allow": refused.headers["Allow"]}), request)


def answered_by(api: NinjaAPI) -> None:
    """Have everything that an operation can raise answered as a problem."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(AuthenticationError, _no_token)
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(HttpError, lambda request, _raised: as_response(Problem(MALFORMED), request))
    api.add_exception_handler(Http404, lambda request, _raised: as_response(Problem(NOT_FOUND), request))
    api.add_exception_handler(PermissionDenied, lambda request, _raised: as_response(Problem(FORBIDDEN), request))
    api.add_exception_handler(Exception, _fault)


def _problem(request: HttpRequest, raised: Any) -> HttpResponse:
    return as_response(raised, request)


def _no_token(request: HttpRequest, _raised: Any) -> HttpResponse:
    return as_response(Problem(NO_TOKEN, headers=CHALLENGE), request)


def _not_valid(request: HttpRequest, raised: Any) -> HttpResponse:
    places = [Place(_at(error["loc"]), str(error["msg"])) for error in raised.errors]
    return as_response(Problem(INVALID, places=places), request)


def _at(where: Iterable[object]) -> str:
    """`body/until` of ninja's ("body", "asked", "until"): the second is the name of our own parameter."""
    steps = [str(step) for step in where]
    source, rest = steps[0], steps[1:]
    return "/".join([source, *(rest[1:] if source == "body" else rest[-1:])])


def _fault(request: HttpRequest, raised: Any) -> HttpResponse:
    log.error("request %s failed", getattr(request, "number", "-"), exc_info=raised)
    if isinstance(raised, unavailable.AWAY):
        return as_response(Problem(AWAY, headers={"Retry-After": unavailable.AGAIN_AFTER}), request)
    return as_response(Problem(FAULT), request)
