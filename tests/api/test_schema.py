"""What the description says is what the interface does: tried with data made from it, good and bad."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from secdash.accounts.roles import Role
from secdash.api.rest import asked
from secdash.api.rest.described import operations as all_operations
from secdash.api.rest.described import standing
from tests.api.world import a_token
from tests.posture.world import a_fleet

BEYOND_A_SCHEMA = ("cursor", "from", "to")  # only an answer gives a good cursor; two dates must be a range
NOBODY = {"server": "127.0.0.1", "port": 9}
OVER_A_SOCKET = {"kind": "unix", "address": "/run/docker.sock", "tls": None, "ssh": None}
# Addresses and keys are beyond a schema as well; and no test asks the hosts of others for their keys.
BODIES = {"POST /api/v1/hosts": OVER_A_SOCKET, "POST /api/v1/host-keys": NOBODY}
LISTS = {each["name"] for each in asked.parameters() if each["schema"]["type"] == "array"}
EACH = 5  # examples of an operation
BOUNDED = settings(
    max_examples=EACH,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def described(shipped_guide, settings):
    from secdash.wsgi import application  # reads all templates, which each worker would do while it collects

    settings.API_RATE = 100_000
    a_fleet(1, 2)
    _token, secret = a_token(Role.ADMINISTRATOR)
    headers = {"Authorization": f"Bearer {secret}"}
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers=headers), headers


def tried(operation, mode, headers):
    """None, or what was found."""

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        if mode is GenerationMode.POSITIVE:
            for name in BEYOND_A_SCHEMA:
                case.query.pop(name, None)
            case.headers.pop("If-Match", None)  # as with cursors
            if operation.label in BODIES:
                case.body = {**case.body, **BODIES[operation.label]}
        elif _is_a_list_of_one(case.query):
            return
        case.call_and_validate(headers=headers)

    try:
        check()
    except Unsatisfiable:  # nothing can be wrong with a request that has nothing in it
        return None
    except FailureGroup as error:
        return error
    return None


def _is_a_list_of_one(query):
    """In an address `host=5` is both the number and the list with that text, so that nothing is wrong with it."""
    return any(isinstance(query.get(name), int | float) for name in LISTS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_interface_keeps_what_its_description_says(described, mode):
    schema, headers = described
    operations = [result.ok() for result in schema.get_all_operations()]

    found = {operation.label: tried(operation, mode, headers) for operation in operations}

    assert len(operations) == len(list(all_operations(standing())))
    assert {label: str(error) for label, error in found.items() if error} == {}
