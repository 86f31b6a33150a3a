"""`manage.py up`: everything on one machine, started and ended as one."""

from __future__ import annotations

import os
import re
import signal
import socket

import pytest

from tests.flows import made_once
from tests.flows import product as products
from tests.flows.product import choose_password, eventually, family

# One worker runs these one after the other: each start keeps a machine of two cores busy.
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("up")]
RUNNING = "Stop it with Ctrl+C."
NAMES = ("celery", "gunicorn")


def pids_of(product, name):
    return {pid for pid, command in family(product.process.pid).items() if name in command}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture(scope="module")
def running(place, dockerd):
    """The product on a machine whose Engine answers, started for the first time."""
    with products.up(place, engine=dockerd.url, SECDASH_WATCH="1") as product:
        product.wait_for(RUNNING)
        yield product


def test_prints_its_address_and_a_one_time_link_and_answers(running):
    assert f"secdash is running at {running.url}" in running.said
    assert running.link.startswith(f"{running.url}/accounts/welcome/")
    assert "Registered this machine’s Docker Engine" in running.said
    assert running.ask("/healthz").status_code == 200
    assert running.ask("/").status_code == 302


def test_the_data_directory_is_its_owners_alone(running, place):
    assert oct(place.stat().st_mode & 0o777) == "0o700"
    assert (place / "secdash.sqlite3").is_file()


def test_a_killed_worker_is_started_again_and_leaves_no_second_beat(running):
    before = pids_of(running, "celery")
    main = min(before)
    os.kill(main, signal.SIGKILL)

    running.wait_for("worker ended unexpectedly; starting it again")
    assert eventually(lambda: len(pids_of(running, "celery")) >= len(before))
    assert eventually(lambda: not before & pids_of(running, "celery"))
    assert not products.alive(dict.fromkeys(before - {main}, ""))


def test_this_machine_is_watched_between_scans(running, place):
    query = "select state, has_gap from watching_watch"

    assert eventually(lambda: products.rows(place, query) == [("watching", 0)]), products.rows(place, query)


def test_a_scan_asked_for_in_the_browser_is_carried_out_at_once(running, place):
    session = choose_password(running.link)
    assert eventually(lambda: scans(place) and "queued" not in scans(place) and "running" not in scans(place))
    before = len(scans(place))
    [(slug,)] = products.rows(place, "select slug from fleet_host")

    # A tick would send it again after thirty seconds; the queue brings it at once.
    assert products.press(session, f"{running.url}/hosts/{slug}/scan/").ok
    assert eventually(lambda: "done" in scans(place)[before:], within=25), scans(place)


def scans(place):
    return [state for (state,) in products.rows(place, "select state from scans_scan order by id")]


def test_a_second_start_in_the_same_directory_is_refused_in_one_sentence(running, place):
    with products.up(place) as second:
        assert second.process.wait(30) == 1

    assert second.said.strip() == (
        f"CommandError: secdash runs from {place} already. Stop it first, or set SECDASH_DATA to another directory."
    )
    assert running.ask("/healthz").status_code == 200


def test_a_taken_port_is_one_clear_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with products.up(tmp_path / "data", PORT=port) as product:
            assert product.process.wait(30) == 1

    assert product.said.strip() == (
        f"CommandError: Port {port} is taken: another program listens on 127.0.0.1. "
        "Stop that program, or set PORT to another port, such as PORT=8001."
    )
    assert not (tmp_path / "data" / "secdash.sqlite3").exists()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"PORT": "http"}, "PORT must be a whole number from 1 to 65535, not 'http'."),
        ({"SECDASH_BIND": "192.0.2.1"}, "SECDASH_BIND is '192.0.2.1', which is not an address of this machine."),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(tmp_path, setting, sentence):
    with products.up(tmp_path / "data", **setting) as product:
        assert product.process.wait(30) == 1

    assert product.said.strip() == f"CommandError: {sentence}"


def test_a_data_directory_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    (tmp_path / "data").write_text("not a directory")
    with products.up(tmp_path / "data") as product:
        assert product.process.wait(30) == 1

    assert product.said.strip() == (f"CommandError: The data directory {tmp_path}/data cannot be written: File exists.")


def test_asked_to_stop_while_preparing_it_stops_at_once_and_quietly(tmp_path):
    with products.up(tmp_path / "data") as product:
        assert eventually(lambda: (tmp_path / "data" / "secdash.sqlite3").exists())
        children = family(product.process.pid)
        seconds = product.stop(signal.SIGTERM)

    assert seconds < 8
    assert product.process.returncode == 0
    assert "Traceback" not in product.said
    assert "failed" not in product.said
    assert not products.alive(children)


def test_ends_all_it_started_and_goes_on_where_it_was(tmp_path, dockerd):
    data = made_once.installed(tmp_path / "data")
    with products.up(data, engine=dockerd.url) as first:
        first.wait_for(RUNNING)
        choose_password(first.link)
        children = family(first.process.pid)
        seconds = first.stop(signal.SIGINT)

    assert seconds < 20
    assert first.process.returncode == 0
    assert all(any(name in command for command in children.values()) for name in ("celery", "gunicorn", "queue.sock"))
    assert not products.alive(children)

    with products.up(data, engine=dockerd.url) as again:
        again.wait_for(RUNNING)
        assert "Sign in as admin with your password." in again.said
        assert "/accounts/welcome/" not in again.said
        assert "Registered" not in again.said
        assert "guide: 0 created" in again.said
        assert again.stop(signal.SIGTERM) < 20


def test_without_an_engine_it_says_so_and_the_sample_fleet_is_there_to_look_at(tmp_path):
    with products.up(made_once.installed(tmp_path / "data"), "--demo") as product:
        product.wait_for(RUNNING)
        session = choose_password(product.link)
        page = session.get(f"{product.url}/hosts/", timeout=60)

    assert "No Docker Engine here: There is no /nonexistent/docker.sock." in product.said
    assert re.search(r"^\d+ sample hosts added\.", product.said, re.MULTILINE)
    assert page.status_code == 200
    assert "web-01" in page.text


def test_what_it_started_ends_even_where_it_is_killed_itself(tmp_path):
    with products.up(made_once.installed(tmp_path / "data")) as product:
        product.wait_for(RUNNING)
        children = family(product.process.pid)
        product.process.kill()
        product.process.wait(5)
        ended = eventually(lambda: not products.alive(children))

    assert ended, products.alive(children)
