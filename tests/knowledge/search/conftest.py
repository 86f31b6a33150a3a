"""Both databases with the shipped guide, made once for all tests of the search. Tests leave them as they were."""

from __future__ import annotations

import pytest

from tests.knowledge.search.databases import a_database, prepared, serving


@pytest.fixture(scope="package")
def sqlite_guide(tmp_path_factory, django_db_blocker):
    with django_db_blocker.unblock():
        yield prepared(f"sqlite:///{tmp_path_factory.mktemp('search')}/guide.sqlite3")


@pytest.fixture(scope="package")
def postgres_guide(postgres_url, django_db_blocker):
    with django_db_blocker.unblock():
        yield prepared(a_database(postgres_url, "search"))


# Of the package, so that the server is there before a test counts the processes that it finds.
@pytest.fixture(scope="package", params=["sqlite_guide", pytest.param("postgres_guide", marks=pytest.mark.services)])
def guide_url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def guide(guide_url, django_db_blocker):
    with django_db_blocker.unblock(), serving(guide_url):
        yield guide_url
