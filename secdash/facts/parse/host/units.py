"""The unit that starts the daemon: its file and drop-ins as systemd reads them, and the command line that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Folder, Seen
from secdash.facts.message import say
from secdash.facts.parse.host.layout import Layout

SERVICE = "docker.service"
NO_UNIT = Failure(say("No unit docker.service was found, and no process of the daemon was seen."))
NO_COMMAND = Failure(say("The unit docker.service starts no program that secdash knows as the daemon."))
MASKED = Failure(say("The unit docker.service is masked, and no process of the daemon was seen."))

PREFIXES = "@-:+!|"  # before the program of ExecStart
WORD = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+""", re.DOTALL)
PART = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'|((?:\\.|[^\s"'\\])+)""", re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)\})")
WHOLE_VARIABLE = re.compile(r"\$(\w+)")
SETTING = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", re.DOTALL)
SECTION = re.compile(r"\s*\[([^\]]*)\]\s*")

Unit = dict[str, list[str]]


def files(layout: Layout) -> Iterable[str]:
    return (f"{folder}/{SERVICE}" for folder in layout.unit_folders)


def drop_ins(layout: Layout) -> tuple[Folder, ...]:
    """Those of this unit before those of all services, each in the order of the folders' precedence."""
    names = (f"{SERVICE}.d", "service.d")
    return tuple(Folder(f"{folder}/{name}", ".conf", read=True) for name in names for folder in layout.unit_folders)


def environment_files(seen: Seen, layout: Layout) -> tuple[str, ...]:
    """Files from which the unit takes variables."""
    unit = _unit(seen, layout)
    return () if isinstance(unit, Failure) else tuple(path for path, _optional in _environment_files(unit))


def command(seen: Seen, layout: Layout) -> tuple[str, ...] | Failure:
    """The command line of the daemon as the unit writes it, its variables put in."""
    unit = _unit(seen, layout)
    if isinstance(unit, Failure):
        return unit
    line = next(reversed(unit.get("ExecStart", [])), "")
    variables = _variables(seen, unit) if "$" in line else {}
    if isinstance(variables, Failure):
        return variables
    words = _substituted(line, variables)
    return tuple(words) if words and words[0].rpartition("/")[2] == "dockerd" else NO_COMMAND


def _unit(seen: Seen, layout: Layout) -> Unit | Failure:
    """The settings of [Service], of the file that wins and then of the drop-ins, in the order of their names."""
    main = _main(seen, layout)
    if isinstance(main, Failure):
        return main
    unit: Unit = {}
    for text in (main, *_drop_in_texts(seen, layout)):
        if isinstance(text, Failure):
            return text
        _add(unit, text)
    return unit


def _main(seen: Seen, layout: Layout) -> str | Failure:
    for path in files(layout):
        if seen.entries.get(path) is not None:
            text = seen.text(path)
            return MASKED if text is None or text == "" else text
    return NO_UNIT


def _drop_in_texts(seen: Seen, layout: Layout) -> list[str | Failure]:
    """Of two drop-ins of one name that of the folder that comes first, also where it leads nowhere and so hides one."""
    texts: dict[str, str | Failure] = {}
    for folder in drop_ins(layout):
        names = seen.folders.get(folder)
        if isinstance(names, Failure):
            return [names]
        for name in names or ():
            texts.setdefault(name, seen.text(f"{folder.path}/{name}") or "")
    return [texts[name] for name in sorted(texts)]


def _add(unit: Unit, text: str) -> None:
    section = ""
    for line in _logical_lines(text):
        header, setting = SECTION.fullmatch(line), SETTING.fullmatch(line)
        if header:
            section = header[1]
        elif setting and section == "Service":
            name, value = setting[1], setting[2].strip()
            unit[name] = [*unit.get(name, []), value] if value else []


def _logical_lines(text: str) -> list[str]:
    """Comments left out, also in the middle of a line that a backslash continues."""
    lines, held = [], ""
    for line in text.splitlines():
        if line.lstrip().startswith(("#", ";")):
            continue
        if line.endswith("\\"):
            held += f"{line[:-1]} "
            continue
        lines.append(held + line)
        held = ""
    return [*lines, held] if held else lines


def _variables(seen: Seen, unit: Unit) -> dict[str, str] | Failure:
    """What Environment= sets, then what the files set; systemd lets those win."""
    found = dict(_assignment(word) for line in unit.get("Environment", []) for word in _split(line) if "=" in word)
    for path, optional in _environment_files(unit):
        text = seen.text(path)
        if isinstance(text, Failure):
            return text
        if text is None and not optional:
            return Failure(say("The unit docker.service asks for %(path)s, and there is no such file.", path=path))
        found |= dict(_assignment(line) for line in _logical_lines(text or "") if SETTING.fullmatch(line))
    return found


def _environment_files(unit: Unit) -> list[tuple[str, bool]]:
    paths = [(value.removeprefix("-"), value.startswith("-")) for value in unit.get("EnvironmentFile", [])]
    return [(path, optional) for path, optional in paths if path.startswith("/")]


def _assignment(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    parts = _split_parts(value.strip())
    return name.strip(), "".join(parts) if '"' in value or "'" in value else value.strip()


def _substituted(line: str, variables: dict[str, str]) -> list[str]:
    """$NAME as a word of its own becomes words, ${NAME} becomes part of its word, $$ a dollar."""
    written = line.lstrip()
    verbatim = ":" in written[: len(written) - len(written.lstrip(PREFIXES))]
    words: list[str] = []
    for word in _split(written.lstrip(PREFIXES)):
        whole = WHOLE_VARIABLE.fullmatch(word)
        if verbatim:
            words.append(word)
        elif whole:
            words += _split(variables.get(whole[1], ""))
        else:
            words.append(VARIABLE.sub(lambda match: "$" if match[1] else variables.get(match[2], ""), word))
    return [word.replace("%%", "%") for word in words]


def _split(line: str) -> list[str]:
    """Words, with quotes and backslashes taken away."""
    return ["".join(_split_parts(match.group())) for match in WORD.finditer(line)]


def _split_parts(word: str) -> list[str]:
    return [_plain(match) for match in PART.finditer(word)]


def _plain(match: re.Match[str]) -> str:
    return match[2] if match[2] is not None else ESCAPE.sub(r"\1", match[1] if match[1] is not None else match[3])
