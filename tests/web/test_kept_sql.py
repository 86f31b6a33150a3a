"""A question whose SQL is kept answers as the query set that it was made of."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import Count, F, Max, Value
from django.utils import timezone

from secdash.accounts.models import User
from secdash.web.kept_sql import kept_sql

pytestmark = pytest.mark.django_db


def asked():
    figures = {
        "latest": Max("date_joined"),
        "many": Count("pk"),
        "active": F("is_active"),
        "word": Value("100 % 'so'"),
    }
    return User.objects.filter(username="vera").annotate(**figures).values(*figures)


def test_values_are_those_of_the_fields():
    joined = timezone.now()
    User.objects.create(username="vera", date_joined=joined)

    found = kept_sql(asked()).first()

    assert found == asked().get() == {"latest": joined, "many": 1, "active": True, "word": "100 % 'so'"}
    assert isinstance(found["latest"], datetime)
    assert found["active"] is True


def test_it_tells_what_is_there_when_it_is_asked():
    question = kept_sql(asked())
    assert question.first() is None

    vera = User.objects.create(username="vera")
    first = question.first()["latest"]
    User.objects.filter(pk=vera.pk).update(date_joined=first + timedelta(days=1))

    assert question.first()["latest"] == first + timedelta(days=1)


def test_it_is_one_question(django_assert_num_queries):
    question = kept_sql(asked())

    with django_assert_num_queries(1):
        question.first()
