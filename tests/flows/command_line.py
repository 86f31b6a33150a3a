"""What `manage.py scan` says of an Engine, for tests that ask about single verdicts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import NamedTuple

from secdash.environment import BASE


class Said(NamedTuple):
    status: str
    reason: str


class Verdicts(dict[tuple[str, str], Said]):
    """{(check, name of the subject): what was said}"""

    def checks(self, name: str, status: str) -> set[str]:
        """The checks that ended so for the subject of this name."""
        return {check for (check, subject), said in self.items() if subject == name and said.status == status}

    def subjects(self, check: str, status: str, among: Iterable[str]) -> set[str]:
        return {name for name in among if self[check, name].status == status}


def scanned(url: str, *options: str) -> Verdicts:
    command = [sys.executable, "manage.py", "scan", url, "--format", "json", *options]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)["verdicts"]
    return Verdicts(((each["check"], each["subject"]["name"]), Said(each["status"], each["reason"])) for each in found)
