"""Many simulated Engines in one process: recordings of a real one, varied by host and container, on a socket each.

Run as `python -m bench.engines FOLDER HOSTS CONTAINERS [--changed SHARE] [--latency MS] [--faults SHARE] [--seed N]`:
the sockets are FOLDER/NUMBER.sock. A line `sweep N` on its standard input moves every Engine on to its Nth state, and
is answered with how many containers differ from the one before: what an Engine answers follows from seed, host and N.

What moves at a real Engine while nothing happens moves here too: clocks, counters, the times of processes, the log of
a health check. Answers are kept ready as bytes and several questions on one connection may come at once.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import hashlib
import random
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

RECORDED = Path(__file__).resolve().parent.parent / "tests" / "recordings" / "docker-28"
IMAGES = 8
RECREATED = 4  # of so many changed containers one is another one: a new id under the same name
GONE = (
    b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{"message":"page missing"}'
)
REFUSED = b'HTTP/1.1 500 Error\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"message":"simulated!"}'


class Settings(NamedTuple):
    containers: int
    changed: float = 0.0  # share of containers that differ from sweep to sweep
    latency: float = 0.0  # seconds before each answer
    faults: float = 0.0  # share of answers about a container that are refused, each second one by hanging up
    seed: int = 1


def recorded(name: str) -> Any:
    return orjson.loads((RECORDED / f"{name}.json").read_bytes())


def answer(value: Any) -> bytes:
    body = orjson.dumps(value)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def digits(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


class Shared:
    """What all Engines have of the recordings, read once."""

    def __init__(self) -> None:
        self.info, self.version = recorded("info"), recorded("version")
        listed = {line["Id"]: line for line in recorded("containers_list")}
        inspects = [orjson.loads(path.read_bytes()) for path in sorted(RECORDED.glob("inspect_*.json"))]
        self.containers = [(listed[each["Id"]], each) for each in inspects if each["State"]["Running"]]
        (self.image,), self.inspected_image = recorded("images_list"), recorded("image_inspect_0")
        self.history, self.networks = recorded("image_history_0"), recorded("networks_inspect")
        self.constant = {"/version": answer(self.version), "/plugins": answer(recorded("plugins"))}
        self.constant["/volumes"] = answer(recorded("volumes"))


class Container(NamedTuple):
    """One of a host's containers in one of its states; a state is how often it changed."""

    host: int
    number: int
    state: int

    @property
    def id(self) -> str:
        return digits("container", self.host, self.number, self.state // RECREATED)

    @property
    def name(self) -> str:
        return f"app-{self.number:04}"


class Engine:
    """One host: what it answers at the moment, as bytes by path."""

    def __init__(self, number: int, shared: Shared, settings: Settings) -> None:
        self.number = number
        self.latency = settings.latency
        self._shared = shared
        self._settings = settings
        self._states = [0] * settings.containers
        self._answers: dict[str, bytes] = {}
        self._lines: list[Any] = []
        self._images = [f"registry.example.com/app-{n}:1.{number % 5}" for n in range(IMAGES)]
        self._standing()
        self.sweep(0)

    def sweep(self, sweep: int) -> int:
        """Move on to this sweep's state; how many containers differ. The first changes none."""
        chance = random.Random(f"{self._settings.seed}/{self.number}/{sweep}")
        changed = [n for n in range(len(self._states)) if sweep and chance.random() < self._settings.changed]
        for number in changed:
            self._states[number] += 1
        self._containers(sweep)
        moving = {
            "NFd": 100 + sweep,
            "NGoroutines": 170 + sweep % 7,
            "SystemTime": f"2026-11-23T20:{sweep % 60:02}:01Z",
        }
        self._answers["/info"] = answer({**self._shared.info, "Name": f"host-{self.number}", **moving})
        faulty = [path for path in self._answers if path.startswith("/containers/") and path != "/containers/json"]
        for path in faulty:
            if chance.random() < self._settings.faults:
                self._answers[path] = chance.choice((REFUSED, b""))
        return len(changed)

    def answer_to(self, path: str) -> bytes:
        """Empty where it hangs up."""
        return self._answers.get(path) or self._shared.constant.get(path) or self._answers.get(path, GONE)

    def _standing(self) -> None:
        """Images and networks, which stay."""
        ids = [f"sha256:{digits('image', name)}" for name in self._images]
        for id_, name in zip(ids, self._images, strict=True):
            inspect = {**self._shared.inspected_image, "Id": id_, "RepoTags": [name], "RepoDigests": []}
            self._answers[f"/images/{id_}/json"] = answer(inspect)
            self._answers[f"/images/{id_}/history"] = answer(self._shared.history)
        lines = [{**self._shared.image, "Id": id_, "RepoTags": [n]} for id_, n in zip(ids, self._images, strict=True)]
        self._answers["/images/json"] = answer(lines)
        networks = [{**each, "Containers": {}} for each in self._shared.networks]
        self._answers["/networks"] = answer(networks)
        self._answers |= {f"/networks/{each['Id']}": answer(each) for each in networks}

    def _containers(self, sweep: int) -> None:
        self._answers = {path: there for path, there in self._answers.items() if not path.startswith("/containers/")}
        lines = []
        for number, state in enumerate(self._states):
            lines.append(self._container(Container(self.number, number, state), sweep))
        self._answers["/containers/json"] = answer(lines)

    def _container(self, each: Container, sweep: int) -> dict[str, Any]:
        pattern = (each.number + self.number) % len(self._shared.containers)
        line, inspect = self._shared.containers[pattern]
        image = self._images[each.number % IMAGES]
        image_id = f"sha256:{digits('image', image)}"
        host_config = {**inspect["HostConfig"], "Memory": (each.state % 2) * 2**29, "PidsLimit": 100 + each.state}
        config = {**inspect["Config"], "Image": image, "Labels": {"com.example.host": str(self.number)}}
        there = {**inspect, "Id": each.id, "Name": f"/{each.name}", "Image": image_id, "Config": config}
        there |= {"HostConfig": host_config, "State": _checked(inspect["State"], sweep)}
        process = ["root", str(4000 + each.number), "1", str(sweep % 3), "18:11", "?", f"00:00:{sweep % 60:02}", "app"]
        top = {"Titles": ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], "Processes": [process]}
        self._answers[f"/containers/{each.id}/json"] = answer(there)
        self._answers[f"/containers/{each.id}/top"] = answer(top)
        written = [("/var", 0), ("/var/log", 0), ("/var/log/app.log", 1), (f"/var/log/app-{sweep}.log", 1)]
        self._answers[f"/containers/{each.id}/changes"] = answer([{"Path": p, "Kind": kind} for p, kind in written])
        told = {"Image": image, "ImageID": image_id, "Status": f"Up {sweep} minutes", "Labels": config["Labels"]}
        return {**line, "Id": each.id, "Names": [f"/{each.name}"], **told}


