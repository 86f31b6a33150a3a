"""A worker's process has its collector pass over what was loaded, as the web process does."""

from __future__ import annotations

import subprocess
import sys

from secdash.environment import BASE

STARTED = """
import gc
import secdash.celery
from celery.signals import worker_process_init
before = gc.get_freeze_count()
worker_process_init.send(sender=None)
print(before, gc.get_freeze_count() > 10_000)
"""


def test_what_was_loaded_is_frozen_when_a_process_begins_its_work():
    done = subprocess.run([sys.executable, "-c", STARTED], cwd=BASE, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["0", "True"]
