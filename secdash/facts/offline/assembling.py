"""secdash-collect: one readable file of our own sources, so that the same code looks at a host there and here.

Packages that a host does not have, and the parts that need them, are replaced by the stand-ins beside this module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from secdash import __version__

ROOT = Path(__file__).resolve().parents[3]
BEGINNING = Path(__file__).with_name("beginning.txt")  # no module: it must parse on Pythons of long ago
BEGUN_BY = "secdash.facts.offline.running"
STAND_INS = "secdash.facts.offline.stand_ins"
# what is imported → what the file has in its place
REPLACED = {
    "msgspec": f"{STAND_INS}.records",
    "orjson": f"{STAND_INS}.answers_json",
    "secdash.facts.connect": f"{STAND_INS}.local_engine",
    "secdash.facts.files.archive": f"{STAND_INS}.another_way",
    "secdash.facts.files.ssh": f"{STAND_INS}.another_way",
}
HEAD = """#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# secdash-collect {version}: reads the Docker Engine of this machine, and the files that matter to it, and writes a
# snapshot for secdash. It needs Python 3.10 and nothing else, sends nothing anywhere, and asks the Engine with GET
# only. Values of environment variables, and whatever else looks like a secret, are masked before anything is written.
#
#     sudo python3 secdash-collect.py -o snapshot.sds
#
# Below are the parts of secdash that do this, each as it is in secdash, and what runs them at the very end.

# The key that signs what this file writes, for the one host that it was made for. Whoever has it can upload
# snapshots of that host. Empty: give it with --key-file.
KEY = "{key}"

SOURCES = {{}}
"""


def assembled(key: str = "") -> str:
    """The whole file, the key of a host written into it where one is given."""
    modules = dict(_modules())
    parts = [f"SOURCES[{name!r}] = {_quoted(source)}\n" for name, source in sorted(modules.items())]
    return "\n".join([HEAD.format(version=__version__, key=key), *parts, BEGINNING.read_text(encoding="utf-8")])


def _modules() -> Iterator[tuple[str, str]]:
    """Every module that is needed, by the name under which it is imported, with its source."""
    waiting, met = [BEGUN_BY], set[str]()
    while waiting:
        name = waiting.pop()
        if name in met or not (name in REPLACED or _path(name)):
            continue
        met.add(name)
        source = _source(REPLACED.get(name, name))
        yield name, source
        waiting += [*_above(name), *_imported(source)]


def _above(name: str) -> list[str]:
    """The packages that it lies in."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imported(source: str) -> Iterator[str]:
    """Whatever the source may import, names from a module being modules perhaps."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _path(name: str) -> Path | None:
    """Where a module of ours is; None for a module of others, or for no module."""
    if not f"{name}.".startswith("secdash."):
        return None
    place = ROOT.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _source(name: str) -> str:
    path = _path(name)
    if path is None:
        raise LookupError(name)
    return path.read_text(encoding="utf-8")


def _quoted(source: str) -> str:
    """As a text in three quotes, which reads as the source does; in one line where that cannot be."""
    if "'''" in source or source.endswith(("'", "\\")):
        return repr(source)
    return f"r'''\n{source}'''"
