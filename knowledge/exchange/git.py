"""The git program, asked in a way that no setting of the machine, of a person or of the repository changes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec

from knowledge.problems import Refused
from secdash.facts.message import say

PATIENCE = 300  # seconds
# Nothing of the repository is run (hooks, monitors, signing), and nothing is fetched or pushed.
SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.autocrlf=false"),
    *("-c", "core.quotePath=false", "-c", "core.symlinks=false", "-c", "core.attributesFile=/dev/null"),
    *("-c", "commit.gpgSign=false", "-c", "log.showSignature=false", "-c", "submodule.recurse=false"),
    *("-c", "protocol.allow=never", "-c", "gc.auto=0", "-c", "maintenance.auto=false"),
)
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "HOME": os.devnull,
    "LC_ALL": "C",
    "TZ": "UTC",
}


class Blob(msgspec.Struct, frozen=True):
    """One entry of a tree; `mode` says whether it is a file, a link or another repository."""

    mode: str
    name: str
    size: int
    path: str

    @property
    def is_file(self) -> bool:
        return self.mode in ("100644", "100755")


class Repository(msgspec.Struct, frozen=True):
    root: Path

    def ask(self, *arguments: str, data: bytes | None = None) -> bytes:
        """What git answers. Raises Refused with what git says where it fails."""
        done = self._run(arguments, data)
        if done.returncode:
            raise Refused(say("Git refused: %(said)s", said=done.stderr.decode("utf-8", "replace").strip()[:400]))
        return done.stdout

    def says_yes(self, *arguments: str) -> bool:
        return self._run(arguments, None).returncode == 0

    def head(self) -> str:
        """The commit that is checked out; "" before the first one."""
        done = self._run(("rev-parse", "--verify", "--quiet", "HEAD^{commit}"), None)
        return done.stdout.decode().strip()

    def branch(self) -> str:
        """Raises Refused where none is checked out."""
        if not self.says_yes("symbolic-ref", "--quiet", "HEAD"):
            raise Refused(say("No branch is checked out in %(path)s: git switch to one first.", path=self.root))
        return self.ask("symbolic-ref", "HEAD").decode().strip()

    def tree(self) -> list[Blob]:
        if not self.head():
            return []
        entries = self.ask("ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD").split(b"\0")
        return [_blob(entry) for entry in entries if entry]

    def content(self, blob: Blob) -> bytes:
        return self.ask("cat-file", "blob", blob.name)

    def dirty(self) -> bool:
        return bool(self.ask("status", "--porcelain", "--untracked-files=all", "--ignore-submodules=all").strip())

    def _run(self, arguments: tuple[str, ...], data: bytes | None) -> subprocess.CompletedProcess[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            return subprocess.run(
                ["git", *SAFE, "-C", str(self.root), *arguments],
                input=data if data is not None else b"",
                capture_output=True,
                env={**kept, **ENVIRONMENT},
                timeout=PATIENCE,
                check=False,
            )
        except FileNotFoundError:
            raise Refused(say("The git program is not installed.")) from None
        except subprocess.TimeoutExpired:
            raise Refused(say("Git did not answer within %(limit)s seconds.", limit=PATIENCE)) from None


def opened(path: Path) -> Repository:
    """The working copy whose top this is. Raises Refused for any other directory, and for one of somebody else."""
    repository = Repository(path)
    top = repository.ask("rev-parse", "--show-toplevel").decode().rstrip("\n")
    if Path(top).resolve() != path.resolve():
        raise Refused(say("%(path)s lies inside the Git working copy %(top)s: name that one.", path=path, top=top))
    return repository


def made(path: Path) -> Repository:
    """The working copy there, begun where the directory is empty or not there."""
    if (path / ".git").exists():
        return opened(path)
    if path.is_dir() and any(path.iterdir()):
        raise Refused(say("%(path)s is not empty and no Git working copy: commit what it holds first.", path=path))
    path.mkdir(parents=True, exist_ok=True)
    Repository(path).ask("init", "--quiet", "--template=", "--initial-branch=main")
    return opened(path)


def is_working_copy(path: Path) -> bool:
    return (path / ".git").exists()


def _blob(entry: bytes) -> Blob:
    about, _tab, path = entry.partition(b"\t")
    mode, _kind, name, size = about.decode().split()
    return Blob(mode, name, int(size) if size.isdigit() else 0, path.decode("utf-8", "surrogateescape"))