def _checked(state: Mapping[str, Any], sweep: int) -> Mapping[str, Any]:
    """The state with the next lines in the log of its health check, where it has one."""
    if "Health" not in state:
        return state
    moved = copy.deepcopy(dict(state))
    moved["Health"]["FailingStreak"] += sweep
    for line in moved["Health"]["Log"]:
        line["Start"] = f"2026-11-23T19:{sweep % 60:02}:26.361425686Z"
    return moved


class Speaking(asyncio.Protocol):
    """One connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._buffer = b""
        self._later: deque[bytes] = deque()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        for request in requests:
            self._send(self._engine.answer_to(path_of(request)))

    def _send(self, ready: bytes) -> None:
        if self._engine.latency:
            self._later.append(ready)
            asyncio.get_running_loop().call_later(self._engine.latency, self._send_next)
        else:
            self._write(ready)

    def _send_next(self) -> None:
        self._write(self._later.popleft())

    def _write(self, ready: bytes) -> None:
        if self._transport.is_closing():
            return
        if ready:
            self._transport.write(ready)
        else:
            self._transport.close()


def path_of(request: bytes) -> str:
    path = request.split(b" ", 2)[1].decode().partition("?")[0]
    return "/" + path.split("/", 2)[2] if path.startswith("/v1.") else path


async def main(folder: Path, hosts: int, settings: Settings) -> None:
    shared, loop = Shared(), asyncio.get_running_loop()
    engines = [Engine(number, shared, settings) for number in range(hosts)]
    for engine in engines:
        path = str(folder / f"{engine.number}.sock")
        await loop.create_unix_server(lambda engine=engine: Speaking(engine), path, backlog=16)  # type: ignore[misc]  # mypy knows no lambda with a default
    print("ready", flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(sum(engine.sweep(int(line.split()[1])) for engine in engines), flush=True)


def told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("hosts", type=int)
    parser.add_argument("containers", type=int)
    parser.add_argument("--changed", type=float, default=0.0)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    asked = told()
    chosen = Settings(asked.containers, asked.changed, asked.latency / 1000, asked.faults, asked.seed)
    asyncio.run(main(asked.folder, asked.hosts, chosen))
