"""A real Docker Engine for a test: with namespaces and data of its own, gone without a trace."""

from __future__ import annotations

import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec

from tests.engine import parts

IMAGE = "bb:1"
PROGRAMS = ("dockerd", "docker", "containerd", "runc", "unshare", "ip", "iptables", "busybox", "setpriv")
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# The daemon is process 1 of its own process namespace, so that killing it ends every shim and container with it; in
# its own network namespace it may make or delete docker0 without touching the machine's. Its mounts are shared among
# themselves, as on an ordinary host, or no container could ask for shared propagation.
INSIDE = 'mount --make-rshared / && ip link set lo up && exec "$@"'
LISTENING = 'exec 3<&"$LISTENER"; export LISTEN_PID=$$ LISTEN_FDS=1; '


class DockerFailed(AssertionError):
    """The docker command line ended with an error; the message is what it said."""


class Dockerd(msgspec.Struct, frozen=True):
    """A running Engine. `folder` holds all it owns, `process` is the outermost process of its namespaces."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        return self.folder / "docker.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def docker(
        self, *args: str, stdin: bytes | None = None, env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> str:
        """Run the docker command line against this Engine and return what it printed. Raises DockerFailed."""
        done = subprocess.run(
            ["docker", "-H", self.url, *args],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=cwd,
            env={"PATH": search_path(), "HOME": str(self.folder), **(env or {})},
        )
        if done.returncode:
            raise DockerFailed(f"docker {' '.join(args)}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode().strip()

    def get(self, path: str) -> Any:
        """The Engine's own answer to GET, as JSON. Raises DockerFailed for anything but a success."""
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        with closing(connection):
            connection.sock.connect(str(self.socket))
            connection.request("GET", path)
            answer = connection.getresponse()
            body = json.loads(answer.read() or b"null")
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise DockerFailed(f"GET {path}: {answer.status} {body}")
        return body

    def import_image(self, name: str = IMAGE, *, changes: Sequence[str] = ('CMD ["sh"]',)) -> str:
        """Make an image of a static busybox, without any registry; its id."""
        options = [word for change in changes for word in ("--change", change)]
        return self.docker("import", *options, "-", name, stdin=busybox_rootfs())

    def kill(self) -> None:
        """End the Engine at once, as a power cut would."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running_dockerd(
    *,
    config: dict[str, object] | None = None,
    args: Sequence[str] = (),
    before: str = "",
    env: dict[str, str] | None = None,
    listener: socket.socket | None = None,
) -> Iterator[Dockerd]:
    """An Engine on a unix socket, ready to answer; `config` becomes its daemon.json, `args` join its command line.

    For the others see `running`.
    """

    def command(folder: Path) -> list[str]:
        (folder / "daemon.json").write_text(json.dumps(config or {}))
        listen = ["-H", "fd://"] if listener else []
        return [*dockerd_command(folder), *listen, *args]

    with running(command, before=before, env=env, listener=listener) as engine:
        yield engine


@contextmanager
def running(
    command: Callable[[Path], Sequence[str]],
    *,
    before: str = "",
    env: dict[str, str] | None = None,
    listener: socket.socket | None = None,
) -> Iterator[Dockerd]:
    """What this command starts, once it answers as an Engine on `docker.sock` of the folder that the command is given.

    `before` is shell that runs in the namespaces first, with the folder as $FOLDER. `env` joins the environment.
    `listener` is a listening socket of the caller's, on which the Engine answers too (its loopback is not ours).
    """
    parts.require(os.geteuid() == 0, "a real Engine needs root")
    parts.require_programs(*PROGRAMS)
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        engine = Dockerd(folder, _start(folder, command(folder), before, env or {}, listener))
        try:
            ready = parts.wait_until(lambda: _answers(engine), engine.process)
            parts.require(ready, f"the Engine did not start here: {engine.log[-600:]}")
            yield engine
        finally:
            _stop(engine)


def busybox_rootfs() -> bytes:
    """A tar archive of a root file system in which every applet is a link to one static busybox."""
    binary = Path(shutil.which("busybox", path=search_path()) or "busybox")
    applets = subprocess.run([binary, "--list"], capture_output=True, check=True, text=True).stdout.split()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(binary, "bin/busybox", filter=_owned_by_root)
        for applet in sorted(set(applets) - {"busybox"}):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for name, text in (("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"), ("etc/group", "root:x:0:\n")):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
        for name in ("tmp", "var", "run", "data"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            archive.addfile(folder)
    return buffer.getvalue()


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755
    return entry


def _start(
    folder: Path, command: Sequence[str], before: str, env: dict[str, str], listener: socket.socket | None
) -> subprocess.Popen[bytes]:
    fd = listener.fileno() if listener else None
    inside = (LISTENING if listener else "") + before + INSIDE
    namespaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with (folder / "log").open("wb") as log:
        return parts.start(
            [*namespaces, "bash", "-e", "-c", inside, "bash", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": search_path(), "FOLDER": str(folder), "LISTENER": str(fd), **env},
            pass_fds=() if fd is None else (fd,),
        )


def dockerd_command(folder: Path) -> list[str]:
    """A daemon that keeps all it has in this folder, where its daemon.json is."""
    return [
        "dockerd",
        *("--data-root", str(folder / "data")),
        *("--exec-root", str(folder / "exec")),
        *("--pidfile", str(folder / "pid")),
        *("--config-file", str(folder / "daemon.json")),
        *("-H", f"unix://{folder / 'docker.sock'}"),
    ]


def _answers(engine: Dockerd) -> bool:
    if not engine.socket.exists():
        return False
    try:
        engine.docker("version", "--format", "{{.Server.Version}}")
    except DockerFailed:
        return False
    return True


def _stop(engine: Dockerd) -> None:
    if engine.process.poll() is not None:
        return
    try:
        if running := engine.docker("ps", "--quiet").split():
            engine.docker("kill", *running)  # or each would be given ten seconds to end by itself
    except (DockerFailed, subprocess.TimeoutExpired):
        pass
    for child in _children(engine.process.pid):
        os.kill(child, signal.SIGTERM)
    try:
        engine.process.wait(15)
    except subprocess.TimeoutExpired:
        engine.kill()


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def search_path() -> str:
    return os.pathsep.join(part for part in (os.environ.get("PATH", ""), SEARCH_PATH) if part)
