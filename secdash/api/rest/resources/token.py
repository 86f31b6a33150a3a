"""The token itself: whose it is, and what it is good for."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Field, Router

from secdash.api.models import Scope, Token
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer
from secdash.api.rest.shapes import Shape

router = Router(tags=["Token"])


class TokenShape(Shape):
    name: str = Field(examples=["Nightly build"])
    owner: str = Field(examples=["ada"])
    role: str = Field(examples=["operator"])
    reach: str = Field(examples=["all"])
    scopes: list[str] = Field(examples=[["read", "scan"]])
    expires_at: datetime = Field(examples=["2027-02-22T12:00:00Z"])


@router.get(
    "/token",
    auth=Bearer(Scope.READ),
    response=TokenShape,
    summary=told("Read the token’s own rights"),
    description=told("Whose it is, what it is good for, and until when."),
)
def get_token(request: HttpRequest) -> TokenShape:
    token = getattr(request, "auth", None)
    if not isinstance(token, Token):
        raise PermissionDenied
    return TokenShape(
        name=token.name,
        owner=token.user.get_username(),
        role=token.user.role,
        reach=token.user.reach,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )
