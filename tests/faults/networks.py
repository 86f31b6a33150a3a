"""A network of one's own, in which some servers of this machine answer at the ports they have here, until it is cut."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from secdash.environment import BASE
from tests.engine import parts

INSIDE = 'ip link set lo up; exec "$@"'


class Network:
    """`within` is the command before a command that is run there."""

    def __init__(self, pid: int) -> None:
        self.within = ("nsenter", f"--net=/proc/{pid}/ns/net", "--")

    @contextmanager
    def cut(self, port: int) -> Iterator[None]:
        """Nothing comes to this port or from it, and nobody is told."""
        ways = [("INPUT", "-p", "tcp", way, str(port), "-j", "DROP") for way in ("--dport", "--sport")]
        for way in ways:
            self._filter("-A", *way)
        try:
            yield
        finally:
            for way in ways:
                self._filter("-D", *way)

    def _filter(self, *words: str) -> None:
        subprocess.run([*self.within, "iptables", *words], check=True, capture_output=True)


@contextmanager
def network(reached: Mapping[int, Path]) -> Iterator[Network]:
    """Ports, and the sockets of the servers that answer there."""
    parts.require(os.geteuid() == 0, "a network of one's own needs root")
    parts.require_programs("unshare", "nsenter", "ip", "iptables", "setpriv")
    words = [f"{port}={path}" for port, path in reached.items()]
    relay = [sys.executable, "-m", "tests.faults.relay", *words]
    process = parts.start(
        ["unshare", "--net", "sh", "-e", "-c", INSIDE, "sh", *relay], cwd=BASE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"ready\n"
        try:
            yield Network(process.pid)
        finally:
            process.kill()
