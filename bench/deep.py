"""What reading the files of a 200 MB image costs, in both ways, against the raw floor: the same stream, thrown away.

Run as `python -m bench.deep`, as root. Each reading is a process of its own, so that its peak of memory is its own;
the baseline is the same process before it reads. The budget is 64 MB above that.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from bench.figures import verdict
from secdash.environment import BASE
from tests.engine.dockerd import Dockerd, running_dockerd

BUDGET_MB = 64
SIZE_MB = 200
FILES = 20_000
LAYERS = 4

READ = """
import re, sys, time
from pathlib import Path
from secdash.facts.connect import open_engine
from secdash.facts.images.bounds import Budget
from secdash.facts.images.reading import Way, read_image
def memory(name): return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
url, image, way = sys.argv[1:]
with open_engine(url) as engine:
    engine.get_json("/info")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    baseline, begun, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    found = read_image(engine, image, Way(way), Budget(time.monotonic() + 600))
    print(time.perf_counter() - begun, time.process_time() - cpu, memory("VmHWM") - baseline, len(found.setuid))
"""
RAW = """
import http.client, socket, sys, time
link = http.client.HTTPConnection("localhost")
link.sock = socket.socket(socket.AF_UNIX); link.sock.connect(sys.argv[1])
begun, cpu = time.perf_counter(), time.process_time()
link.request("GET", sys.argv[2])
answer, size, buffer = link.getresponse(), 0, bytearray(2**18)
while read := answer.readinto(buffer): size += read
print(time.perf_counter() - begun, time.process_time() - cpu, size / 2**20, answer.status)
"""


def main() -> int:
    with running_dockerd() as engine:
        image = _big_image(engine)
        container = engine.docker("create", image, "never-started")
        floors = {"export": f"/v1.41/images/{image}/get", "archive": f"/v1.41/containers/{container}/archive?path=/"}
        print(f"an image of {SIZE_MB} MB, {FILES} files, {LAYERS} layers; the best of three each")
        print(f"{'way':24} {'wall s':>7} {'CPU s':>7} {'MB':>7}")
        worst = max(_measure(engine, image, way, path) for way, path in floors.items())
    print(f"memory above the baseline: at most {worst:.1f} MB of {BUDGET_MB} MB")
    return verdict(kept=worst < BUDGET_MB)


def _measure(engine: Dockerd, image: str, way: str, path: str) -> float:
    """The way beside its floor; the peak of memory above the baseline, in MB."""
    floor = min(_run(RAW, str(engine.socket), path) for _ in range(3))
    ours = min(_run(READ, engine.url, image, way) for _ in range(3))
    assert floor[3] == 200, floor
    assert ours[3] == LAYERS, ours
    print(f"{way + ', raw floor':24} {floor[0]:7.2f} {floor[1]:7.2f} {floor[2]:7.0f} of stream")
    print(f"{way + ', read':24} {ours[0]:7.2f} {ours[1]:7.2f} {ours[2]:7.1f} above the baseline")
    return ours[2]


def _run(program: str, *args: str) -> tuple[float, ...]:
    done = subprocess.run([sys.executable, "-c", program, *args], cwd=BASE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(map(float, done.stdout.split()))


def _big_image(engine: Dockerd) -> str:
    """An image in layers, of files of many sizes, its id."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for layer in range(LAYERS):
            with (folder / f"layer{layer}.tar").open("wb") as file:
                _fill(file, layer)
        (folder / "Dockerfile").write_text("FROM scratch\n" + "".join(f"ADD layer{n}.tar /\n" for n in range(LAYERS)))
        command = ["docker", "-H", engine.url, "build", "--quiet", "-t", "big:1", name]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    return engine.docker("image", "inspect", "-f", "{{.Id}}", "big:1")


def _fill(file: IO[bytes], layer: int) -> None:
    count, size = FILES // LAYERS, SIZE_MB * 2**20 // LAYERS
    dice = random.Random(layer)
    content = dice.randbytes(size // count * 2)
    with tarfile.open(fileobj=file, mode="w") as archive:
        for number in range(count):
            entry = tarfile.TarInfo(f"srv/{layer}/{number % 97}/{number}.bin")
            entry.size, entry.mode = dice.randrange(len(content)), 0o4755 if number == 0 else 0o644
            archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    sys.exit(main())
