"""Nobody makes a second line in the log by what they are called."""

from __future__ import annotations

import io
import json
import logging

import pytest

from secdash.audit.context import Origin, coming_from
from secdash.audit.log_lines import JsonLine, OneLine, one_line
from secdash.celery import app
from secdash.web.log_context import about, begin, end, ids, note

FORM = "%(levelname)s %(request_id)s %(ids)s%(message)s"
HOSTILE = [
    "web-01\n2026-01-01 00:00:00 INFO root signed in as admin",
    "a\rb",
    "a\x1b[2Jb",
    "a\x00b\x7f\x9b",
    "a\u2028b\u2029c\x85d",
    "a\u202eb\u2066c",
    "a\ud800b",
]


@pytest.fixture
def log():
    """A logger that writes as the settings say, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine(FORM))
    logger = logging.Logger("planted")
    logger.addHandler(handler)
    return logger, written


@pytest.mark.parametrize("name", HOSTILE)
def test_one_entry_is_one_line(log, name):
    logger, written = log

    logger.warning("host %s is gone", name)

    assert len(written.getvalue().splitlines()) == 1
    assert written.getvalue().rstrip("\n").isprintable()


def test_letters_of_every_language_stay_as_they_are():
    assert one_line("Zoé 日本 \\n") == "Zoé 日本 \\n"


def test_a_traceback_is_indented_so_that_no_line_of_it_looks_like_an_entry(log):
    logger, written = log
    try:
        raise ValueError("x\nERROR - forged\r\x1b[2J")
    except ValueError:
        logger.exception("failed")

    first, *rest = written.getvalue().splitlines()
    assert first == "ERROR - failed"
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in written.getvalue()


def test_a_line_names_its_request(log):
    logger, written = log
    with coming_from(Origin(None, "00ff")):
        logger.warning("slow")

    assert written.getvalue() == "WARNING 00ff slow\n"


def test_the_settings_write_so(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{OneLine.__module__}.{OneLine.__name__}"
    assert {name for name, each in settings.LOGGING["handlers"].items() if each["formatter"] != "line"} == set()


@pytest.fixture
def json_log(log):
    """The same as JSON: what was written, read again line by line."""
    logger, written = log
    logger.handlers[0].setFormatter(JsonLine())
    return logger, lambda: [json.loads(line) for line in written.getvalue().split("\n")[:-1]]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_line_of_json_is_one_object_whatever_somebody_is_called(json_log, name):
    logger, lines = json_log

    logger.warning("host %s is gone", name)

    assert [line["message"] for line in lines()] == [f"host {name} is gone"]


def test_a_line_says_what_it_is_about_in_both_forms(log):
    logger, written = log
    json_written = io.StringIO()
    other = logging.StreamHandler(json_written)
    other.setFormatter(JsonLine())
    logger.addHandler(other)

    with coming_from(Origin("192.0.2.1", "abc123")), about(scan=12, host=4):
        note(user=3)
        logger.info("done")

    said = json.loads(json_written.getvalue())
    assert written.getvalue() == "INFO abc123 user=3 scan=12 host=4 done\n"
    assert said.pop("time").endswith("+00:00")
    assert said == {
        "level": "INFO", "logger": "planted", "message": "done", "request": "abc123", "user": 3, "scan": 12, "host": 4,
    }  # fmt: skip


def test_an_exception_is_one_field(json_log):
    logger, lines = json_log
    try:
        raise ValueError("x\nERROR - forged")
    except ValueError:
        logger.exception("failed")

    (said,) = lines()
    assert said["message"] == "failed"
    assert said["exception"].endswith("ValueError: x\nERROR - forged")


def test_what_hangs_on_a_record_is_not_written(json_log):
    logger, lines = json_log

    logger.error("Not Found: /x", extra={"request": "the cookie sessionid=hunter2", "password": "hunter2"})

    assert "hunter2" not in json.dumps(lines())


def test_what_is_noted_ends_with_its_block_and_leaks_nowhere():
    note(user=1)
    with about(host=1):
        with about(scan=2):
            note(user=3)
            within = dict(ids())
        after = dict(ids())

    assert within == {"user": 3, "scan": 2, "host": 1}
    assert (after, dict(ids())) == ({"host": 1}, {})


def test_after_a_task_nothing_is_noted_either():
    begin(task="one")
    end()

    note(user=1)

    assert dict(ids()) == {}


def test_a_task_is_named_while_it_runs():
    seen = []

    @app.task(name="tests.seen")
    def look():
        seen.append(dict(ids()))

    look.apply(task_id="one")

    assert (seen, dict(ids())) == ([{"task": "one"}], {})
