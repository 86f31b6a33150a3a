"""Passes on what comes to ports of this network: `python -m tests.faults.relay PORT=SOCKET ...`."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing, suppress


async def serve(port: int, path: str) -> asyncio.Server:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            answers, asked = await asyncio.open_unix_connection(path)
            with closing(asked):
                await asyncio.wait(
                    [asyncio.create_task(_pump(reader, asked)), asyncio.create_task(_pump(answers, writer))],
                    return_when=asyncio.FIRST_COMPLETED,
                )

    return await asyncio.start_server(pass_on, "127.0.0.1", port)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()


async def main(*words: str) -> None:
    _open = [await serve(int(port), path) for port, _sign, path in (word.partition("=") for word in words)]
    print("ready", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
