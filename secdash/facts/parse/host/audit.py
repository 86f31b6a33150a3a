"""Rules of the kernel's audit as its files write them. What is loaded in the kernel only auditctl tells, to root."""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Iterable
from itertools import pairwise

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Entry, Folder, Seen
from secdash.facts.model import AuditRule

RULES = "/etc/audit/audit.rules"
RULES_FOLDER = Folder("/etc/audit/rules.d", ".rules", read=True)

EVERY_ACCESS = "rwxa"
FIELD = re.compile(r"([a-z_]+)(!=|>=|<=|&=|=|>|<|&)(.+)")
# Fields of a rule that still leave it a watch: those that say what is watched, and the usual "whoever signed in".
OF_A_WATCH = re.compile(r"(?:arch|path|dir|perm|key)=.+|auid(?:>=?\d+|!=(?:-1|4294967295|unset))")


def rules(seen: Seen) -> tuple[AuditRule, ...] | Failure:
    """The watches of audit.rules and of rules.d, from which augenrules makes that file. None without such files."""
    found: set[AuditRule] = set()
    folders = {path for path, entry in seen.entries.items() if isinstance(entry, Entry) and entry.type == "folder"}
    for lines in (_of_file(seen), *_of_folder(seen)):
        if isinstance(lines, Failure):
            return lines
        found |= set(_watches(lines.splitlines(), folders))
    return tuple(sorted(found, key=lambda rule: (rule.path, rule.permissions, rule.recursive)))


def _of_file(seen: Seen) -> str | Failure:
    return seen.text(RULES) or ""


def _of_folder(seen: Seen) -> tuple[str | Failure, ...]:
    """augenrules takes every -D out of these and puts one before all of them: none of theirs deletes a rule."""
    names = seen.folders.get(RULES_FOLDER)
    if isinstance(names, Failure):
        return (names,)
    texts = (seen.text(f"{RULES_FOLDER.path}/{name}") or "" for name in names or ())
    return tuple(text if isinstance(text, Failure) else _without_delete_all(text) for text in texts)


def _without_delete_all(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip() != "-D")


def _watches(lines: Iterable[str], folders: Container[str]) -> list[AuditRule]:
    """The watches that stand after these lines, in their order: -D, -W and -d take away, an earlier `never` wins."""
    standing: list[AuditRule] = []
    silenced: set[str] = set()
    for words in map(_words, lines):
        if words == ["-D"]:
            standing, silenced = [], set()
        elif words[:1] in (["-W"], ["-d"]):
            gone = _watch(["-w", *words[1:]], folders) if words[0] == "-W" else _syscall(["-a", *words[1:]])
            standing = [rule for rule in standing if rule != gone]
        elif words[:1] == ["-w"]:
            standing += [rule for rule in (_watch(words, folders),) if rule and rule.path not in silenced]
        elif words[:1] in (["-a"], ["-A"]):
            rule = _syscall(words)
            if rule and _action(words) == "never":
                silenced.add(rule.path)
            elif rule and rule.path not in silenced:
                standing.append(rule)
    return standing


def _words(line: str) -> list[str]:
    stripped = line.strip()
    if not stripped or stripped.startswith("#"):
        return []
    try:
        return shlex.split(stripped)
    except ValueError:
        return []


def _watch(words: list[str], folders: Container[str]) -> AuditRule | None:
    """`-w PATH`: on a folder it reaches everything below it."""
    options = _options(words)
    path = next(iter(options.get("-w", [])), "")
    permissions = next(iter(options.get("-p", [])), EVERY_ACCESS)
    return _rule(path, permissions, recursive=path.endswith("/") or path in folders)


def _syscall(words: list[str]) -> AuditRule | None:
    """`-a always,exit -F path=…`, which is that path alone, or `-F dir=…`, which is all below it too.

    None for a rule that says more than which accesses of a path count.
    """
    options = _options(words)
    fields = options.get("-F", [])
    if "-C" in options or _list(words) != "exit" or not all(map(OF_A_WATCH.fullmatch, fields)):
        return None
    named = {match[1]: match[3] for match in map(FIELD.fullmatch, fields) if match and match[2] == "="}
    every_call = set(options.get("-S", ["all"])) == {"all"}
    if "perm" not in named and not every_call:
        return None
    permissions = named.get("perm", EVERY_ACCESS)
    if "dir" in named:
        return _rule(named["dir"], permissions, recursive=True)
    return _rule(named.get("path", ""), permissions, recursive=False)


def _rule(path: str, permissions: str, *, recursive: bool) -> AuditRule | None:
    if not path.startswith("/") or not set(permissions) <= set(EVERY_ACCESS) or not permissions:
        return None
    plain = path.rstrip("/") or "/"
    return AuditRule(plain, "".join(letter for letter in EVERY_ACCESS if letter in permissions), recursive)


def _options(words: list[str]) -> dict[str, list[str]]:
    """Each option with its values; auditctl has none without a value here."""
    found: dict[str, list[str]] = {}
    for option, value in pairwise(words):
        if option.startswith("-") and len(option) == 2:
            found.setdefault(option, []).append(value)
    return found


def _action(words: list[str]) -> str:
    return next(iter({"always", "never"} & set(_list_words(words))), "")


def _list(words: list[str]) -> str:
    return "exit" if set(_list_words(words)) in ({"always", "exit"}, {"never", "exit"}) else ""


def _list_words(words: list[str]) -> list[str]:
    """`always,exit`, in either order."""
    return words[1].split(",") if len(words) > 1 else []
