"""Reading over SSH what root alone may read: a program that an administrator installs, and a rule for sudo to run it.

A rule that lets an account run `cat` or `stat` as root lets it read everything. So it may run one file, which takes no
argument, prints a fixed list of places, and reads nothing that anybody but root could have put there: an account that
owned /etc/docker could otherwise lay a link to /etc/shadow there, and have it read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Glimpse, Wanted
from secdash.facts.files.shell import FUNCTIONS, NOT_ANSWERED, PROCESSES, Chunks, glimpse_of, lines_for, refused
from secdash.facts.message import Message, say
from secdash.facts.parse.host import audit, units
from secdash.facts.parse.host.layout import ROOTFUL
from secdash.facts.places import DAEMON_JSON, PLACES

T = TypeVar("T")

READER = "/usr/local/sbin/secdash-read"
STARTS, ENDS = "R", "Q"  # letters of the answers around those of the reader
MOST_REGISTRIES = 50

# These are read, the others merely looked at. Programs are left out: everybody may look at them.
TEXTS = frozenset({*PLACES[DAEMON_JSON], *units.files(ROOTFUL), audit.RULES})
ENTRIES = frozenset(path for paths in PLACES.values() for path in paths if not path.startswith("/usr/")) - TEXTS
FOLDERS = frozenset({*units.drop_ins(ROOTFUL), audit.RULES_FOLDER, ROOTFUL.registries})

GUARD = r"""
# Whether nobody but root could put anything there: no folder on the way is a link, another's, or open to others.
roots() {
  place=$1
  while :; do
    set -- $(stat -c '%u %A' -- "${place:-/}" 2>/dev/null)
    case "$1 $2" in 0\ d????[!w]??[!w]*) ;; *) return 1 ;; esac
    if [ ! "$place" ]; then return 0; fi
    place=${place%/*}
  done
}
"""
HEAD = """\
#!/bin/sh
# secdash reads the settings of a Docker host with this, run by sudo: what is named below, and nothing else. It takes no
# arguments and changes nothing. On its input it is told a word of hexadecimal digits that ends each answer.
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
unset IFS
IFS= read -r mark || exit 2
case $mark in "" | *[!0-9a-f]*) exit 2 ;; esac
"""


REGISTRIES = f"""\
left={MOST_REGISTRIES}
for registry in {ROOTFUL.registries.path}/*; do
  if [ "$left" -gt 0 ] && roots "$registry"; then folder "$registry" .crt; left=$((left - 1)); fi
done
processes
"""


def program() -> str:
    """The file to install, the same for every host."""
    lines = sorted((_folder_above(line), _guarded(line)) for line in lines_for(Wanted(ENTRIES, TEXTS, FOLDERS)))
    blocks = [
        f"if roots {folder}; then\n{''.join(line for _folder, line in calls)}fi\n"
        for folder, calls in groupby(lines, key=itemgetter(0))
    ]
    return "".join([HEAD, FUNCTIONS, "no_links=yes", PROCESSES, GUARD, *blocks, REGISTRIES])


def _folder_above(line: str) -> str:
    return posixpath.dirname(line.split()[1])


def _guarded(line: str) -> str:
    """A folder that is listed must be root's itself; that there is none may be said where the one above it is."""
    path = line.split()[1]
    return f"  if [ ! -e {path} ] || roots {path}; then {line}; fi\n" if line.startswith("folder") else f"  {line}\n"


# What a round's script says to have the reader's answers too, where one is installed and the account is not root.
CALL = f"""
if [ "$(id -u)" != 0 ] && [ -e {READER} ]; then
  begin {STARTS} {READER}; end
  printf '%s\\n' "$mark" | sudo -n {READER}
  begin {ENDS} {READER}; end
fi
"""


def apart(chunks: Chunks) -> tuple[Chunks, Chunks | None]:
    """The answers of the account, and those of the reader; None for those of one that is not installed."""
    starts = next((at for at, (letter, _, _) in enumerate(chunks) if letter == STARTS), None)
    if starts is None:
        return chunks, None
    return chunks[:starts], [chunk for chunk in chunks[starts:] if chunk[0] not in (STARTS, ENDS)]


def completed(wanted: Wanted, own: Glimpse, reader: Chunks | None) -> Glimpse:
    """What the account saw, with the reader's word for what it may not see."""
    if not reader:
        return _advised(own, not_installed if reader is None else not_allowed)
    roots = glimpse_of(wanted, reader)
    folders = {folder: _better(names, roots.folders[folder]) for folder, names in own.folders.items()}
    listed = {f"{folder.path}/{name}" for folder, names in folders.items() for name in _if_known(names)}
    paths = own.entries.keys() | listed
    entries = {
        path: _better(own.entries.get(path, NOT_ANSWERED), roots.entries.get(path, NOT_ANSWERED)) for path in paths
    }
    texts = {
        path: _better(own.texts.get(path, NOT_ANSWERED), text) for path, text in roots.texts.items() if path in paths
    }
    return Glimpse(entries, own.texts | texts, folders)


def _better(own: T | Failure, roots: T | Failure) -> T | Failure:
    return roots if isinstance(own, Failure) and not isinstance(roots, Failure) else own


def _if_known(names: tuple[str, ...] | Failure | None) -> tuple[str, ...]:
    return names if isinstance(names, tuple) else ()


def _advised(own: Glimpse, advice: Callable[[str], Message]) -> Glimpse:
    """The same, with what to do where the account may not read what the reader would."""

    def advised(path: str, fact: T | Failure) -> T | Failure:
        is_meant = fact == refused(path) and covers(path)
        return Failure(advice(path)) if is_meant else fact

    return Glimpse(
        {path: advised(path, entry) for path, entry in own.entries.items()},
        {path: advised(path, text) for path, text in own.texts.items()},
        {folder: advised(folder.path, names) for folder, names in own.folders.items()},
    )


def not_installed(path: str) -> Message:
    return say(
        "The user who signs in over SSH may not read %(path)s. Let this user read it through sudo: “Commands for the "
        "other side” of this host's connection shows how.",
        path=path,
    )


def not_allowed(path: str) -> Message:
    return say(
        "Root alone may read %(path)s, and sudo did not run %(program)s for the user who signs in over SSH. Check "
        "/etc/sudoers.d/secdash on this host.",
        path=path,
        program=READER,
    )


def covers(path: str) -> bool:
    """Whether the reader reads, or looks at, this path."""
    return path in ENTRIES | TEXTS or any(f"{path}/".startswith(f"{folder.path}/") for folder in FOLDERS)
