"""The description of the interface (OpenAPI 3.1), made from the operations themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from secdash.api.rest.problems import (
    CHANGED,
    CONFLICT,
    FAULT,
    FORBIDDEN,
    INVALID,
    MALFORMED,
    MEDIA_TYPE,
    NO_TOKEN,
    NOT_FOUND,
    TOO_MANY,
    Kind,
)  # fmt: skip

if TYPE_CHECKING:
    from secdash.api.rest.interface import Interface

ROOT = "/api/v1/"
JSON = "application/json"
EVERYWHERE = (NO_TOKEN, FORBIDDEN, INVALID, TOO_MANY, FAULT)
CHANGING = ("patch", "delete")
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Names the kind; leads to its explanation."},
        "title": {"type": "string", "description": "In the language asked for."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "As X-Request-Id has it, and the log."},
        "errors": {
            "type": "array",
            "description": "Where: query/limit, body/reason, path/pk …",
            "items": {
                "type": "object",
                "required": ["at", "message"],
                "properties": {"at": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def told(text: str) -> str:
    """Marks a text of an operation for translation, which happens where people read it."""
    return text


def description(interface: Interface) -> dict[str, Any]:
    """The whole document, in English."""
    whole: dict[str, Any] = dict(interface.get_openapi_schema(path_prefix=ROOT))
    whole["components"]["schemas"]["Problem"] = PROBLEM
    whole["components"]["securitySchemes"] = {"Bearer": {"type": "http", "scheme": "bearer"}}
    for method, path, operation in operations(whole):
        _complete(operation, method, path, whole)
    return whole


def operations(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _complete(operation: dict[str, Any], method: str, path: str, whole: Mapping[str, Any]) -> None:
    """What ninja does not write: problems, examples, headers."""
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            content["example"] = example_of(content["schema"], whole)
    for parameter in operation["parameters"]:
        _with_one_example(parameter)
    body = operation.get("requestBody")
    if body and JSON in body["content"]:  # a file has no example
        body["content"][JSON]["example"] = example_of(body["content"][JSON]["schema"], whole)
    for kind in _problems(method, path, has_body=bool(body)):
        operation["responses"].setdefault(str(kind.status), _answered(kind))
    if method in CHANGING:
        operation["parameters"].append(_header("If-Match", "The ETag of what was read."))
    elif method == "get":
        operation["parameters"].append(_header("If-None-Match", "The ETag of what is known: answered with 304."))
        operation["responses"]["304"] = {"description": "It is still as it was read."}


def _with_one_example(parameter: dict[str, Any]) -> None:
    """Pydantic's list of examples is for schemas; a parameter has one."""
    given = parameter.pop("examples", [])
    if given:
        parameter["example"] = given[0]


def _problems(method: str, path: str, *, has_body: bool) -> Iterator[Kind]:
    yield from EVERYWHERE
    if "{" in path or has_body:
        yield NOT_FOUND
    if has_body:
        yield MALFORMED
    if method in CHANGING:
        yield CHANGED
    if method == "post":
        yield CONFLICT


def _answered(kind: Kind) -> dict[str, Any]:
    said = {"type": f"{ROOT}#problem-{kind.name}", "title": str(kind.title), "status": kind.status}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": said}
    return {"description": str(kind.title), "content": {MEDIA_TYPE: content}}


def _header(name: str, said: str) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "schema": {"type": "string"}, "description": said}


def example_of(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    """A value of this shape, put together from the examples of its fields."""
    if "$ref" in schema:
        return example_of(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole)
    for given in (schema.get("examples", [])[:1], schema.get("enum", [])[:1]):
        if given:
            return given[0]
    if "default" in schema or "const" in schema:
        return schema.get("const", schema.get("default"))
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], whole)
    if "properties" in schema:
        return {name: example_of(field, whole) for name, field in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], whole)]
    return None


@cache
def standing() -> dict[str, Any]:
    """The document of the interface that runs; the same for everybody, so made once."""
    from django.utils.translation import override

    from secdash.api.rest.interface import interface

    with override("en"):
        return description(interface)
