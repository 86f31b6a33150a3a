"""Nobody makes a second line in the log by what they are called."""

from __future__ import annotations

import io
import logging

import pytest

from secdash.audit.context import Origin, coming_from
from secdash.audit.log_lines import OneLine, one_line

FORM = "%(levelname)s %(request_id)s %(message)s"
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
