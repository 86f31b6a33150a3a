"""What a container wrote: where, and whether to programs."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.facts.answers import Failure
from secdash.facts.message import say
from secdash.facts.model import WRITES_NOT_READ, Unknown
from secdash.facts.parse.changes import DEEPEST, MOST_PROGRAMS, writes

MODIFIED, ADDED, DELETED = 0, 1, 2


def changes(*paths: str, kind: int = ADDED) -> list[dict[str, Any]]:
    """As the Engine answers: every folder above a change stands there as modified."""
    above = {"/".join(path.split("/")[:end]) for path in paths for end in range(2, path.count("/") + 1)}
    return [{"Path": path, "Kind": MODIFIED} for path in above] + [{"Path": path, "Kind": kind} for path in paths]


def written(*paths: str, kind: int = ADDED) -> tuple[str, ...]:
    folders, _ = writes(changes(*paths, kind=kind), "running", False)
    assert not isinstance(folders, Unknown)
    return folders


def programs(*paths: str, kind: int = ADDED) -> tuple[str, ...]:
    _, found = writes(changes(*paths, kind=kind), "running", False)
    assert not isinstance(found, Unknown)
    return found


def test_the_folder_of_each_file_and_none_below_another() -> None:
    assert written("/var/cache/app/a", "/var/cache/app/b", "/var/cache/app/deep/c", "/srv/x") == (
        "/srv",
        "/var/cache/app",
    )


def test_scratch_places_stand_for_all_that_is_in_them() -> None:
    assert written("/tmp/a/b/c", "/run/app/pid", "/var/run/x", "/var/tmp/y") == ("/run", "/tmp", "/var/run", "/var/tmp")
    assert written("/tmpfile", "/runner/x") == ("/",)


def test_a_deep_folder_is_cut() -> None:
    assert written("/a/b/c/d/e/f/g") == ("/a/b/c/d",)
    assert DEEPEST == 4


def test_deleting_is_writing_to_the_folder_and_no_foreign_program() -> None:
    assert written("/srv/a", kind=DELETED) == ("/srv",)
    assert programs("/usr/bin/a", kind=DELETED) == ()


def test_null_is_nothing() -> None:
    assert writes(None, "running", False) == ((), ())


@pytest.mark.parametrize(
    "path",
    ["/usr/bin/curl", "/bin/sh", "/lib/x.so", "/etc/passwd", "/etc/cron.d/job", "/root/.ssh/authorized_keys"],
)
def test_programs_and_accounts_are_told_apart(path: str) -> None:
    assert programs(path, kind=MODIFIED) == (path,)
    assert written(path) == ()


@pytest.mark.parametrize(
    "path", ["/etc/passwd-", "/binary/x", "/usr/share/x", "/usr/lib/python3/__pycache__/a.pyc", "/usr/lib/a.pyc"]
)
def test_what_is_no_program_is_none(path: str) -> None:
    assert programs(path) == ()


def test_only_so_many_programs_are_named() -> None:
    assert len(programs(*(f"/usr/bin/{number:03}" for number in range(50)))) == MOST_PROGRAMS


def test_what_cannot_write_wrote_nothing() -> None:
    assert writes(False, "running", True) == ((), ())
    assert writes(False, "created", False) == ((), ())


@pytest.mark.parametrize("state", ["running", "exited", Unknown(say("Not seen."))])
def test_where_nobody_asked_it_is_unknown(state: str | Unknown) -> None:
    assert writes(False, state, False) == (WRITES_NOT_READ, WRITES_NOT_READ)


@pytest.mark.parametrize(
    "answer", [Failure(say("No.")), {}, [{}], [{"Path": 1, "Kind": 1}], [{"Path": "/a", "Kind": "1"}]]
)
def test_what_is_malformed_is_unknown(answer: Any) -> None:
    assert all(isinstance(fact, Unknown) for fact in writes(answer, "running", False))


@pytest.mark.parametrize("path", ["//", "//x", "///srv//x", "x", "", "/"])
def test_what_is_hardly_a_path_is_read_to_its_end(path: str) -> None:
    folders, found = writes([{"Path": path, "Kind": ADDED}], "running", False)

    assert not isinstance(folders, Unknown)
    assert found == ()
