"""A thousand Engines in one process, as far as a watcher asks: version, listing, a container, and the stream of events.

Run by `bench.events`. Reads lines from its standard input, `HOST NAME VARIANT`: a container is created and started.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import pickle
import sys
from pathlib import Path
from typing import Any

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


class Engine:
    """One host: what all have, and its own containers beside."""

    def __init__(self, shared: dict[str, Any]) -> None:
        self._shared = shared
        self._network = shared["network"]
        self._own: dict[str, dict[str, Any]] = {}
        self._listed = ""  # of its own containers
        self._streams: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ", 2)[1].decode().partition("?")[0]
                path = "/" + path.split("/", 2)[2] if path.startswith("/v1.") else path
                if path == "/events":
                    await self._stream(reader, writer)
                    return
                writer.write(self._answer(path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED)
        self._streams.add(writer)
        await reader.read()
        self._streams.discard(writer)
        writer.close()

    def start(self, name: str, variant: int, now: int) -> None:
        id_ = hashlib.sha256(f"{id(self)}{name}".encode()).hexdigest()
        text = json.dumps(self._shared["variants"][variant]).replace("@ID@", id_).replace("@NAME@", name)
        self._own[id_] = json.loads(text)
        self._listed += f",{json.dumps(self._own[id_]['listed'])}"
        network = {"ID": self._network["Id"], "Attributes": {"container": id_, "name": "apps"}}
        self._tell({"Type": "container", "Action": "create", "Actor": {"ID": id_}, "timeNano": now})
        self._tell({"Type": "network", "Action": "connect", "Actor": network, "timeNano": now})
        self._tell({"Type": "container", "Action": "start", "Actor": {"ID": id_}, "timeNano": now})

    def _tell(self, event: dict[str, Any]) -> None:
        line = json.dumps(event).encode() + b"\n"
        for stream in self._streams:
            stream.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")

    def _answer(self, path: str) -> bytes:
        if path == "/containers/json":  # the longest: what does not change is not written again
            return answer("200 OK", f"[{self._shared['listing']}{self._listed}]".encode())
        found = self._find(path)
        if found is None:
            return answer("404 Not Found", b'{"message": "no"}')
        return answer("200 OK", json.dumps(found).encode())

    def _find(self, path: str) -> Any:
        if path == f"/networks/{self._network['Id']}":
            there = [*(each["Id"] for each in self._shared["listed"]), *self._own]
            return {**self._network, "Containers": {id_: {} for id_ in there}}
        kind, _, what = path.removeprefix("/containers/").partition("/")
        if kind in self._own:
            return self._own[kind].get({"json": "inspect"}.get(what, what))
        return self._shared["routes"].get(path)


def answer(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main(folder: Path) -> None:
    shared = pickle.loads((folder / "shared").read_bytes())  # noqa: S301 - written by our own parent
    engines = {number: Engine(shared) for number in shared["hosts"]}
    for number, engine in engines.items():
        await asyncio.start_unix_server(engine.serve, folder / f"{number}.sock", backlog=16)
    print("ready", flush=True)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        host, name, variant, now = line.decode().split()
        engines[int(host)].start(name, int(variant), int(now))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
