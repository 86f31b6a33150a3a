"""Tokens for tests, and a client that carries one."""

from __future__ import annotations

import json

from django.test import Client
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api import tokens
from secdash.api.models import Scope, Token
from tests.cast import a_member

EVERYTHING = tuple(Scope)


def a_token(role: Role = Role.VIEWER, *scopes: str, days: int = 30, **fields) -> tuple[Token, str]:
    """A token of the one person of that role."""
    given = tokens.give(
        a_member(role, **fields), name="A script", scopes=scopes or EVERYTHING, days=days, at=timezone.now()
    )
    return given.token, given.secret


class Program(Client):
    """Asks with a token, and sends and reads JSON."""

    def __init__(self, secret: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"})

    def ask(self, path: str, **query):
        return self.get(f"/api/v1/{path}", query)

    def send(self, path: str, body: object = None, *, method: str = "post", **headers):
        return self.generic(
            method.upper(), f"/api/v1/{path}", _json(body), content_type="application/json", headers=headers
        )


def _json(body: object) -> str:
    return "" if body is None else json.dumps(body)


def a_program(role: Role = Role.VIEWER, *scopes: str, **fields) -> Program:
    return Program(a_token(role, *scopes, **fields)[1])
