"""Tests of one group run in one worker, with one Engine, database and browser between them (decision 0048)."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_reaches_the_workers(request):
    """The name of the group stands at the end of a test's id: by that alone xdist keeps them together."""
    in_a_worker = "PYTEST_XDIST_WORKER" in os.environ

    assert request.node.nodeid.endswith("@grouped") is in_a_worker


def test_no_name_of_a_test_is_a_burden(request):
    """Names go from each worker to the one that hands out the tests, and come back with each report."""
    assert [item.nodeid[:100] for item in request.session.items if len(item.nodeid) > 400] == []
