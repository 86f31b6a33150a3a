"""Entity tags: what a program has read, so that it need not read it again, nor write over what it has not read."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from secdash.api.rest.problems import CHANGED, Problem


def mark_of(shape: BaseModel) -> str:
    return f'"{hashlib.sha256(shape.model_dump_json().encode()).hexdigest()[:32]}"'


def marked(response: HttpResponse, shape: BaseModel) -> None:
    response["ETag"] = mark_of(shape)


def need_match(request: HttpRequest, shape: BaseModel) -> None:
    """Where the request says what it has read (If-Match), it must be what stands. Raises Problem."""
    wanted = request.headers.get("If-Match", "").strip()
    named = {each.strip() for each in wanted.split(",")}
    if wanted and wanted != "*" and mark_of(shape) not in named:
        raise Problem(CHANGED)
