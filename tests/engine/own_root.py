"""A machine of one's own to set up as root: the files of this one, changed for nobody else; no foreign processes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.engine import parts

CHANGED = ("/etc", "/usr/local", "/var/lib")
OVER = """
mount -t tmpfs tmpfs "$FOLDER/over"
for place in {places}; do
  over="$FOLDER/over$place"; mkdir -p "$over/up" "$over/work"
  mount -t overlay overlay -o "lowerdir=$place,upperdir=$over/up,workdir=$over/work" "$place"
done
: >"$FOLDER/ready"; exec sleep infinity
"""


class OwnRoot(msgspec.Struct, frozen=True):
    """`enter` is the command before a command that is run there."""

    enter: tuple[str, ...]

    def run(self, commands: str, **options: str) -> str:
        """What the commands print, run as root by a shell that ends at the first that fails."""
        done = subprocess.run(
            [*self.enter, "sh", "-e"],
            input=commands,
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
            **options,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def own_root(places: Sequence[str] = CHANGED, *, apart: Sequence[str] = ()) -> Iterator[OwnRoot]:
    """`apart` are further namespaces that it has of its own, as unshare and nsenter call them."""
    parts.require(os.geteuid() == 0, "a root file system of one's own needs root")
    parts.require_programs("unshare", "nsenter", "setpriv")
    with tempfile.TemporaryDirectory(prefix="sd-root-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "over").mkdir()
        namespaces = ["unshare", *apart, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        command = [*namespaces, "sh", "-e", "-c", OVER.format(places=" ".join(places))]
        process = parts.start(command, env={**os.environ, "FOLDER": name})
        try:
            ready = parts.wait_until((folder / "ready").exists, process)
            parts.require(ready, "no file system could be laid over another here")
            first = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
            yield OwnRoot(("nsenter", f"--target={first}", *apart, "--mount", "--pid", "--"))
        finally:
            process.kill()  # and with it all that runs there
            process.wait(10)
