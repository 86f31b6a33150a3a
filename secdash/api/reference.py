"""The description of the interface, laid out for people: rooms, their operations, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from secdash.api.forms import OFFERED
from secdash.api.rest.described import JSON, operations, standing
from secdash.api.rest.problems import KINDS


class Parameter(NamedTuple):
    name: str
    place: str
    said: str
    kind: str


class Operation(NamedTuple):
    """`example` is the answer where all goes well, `body` what is sent."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[Parameter]
    body: str
    status: str
    example: str


class Room(NamedTuple):
    name: str
    operations: list[Operation]

    @property
    def anchor(self) -> str:
        return f"room-{self.operations[0].id}"


def page() -> dict[str, Any]:
    """What the template shows."""
    return {
        "rooms": rooms(standing()),
        "problems": KINDS,
        "scopes": [(scope.value, scope.label) for scope in OFFERED],
        "root": f"{settings.PUBLIC_URL}/api/v1",
        "rate": settings.API_RATE,
        "recipe": RECIPE % {"root": f"{settings.PUBLIC_URL}/api/v1"},
        "first": FIRST % {"root": f"{settings.PUBLIC_URL}/api/v1"},
    }


def rooms(whole: Mapping[str, Any]) -> list[Room]:
    """By what they are about, in the order in which they were put together."""
    found = [(operation["tags"][0], _read(method, path, operation)) for method, path, operation in operations(whole)]
    order = list(dict.fromkeys(tag for tag, _operation in found))
    found.sort(key=lambda pair: order.index(pair[0]))
    words = _words()
    return [
        Room(words.get(tag, tag), [each for _tag, each in some])
        for tag, some in groupby(found, key=lambda pair: pair[0])
    ]


def _read(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    status, answer = next(iter(operation["responses"].items()))
    return Operation(
        id=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=_(operation["summary"]),
        text=_(operation["description"]),
        parameters=[_parameter(each) for each in operation["parameters"]],
        body=_example(operation.get("requestBody", {})),
        status=status,
        example=_example(answer),
    )


def _parameter(said: Mapping[str, Any]) -> Parameter:
    schema = said["schema"]
    inner = next((each for each in schema.get("anyOf", []) if each.get("type") != "null"), schema)
    inner = inner.get("items", inner)
    words = ", ".join(map(str, inner["enum"])) if "enum" in inner else inner.get("format", inner.get("type", ""))
    return Parameter(said["name"], said["in"], said.get("description", ""), words)


def _example(answer: Mapping[str, Any]) -> str:
    content = answer.get("content", {}).get(JSON)
    return orjson.dumps(content["example"], option=orjson.OPT_INDENT_2).decode() if content else ""


def _words() -> dict[str, str]:
    return {
        "Hosts": _("Hosts"),
        "Findings": _("Findings"),
        "Acceptances": _("Acceptances"),
        "Scans": _("Scans"),
        "Checks": _("Checks"),
        "Benchmark": _("Benchmark"),
        "Trends": _("Trends"),
        "Guide": _("Guide"),
        "Token": _("Token"),
    }


FIRST = """\
curl -sS -H "Authorization: Bearer $SECDASH_TOKEN" "%(root)s/findings?severity=critical,high&limit=20"
"""
RECIPE = """\
#!/bin/sh
# Scan a host, wait for the end, and fail where something critical or high stands open.
# Needs curl and jq, and a token with the scope scan in SECDASH_TOKEN.
set -eu
api() { curl -sS --fail-with-body -H "Authorization: Bearer $SECDASH_TOKEN" "$@"; }

scan=$(api -X POST "%(root)s/hosts/web-01/scans" | jq -r .id)
for _ in $(seq 20); do
  answer=$(api "%(root)s/scans/$scan?wait=30")
  case $(echo "$answer" | jq -r .state) in done|failed) break ;; *) sleep 2 ;; esac
done
[ "$(echo "$answer" | jq -r .state)" = done ] || { echo "$answer" | jq -r .error >&2; exit 2; }
open=$(echo "$answer" | jq '.open.critical + .open.high')
echo "$open critical or high findings stand open"
[ "$open" -eq 0 ] || exit 1
"""
