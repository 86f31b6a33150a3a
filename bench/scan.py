"""The command line against the raw floor: `manage.py scan` of 100 running containers, interpreter start included.

Run as `python -m bench.scan [containers]`, as root. The floor fetches the very same paths, one keep-alive connection,
http.client and orjson, in a process of its own as well. The budget is 3 times the floor.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from bench.figures import verdict
from secdash.environment import BASE
from tests.engine.dockerd import Dockerd, running_dockerd

BUDGET = 3.0
CONTAINERS = 100
ROUNDS = 3

RAW = """
import http.client, socket, sys, orjson
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.connect(sys.argv[1])
link = Unix("localhost")
def get(path):
    link.request("GET", path); return orjson.loads(link.getresponse().read())
get("/version"); get("/info")
for each in get("/containers/json?all=1"):
    get(f"/containers/{each['Id']}/json")
    if each["State"] == "running": get(f"/containers/{each['Id']}/top"); get(f"/containers/{each['Id']}/changes")
for each in get("/images/json"):
    get(f"/images/{each['Id']}/json"); get(f"/images/{each['Id']}/history")
for each in get("/networks"): get(f"/networks/{each['Id']}")
get("/volumes")
"""


def fill(engine: Dockerd, count: int) -> None:
    engine.import_image()
    for number in range(count):
        engine.docker("run", "-d", "--network", "none", "--name", f"app-{number}", "bb:1", "sleep", "3600")


def seconds(command: list[str]) -> float:
    """The best of a few runs."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SECDASH_DATA": folder}
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            done = subprocess.run(command, cwd=BASE, env=environment, stdout=subprocess.DEVNULL, check=False)
            assert done.returncode in (0, 1), command
            taken.append(time.perf_counter() - begun)
    return min(taken)


def main(count: int) -> int:
    with running_dockerd() as engine:
        fill(engine, count)
        floor = seconds([sys.executable, "-c", RAW, str(engine.socket)])
        ours = seconds([sys.executable, "manage.py", "scan", engine.url, "--format", "json"])
        start = seconds([sys.executable, "manage.py", "checks", "--format", "json"])
    print(f"{count} running containers")
    print(f"raw floor            {floor * 1000:8.0f} ms")
    print(f"manage.py scan       {ours * 1000:8.0f} ms   {ours / floor:.2f} × the floor (budget {BUDGET})")
    print(f"of which start       {start * 1000:8.0f} ms   (manage.py checks)")
    return verdict(kept=ours <= BUDGET * floor, judged=count >= CONTAINERS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CONTAINERS))
