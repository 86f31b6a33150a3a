"""Both databases with the shipped guide, made once for all tests of the search. Tests leave them as they were."""

from __future__ import annotations

import pytest

from tests.flows import made_once
from tests.knowledge.search.databases import a_database, serving

KEY = "a key that is long enough for tests"


@pytest.fixture(scope="package")
def sqlite_guide(tmp_path_factory):
    data = made_once.installed(tmp_path_factory.mktemp("search") / "sqlite")
    return f"sqlite:///{data}/secdash.sqlite3"


@pytest.fixture(scope="package")
def postgres_guide(tmp_path_factory, postgres_url):
    url = a_database(postgres_url, "search")
    made_once.prepare(tmp_path_factory.mktemp("search"), *made_once.INSTALLED, SECDASH_SECRET_KEY=KEY, DATABASE_URL=url)
    return url


# Of the package, so that the server is there before a test counts the processes that it finds.
@pytest.fixture(scope="package", params=["sqlite_guide", pytest.param("postgres_guide", marks=pytest.mark.services)])
def guide_url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def guide(guide_url, django_db_blocker):
    with django_db_blocker.unblock(), serving(guide_url):
        yield guide_url
