"""What people see, and keep, while a server behind the page is gone or killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from tests.faults.house import House
from tests.faults.kept import Kept, soon
from tests.faults.saving import OWN, TEXT, edited, token

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("webs"):
        yield house


@pytest.fixture(scope="module")
def web(copy: House) -> Iterator[Kept]:
    with copy.web() as kept:
        yield kept


@pytest.mark.parametrize("how", ["dead", "frozen"])
def test_pages_and_saves_go_on_without_redis_and_say_what_is_wrong(copy: House, web: Kept, how: str) -> None:
    """Also where it still takes connections, and says nothing."""
    token(web)
    copy.sql("delete from scans_tick")
    copy.sql("insert into scans_tick (id, at) values (1, now() - interval '5 minutes')")
    host = copy.a_host()
    [(slug,)] = copy.sql("select slug from fleet_host where id = %s", host)
    with getattr(copy.redis, how)():
        overview = web.session.get(f"{web.url}/", timeout=60)
        asked = web.session.post(f"{web.url}/hosts/{slug}/scan/", {"csrfmiddlewaretoken": token(web)}, timeout=60)

    assert overview.status_code == 200
    assert "The queue does not answer" in overview.text
    assert asked.status_code == 200
    assert copy.sql("select state from scans_scan where host_id = %s", host) == [
        ("queued",)
    ]  # kept; a tick sends it once the queue is back
    assert soon(lambda: "Nobody asks for scans" in web.session.get(f"{web.url}/", timeout=60).text)


def test_without_its_database_a_page_says_so_and_gives_back_what_was_typed(copy: House, web: Kept) -> None:
    token(web)
    copy.postgres.kill()
    try:
        page = web.session.get(f"{web.url}/", timeout=60)
        saved = edited(web, TEXT, **OWN)
        elsewhere = edited(web, TEXT)
        program = requests.get(
            f"{web.url}/api/v1/hosts", headers={"Authorization": "Bearer secdash_nobody"}, timeout=60
        )
    finally:
        copy.postgres.start()

    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "The database does not answer" in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert saved.status_code == 503
    assert "took an hour to find" in saved.text
    assert "took an hour to find" not in elsewhere.text  # no other page can have ours repeat what it sent
    assert (program.status_code, program.json()["type"].partition("#")[2]) == (503, "problem-away")
    assert soon(lambda: web.session.get(f"{web.url}/", timeout=60).status_code == 200)


def test_killed_in_the_middle_of_a_save_it_has_the_old_text_whole_and_takes_the_new_one_once(
    copy: House, web: Kept
) -> None:
    token(web)
    came: list[object] = []

    def save() -> None:
        try:
            came.append(edited(web, TEXT).status_code)
        except OSError as error:
            came.append(error)

    with copy.locked("lock table knowledge_proposal in exclusive mode"):
        saving = threading.Thread(target=save)
        saving.start()
        assert soon(copy.who_waits)
        web.kill()
        saving.join(60)
    assert isinstance(came[0], OSError)
    assert soon(lambda: not copy.who_waits())
    assert copy.sql("select count(*) from knowledge_proposal") == [(0,)]
    assert copy.sql("select count(*) from knowledge_revision") == [(1,)]

    web.start()
    first = edited(web, TEXT)  # the page, which was not answered, sends it again
    again = edited(web, TEXT)

    assert first.ok
    assert again.status_code in (200, 409)
    assert copy.sql("select count(*) from knowledge_proposal where body like '%took an hour to find%'") == [(1,)]
