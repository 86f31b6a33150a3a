"""A small Engine that may stop to answer at a question, or from one on, until the test has seen what comes of it."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.engine.recordings import recorded
from tests.engine.replaying_server import Bytes, HangUp, ReplayingEngine, recorded_routes, serving

HELPER = "f" * 64  # the container through which the host's files are read
NAMES = ("/c01_default", "/c04_hostpid")
PATIENCE = 60.0


class HangingEngine(ReplayingEngine):
    """`hangs` says which questions are not answered, and `for_good` that none is after the first of them."""

    def __init__(self, socket: Path) -> None:
        super().__init__(socket, routes())
        self.hangs: re.Pattern[str] | None = None
        self.for_good = False
        self.hung = 0
        self._is_gone = False

    def answer_to(self, path: str) -> Any:
        if self._is_gone or (self.hangs and self.hangs.fullmatch(path)):
            self.hung += 1
            self._is_gone = self.for_good
            self.stopping.wait(PATIENCE)
            return HangUp()
        return super().answer_to(path)


def hanging() -> AbstractContextManager[HangingEngine]:
    return serving(HangingEngine)


def routes() -> dict[str, Any]:
    """A manager of a swarm, with two running containers, of which one has an exec session and writes."""
    found = recorded_routes()
    listed = [each for each in found["/containers/json"] if NAMES[0] in each["Names"] or NAMES[1] in each["Names"]]
    first = listed[0]["Id"]
    about = f"/containers/{first}/json"
    own = {
        about: {**found[about], "ExecIDs": ["e1"]},
        f"/containers/{first}/changes": [{"Path": "/bin/sh", "Kind": 0}],
        "/exec/e1/json": {"Running": True, "ProcessConfig": {"entrypoint": "sh", "privileged": True, "user": "root"}},
        "/containers/json": listed,
        "/images/json": found["/images/json"][:1],
        "/networks": found["/networks"][:2],
        "/info": recorded("info_swarm.json"),
        "/services": recorded("swarm_services.json"),
        "/secrets": recorded("swarm_secrets.json"),
        "/containers/create": Bytes(b'{"Id": "%s"}' % HELPER.encode(), 201),
        f"/containers/{HELPER}": Bytes(b"", 204),
    }
    return found | own
