"""Lists that PostgreSQL reads as they were, whatever stands in them."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from psycopg.adapt import PyFormat
from psycopg.types.json import Jsonb

from secdash.web.postgres_lists import QuickListDumper
from tests.knowledge.search.databases import a_database, serving

pytestmark = pytest.mark.services
WORDS = [
    "",
    "NULL",
    "null",
    None,
    'a "b" \\ c',
    "\\",
    '"',
    "{a,b}",
    " a ",
    "é\u2028日本",
    "'); DROP",
    "a\nb\tc",
    "%s",
    ",",
]


@pytest.fixture(scope="module")
def asked(postgres_url):
    """What PostgreSQL gives back of one list, by a connection that writes lists as the product does."""
    with psycopg.connect(postgres_url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.adapters.register_dumper(list, QuickListDumper)
        yield lambda items, kind: connection.execute(f"SELECT %s::{kind}[]", [items]).fetchone()[0]


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        (WORDS, "text"),
        ([], "text"),
        ([None], "text"),
        ([1, -(2**40), None], "bigint"),
        ([True, False, None], "boolean"),
        ([datetime(2026, 2, 28, 23, 59, 59, 999999, UTC), None], "timestamptz"),
        ([1.5, float("inf")], "float8"),
        ([["a", 'b"'], ["", "c\\"]], "text"),
        ([b"\x00\\\xff", b""], "bytea"),
    ],
)
def test_a_list_comes_back_as_it_was(asked, items, kind):
    assert asked(items, kind) == items


def test_json_comes_back_as_it_was(asked):
    values = [{"a": 'b "c" \\'}, ["{", "}", ","], None, "é", 'x\\"y']

    assert asked([Jsonb(value) for value in values], "jsonb") == values


def test_the_product_writes_lists_so(postgres_url, django_db_blocker):
    with django_db_blocker.unblock(), serving(a_database(postgres_url, "lists")):
        connection.ensure_connection()

        assert connection.connection.adapters.get_dumper(list, PyFormat.TEXT) is QuickListDumper
