"""Snapshots are read by many threads of one process: the first to do so must not meet another."""

from __future__ import annotations

import subprocess
import sys

from secdash.environment import BASE

# A process of its own: what goes wrong here ends the process, and only the first reading can go wrong.
READERS = """
import sys, threading
from secdash.facts import model
from tests.build import a_snapshot

data = model.dump(a_snapshot())
together = threading.Barrier(8)
found = []

def read():
    together.wait()
    found.append(model.load(data) == a_snapshot())

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found == [True] * 8)
"""


def test_the_first_snapshot_of_a_process_may_be_read_by_many_threads_at_once():
    ended = subprocess.run([sys.executable, "-c", READERS], cwd=BASE, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "True\n"), ended.stderr
