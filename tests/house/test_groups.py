"""Tests of one group run in one worker, with one Engine, database and browser between them (decision 0048)."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_reaches_the_workers(request):
    """The name of the group stands at the end of a test's id: by that alone xdist keeps them together."""
    in_a_worker = "PYTEST_XDIST_WORKER" in os.environ

    assert request.node.nodeid.endswith("@grouped") is in_a_worker
