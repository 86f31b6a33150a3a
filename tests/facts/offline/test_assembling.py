"""secdash-collect: one file, readable, that needs nothing but Python and says what is wrong in one sentence."""

from __future__ import annotations

import ast
import sys

from docker.constants import DEFAULT_DOCKER_API_VERSION, MINIMUM_DOCKER_API_VERSION

from secdash.facts import negotiating
from secdash.facts.offline.assembling import assembled
from secdash.facts.offline.envelope import new_key
from tests.facts.offline.files import BARE, run

KEY = new_key()


def sources(text):
    """Each module in the file, with its source."""
    found = [node for node in ast.parse(text).body if isinstance(node, ast.Assign) and len(node.targets) == 1]
    return {
        ast.literal_eval(node.targets[0].slice): ast.literal_eval(node.value)
        for node in found
        if isinstance(node.targets[0], ast.Subscript)
    }


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_it_imports_nothing_but_the_library_and_itself():
    modules = sources(assembled())

    trees = [ast.parse(source, feature_version=(3, 10)) for source in modules.values()]
    wanted = {name for tree in trees for name in imported(tree)}

    assert {name.partition(".")[0] for name in wanted - modules.keys()} <= sys.stdlib_module_names
    assert len(modules) > 40


def test_it_parses_on_pythons_that_are_too_old_to_run_it():
    tree = ast.parse(assembled(), feature_version=(3, 6))

    assert isinstance(tree, ast.Module)


def test_it_holds_neither_what_writes_to_an_engine_nor_what_connects_elsewhere():
    modules = sources(assembled())

    assert "secdash.facts.helper" not in modules
    assert "secdash.facts.ssh" not in modules
    assert "secdash.facts.tls" not in modules
    assert not any("containers/create" in source for source in modules.values())


def test_it_speaks_the_versions_of_the_sdk():
    assert (negotiating.OLDEST, negotiating.NEWEST) == (MINIMUM_DOCKER_API_VERSION, DEFAULT_DOCKER_API_VERSION)


def test_the_key_is_in_it_only_where_it_is_asked_for():
    assert f'KEY = "{KEY}"' in assembled(KEY)
    assert KEY not in assembled()


def test_without_a_key_it_says_how_to_give_one(tmp_path):
    done = run(tmp_path, "")

    assert done.returncode == 1
    assert done.stderr == (
        "secdash-collect: There is no upload key. Give the file that holds it: --key-file FILE. "
        "Its page in secdash shows how.\n"
    )


def test_without_an_engine_it_says_so_and_leaves_nothing(tmp_path):
    done = run(tmp_path, KEY, "--socket", "/nowhere/docker.sock")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "secdash-collect: There is no /nowhere/docker.sock. Check the path, and that Docker is installed there.\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["secdash-collect.py"]


def test_it_says_which_python_it_needs(tmp_path):
    pretend = (
        "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path('secdash-collect.py', run_name='__main__')"
    )

    done = run(tmp_path, KEY, python=[*BARE, "-c", pretend])

    assert done.returncode == 1
    assert done.stderr == "secdash-collect needs Python 3.10 or later; this is Python 3.9.\n"
