"""What reading a host costs: `python -m bench.collect` starts an Engine of its own with 100 containers and measures."""

from __future__ import annotations

import gc
import http.client
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
import orjson

from bench.figures import compare, verdict
from secdash.facts.collect import collect
from secdash.facts.connect import open_engine
from secdash.facts.parse import parse
from tests.engine.dockerd import Dockerd, running_dockerd

CONTAINERS = 100
ROUNDS = 5
BOUND = 1.0  # ms of client CPU per container: what the project promises


class RawConnection(http.client.HTTPConnection):
    """The floor: one kept connection of the standard library, nothing checked."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def main() -> int:
    with running_dockerd() as engine:
        engine.import_image()
        _create_containers(engine)
        rows = _measure(engine)
    _print(rows)
    floor = rows["raw floor: list and inspect"][0]
    for name in ("ours: the whole scan", "ours: the whole scan, parsed"):
        compare(f"{name}, ms a container", rows[name][0], floor)
    ours = rows["ours: the whole scan, parsed"][0]
    print(f"the whole scan, parsed: {ours:.2f} of {BOUND} ms a container")
    return verdict(kept=ours <= BOUND)


def _create_containers(engine: Dockerd) -> None:
    """Containers with the ordinary trimmings: environment, labels, a mount, a port, limits."""
    trimmings = ["-e", "DB_PASSWORD=x", "-e", "TZ=UTC", "-v", "/srv:/srv:ro", "-p", "127.0.0.1::80", "-m", "64m"]
    labels = [word for number in range(8) for word in ("--label", f"com.example.label-{number}=value {number}")]

    def create(number: int) -> None:
        engine.docker("create", "--name", f"bench-{number:03}", *trimmings, *labels, "bb:1", "sleep", "3600")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(create, range(CONTAINERS)))


def _measure(engine: Dockerd) -> dict[str, tuple[float, float]]:
    """CPU and wall time in ms per container, the best of the rounds, all ways taken in turn in each round."""
    path = str(engine.socket)
    raw, sdk = RawConnection(path), docker.APIClient(engine.url, version="auto")
    with open_engine(engine.url) as client:
        ids = [entry["Id"] for entry in client.get_json("/containers/json?all=1")]
        ways: dict[str, Callable[[], Any]] = {
            "raw floor: list and inspect": lambda: _raw(raw),
            "ours: list and inspect": lambda: [client.get_json(f"/containers/{id_}/json") for id_ in _ids(client)],
            "SDK: list and inspect": lambda: [sdk.inspect_container(entry["Id"]) for entry in sdk.containers(all=True)],
            "ours: the whole scan": lambda: collect(engine.url),
            "ours: the whole scan, parsed": lambda: parse(collect(engine.url)),
        }
        rounds = [{name: _cost(way) for name, way in ways.items()} for _ in range(ROUNDS)]
    raw.close()
    sdk.close()
    assert len(ids) == CONTAINERS
    return {name: (min(r[name][0] for r in rounds), min(r[name][1] for r in rounds)) for name in ways}


def _cost(way: Callable[[], Any]) -> tuple[float, float]:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    way()
    return (time.process_time() - cpu) * 1000 / CONTAINERS, (time.perf_counter() - wall) * 1000 / CONTAINERS


def _ids(client: Any) -> list[str]:
    return [entry["Id"] for entry in client.get_json("/containers/json?all=1")]


def _raw(connection: RawConnection) -> list[Any]:
    return [_ask(connection, f"/containers/{entry['Id']}/json") for entry in _ask(connection, "/containers/json?all=1")]


def _ask(connection: RawConnection, path: str) -> Any:
    connection.request("GET", f"/v1.41{path}")
    return orjson.loads(connection.getresponse().read())


def _print(rows: dict[str, tuple[float, float]]) -> None:
    print(f"{CONTAINERS} containers, best of {ROUNDS} rounds; ms per container")
    print(f"{'way':32} {'CPU':>6} {'wall':>6} {'CPU over the floor':>19}")
    floor = rows["raw floor: list and inspect"][0]
    for name, (cpu, wall) in rows.items():
        print(f"{name:32} {cpu:6.3f} {wall:6.3f} {cpu / floor:18.1f}x")


if __name__ == "__main__":
    sys.exit(main())
