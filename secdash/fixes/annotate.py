"""Which check asks for which changed line, where the fixes of many checks are applied together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
import yaml

from secdash.checks.remedy import Change
from secdash.fixes import patch
from secdash.fixes.compose import Service
from secdash.fixes.patch import DiffLine, Lines

Key = tuple[str, str, str]  # kind, key of the service, text
KEY_INDENTS = (0, 4)  # between services and its keys stands its name
GONE = "-"
OF_NO_KEY = "external: true"  # of a network or volume at the top level, as `document` writes it


def annotated(
    lines: Lines, service: Service, changes: Mapping[str, tuple[Change, ...]], written: Callable[[Service], str]
) -> Lines:
    """Each changed line with the checks that change it when they are applied alone.

    A line that no fix makes alone (two of them together did) names all checks that touch its key.
    """
    before = written(service)
    alone = {name: _changed(patch.lines(before, written(patch.apply(service, own)))) for name, own in changes.items()}
    touched = {name: {change.key for change in own} for name, own in changes.items()}
    return tuple(
        line if line.kind == " " else msgspec.structs.replace(line, checks=_askers(line, key, alone, touched))
        for line, key in zip(lines, _keys(lines), strict=True)
    )


def commented(lines: Lines) -> str:
    """The file after the changes, the checks beside each changed line, and what is gone as a comment in its place.

    A value that runs over several lines cannot carry a comment: then the file comes without any.
    """
    after = [line for line in lines if line.kind != "-"]
    plain = "".join(f"{line.text}\n" for line in after)
    text = "".join(f"{line}\n" for line in _with_comments(lines))
    return text if _read_alike(text, plain) else plain


def _read_alike(text: str, plain: str) -> bool:
    try:
        return bool(yaml.safe_load(text) == yaml.safe_load(plain))
    except yaml.YAMLError:
        return False


def _with_comments(lines: Lines) -> Iterator[str]:
    """Below a key that is new as a whole, only what other checks ask for is told again."""
    said: tuple[str, ...] = ()
    depth = 0
    for line in lines:
        indent = len(line.text) - len(line.text.lstrip())
        if indent <= depth or line.kind == " ":
            said, depth = (line.checks, indent) if line.kind == "+" and line.text.endswith(":") else ((), indent)
            yield _with_comment(line, line.checks)
        else:
            yield _with_comment(line, () if line.kind == "+" and line.checks == said else line.checks)


def _with_comment(line: DiffLine, checks: tuple[str, ...]) -> str:
    comment = f"  # {', '.join(checks)}" if checks else ""
    if line.kind == "-":
        text = line.text.lstrip()
        return f"{line.text[: -len(text)]}# {GONE} {text}{comment}"
    return f"{line.text}{comment}"


def _askers(
    line: DiffLine, key: str, alone: Mapping[str, set[Key]], touched: Mapping[str, set[str]]
) -> tuple[str, ...]:
    exact = tuple(name for name, found in alone.items() if (line.kind, key, line.text) in found)
    return exact or tuple(name for name, found in touched.items() if key in found)


def _changed(lines: Lines) -> set[Key]:
    return {(line.kind, key, line.text) for line, key in zip(lines, _keys(lines), strict=True) if line.kind != " "}


def _keys(lines: Iterable[DiffLine]) -> list[str]:
    """For each line the key of the service under which it stands, on its own side of the comparison."""
    at = {"-": "", "+": ""}
    found = []
    for line in lines:
        if _is_key(line.text):
            key = line.text.strip().partition(":")[0]
            at.update({"-": key, "+": key} if line.kind == " " else {line.kind: key})
        found.append(at["+" if line.kind == "+" else "-"])
    return found


def _is_key(text: str) -> bool:
    word = text.lstrip()
    return len(text) - len(word) in KEY_INDENTS and ":" in word and word != OF_NO_KEY and word[0] not in "-#"
