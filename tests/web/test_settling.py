"""What a web process has loaded before its first request, and what the garbage collector then passes over."""

from __future__ import annotations

import gc

import pytest
from django.template import engines
from django.template.loaders import cached

from secdash.web import settling


@pytest.fixture
def _collector_as_before():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("_collector_as_before")
def test_what_is_loaded_is_not_walked_any_more():
    settling.settle()

    assert gc.get_freeze_count() > 50_000
    assert gc.get_threshold()[0] == settling.YOUNG


def test_templates_are_read_before_somebody_asks_for_a_page():
    [loader] = engines["django"].engine.template_loaders
    settling.load()

    assert isinstance(loader, cached.Loader)
    assert {"posture/findings.html", "base.html"} <= {str(key) for key in loader.get_template_cache}
