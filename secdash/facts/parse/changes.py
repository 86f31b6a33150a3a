"""What a container wrote over its image, from `/changes`: in which folders, and whether to programs.

Coarse on purpose. Which files a healthy application writes changes from look to look; where it writes does not, and
only that says what a read-only root would need.
"""

from __future__ import annotations

from secdash.facts.model import WRITES_NOT_READ, Unknown
from secdash.facts.parse.reading import Node, items, mapping, text, whole

DELETED = 2
DEEPEST = 4  # components of a folder that is kept
MOST_PROGRAMS = 20
SCRATCH = ("/tmp", "/var/tmp", "/run", "/var/run", "/var/lock", "/dev/shm")  # noqa: S108 - looked for, not written to
PROGRAMS = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64"),
    *("/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib"),
    *("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/sudoers", "/etc/sudoers.d", "/etc/ld.so.preload"),
    *("/etc/crontab", "/etc/cron.d", "/var/spool/cron", "/root/.ssh"),
)
IN_SCRATCH, IN_PROGRAMS = (tuple(f"{place}/" for place in places) for places in (SCRATCH, PROGRAMS))
COMPILED = ("/__pycache__", ".pyc")  # Python writes them beside its modules when they are first used

Leaves = dict[str, int]  # path: what happened to it
Writes = tuple[tuple[str, ...] | Unknown, tuple[str, ...] | Unknown]


def writes(changes: object, state: str | Unknown, read_only: bool | Unknown) -> Writes:
    """The folders it wrote to, and the programs that it added or changed. Nothing is read of what cannot write."""
    if read_only is True or state == "created":
        return (), ()
    if changes is False:
        return WRITES_NOT_READ, WRITES_NOT_READ
    found = Node(changes, "changes").read(_leaves, null={})
    return (found, found) if isinstance(found, Unknown) else (_folders(found), _programs(found))


def _leaves(value: object) -> Leaves:
    """The changes themselves: the Engine lists every folder above one as changed too."""
    changes = [mapping(change) for change in items(value)]
    found = {text(change.get("Path")): whole(change.get("Kind")) for change in changes}
    above = {parent for path in found for parent in _parents(path)}
    return {path: found[path] for path in sorted(found) if path not in above}


def _parents(path: str) -> list[str]:
    """Whatever stands there instead of a path: it comes to an end."""
    found = []
    while path.strip("/"):
        path = _folder_of(path)
        found.append(path)
    return found


def _folder_of(path: str) -> str:
    """As posixpath.dirname, for texts alone."""
    head = path[: path.rfind("/") + 1]
    return head.rstrip("/") or head


def _folders(paths: Leaves) -> tuple[str, ...]:
    """The highest folders that hold all changes, cut where they grow deep; programs are told apart."""
    folders = {_folder(path) for path in paths if not _is_program(path) and not _is_compiled(path)}
    return tuple(sorted(folder for folder in folders if not folders & set(_parents(folder))))


def _folder(path: str) -> str:
    if path in SCRATCH:
        return path
    if path.startswith(IN_SCRATCH):
        return next(place for place in SCRATCH if path.startswith(f"{place}/"))
    return "/" + "/".join(_folder_of(path).strip("/").split("/")[:DEEPEST])


def _programs(paths: Leaves) -> tuple[str, ...]:
    """One that is gone does no harm."""
    there = (path for path, kind in paths.items() if kind != DELETED)
    return tuple(path for path in there if _is_program(path) and not _is_compiled(path))[:MOST_PROGRAMS]


def _is_program(path: str) -> bool:
    return path in PROGRAMS or path.startswith(IN_PROGRAMS)


def _is_compiled(path: str) -> bool:
    return COMPILED[0] in path or path.endswith(COMPILED[1])
