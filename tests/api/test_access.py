"""Every operation, by tokens of every role and of every scope."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.api.models import Scope
from tests.api.rules import OPERATIONS
from tests.api.world import a_program
from tests.cast import signed_in

pytestmark = pytest.mark.django_db
REFUSED = {401, 403}


def asked(client, name):
    method, arguments, *_rest = OPERATIONS[name]
    body = "{}" if method in ("post", "patch") else ""
    url = reverse(f"api-v1:{name}", kwargs=arguments)
    return client.generic(method.upper(), url, body, content_type="application/json").status_code


def test_without_a_token_nobody_gets_anything():
    answers = {name: (asked(Client(), name), asked(signed_in(Role.ADMINISTRATOR), name)) for name in OPERATIONS}

    assert answers == dict.fromkeys(OPERATIONS, (401, 401))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_it_may(role):
    program = a_program(role)

    allowed = {name for name in OPERATIONS if asked(program, name) not in REFUSED}

    assert allowed == {name for name, (*_rest, who) in OPERATIONS.items() if role in who}


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_is_good_for_its_own(scope):
    program = a_program(Role.ADMINISTRATOR, scope)

    allowed = {name for name in OPERATIONS if asked(program, name) not in REFUSED}

    assert allowed == {name for name, (_method, _arguments, scopes, _who) in OPERATIONS.items() if scope in scopes}
