"""What a POSIX shell is asked to print of a host's files, and what is read out of its answer."""

from __future__ import annotations

import re
import shlex
import stat

from secdash.facts.answers import Failure
from secdash.facts.files.seen import LARGEST_TEXT, MOST_NAMES, TOO_LONG, TOO_MANY, Entry, Folder, Glimpse, Wanted
from secdash.facts.message import say

NOT_ANSWERED = Failure(say("The host did not answer for this file: its account may not run the programs of a shell."))
NOT_A_PATH = Failure(say("This is not a path that secdash asks a shell for."))
MISSING = ("No such file or directory", "Not a directory")

MODE = re.compile("[0-9a-f]{1,8}")
STATUS = re.compile(rf"({MODE.pattern}) ([0-9]{{1,10}}) ([0-9]{{1,10}})")

Chunks = list[tuple[str, str, bytes]]

FIELD = b"\x01"
# Each answer is a letter, a path and a content, and ends with a mark that is drawn anew for every round: no file of the
# host can hold it. The programs' words are English, whatever the language of the account.
FUNCTIONS = rf"""
LC_ALL=C; export LC_ALL
no_links=
begin() {{ printf '%s\001%s\001' "$1" "$2"; }}
end() {{ printf '%s' "$mark"; }}
look() {{
  begin E "$1"
  if [ ! -e "$1" ] && [ ! -h "$1" ] && [ -x "${{1%/*}}/" ]; then
    printf 'No such file or directory'  # without a process of its own for each of many
  else
    stat -L -c '%f %u %g' -- "$1" 2>&1
  fi
  end
}}
text() {{
  if [ ! -f "$1" ] || {{ [ "$no_links" ] && [ -h "$1" ]; }}; then return; fi
  if [ -r "$1" ]; then begin T "$1"; head -c {LARGEST_TEXT + 1} -- "$1" 2>/dev/null; else begin X "$1"; fi
  end
}}
folder() {{
  if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then
    for file in "$1"/*"$2"; do
      if [ -e "$file" ] || [ -h "$file" ]; then
        begin N "$1"; printf '%s' "${{file##*/}}"; end
        look "$file"
        if [ "$3" ]; then text "$file"; fi
      fi
    done
    begin F "$1"; end
  else
    begin G "$1"; stat -L -c '%f' -- "$1" 2>&1; end
  fi
}}
"""
PROCESSES = """
processes() {
  for place in /proc/[0-9]*; do
    if read -r name <"$place/comm" && [ "$name" = dockerd ]; then
      for file in cmdline status mountinfo; do begin P "$place/$file"; cat "$place/$file"; end; done
    fi
  done 2>/dev/null
  begin P /proc/1/mountinfo; cat /proc/1/mountinfo 2>/dev/null; end
}
"""


def chunks_of(output: bytes, mark: str) -> Chunks:
    """The answers, as far as the last mark."""
    chunks = [chunk.split(FIELD, 2) for chunk in output.split(mark.encode())[:-1]]
    return [(_plain(parts[0]), _plain(parts[1]), parts[2]) for parts in chunks if len(parts) == 3]


def lines_for(wanted: Wanted) -> list[str]:
    """The calls that answer all of it."""
    texts = sorted(path for path in wanted.texts if _is_plain(path))
    entries = sorted(path for path in wanted.entries if _is_plain(path))
    folders = sorted(wanted.folders, key=lambda folder: folder.path)
    return [
        *(f"look {shlex.quote(path)}" for path in (*entries, *texts)),
        *(f"text {shlex.quote(path)}" for path in texts),
        *(_folder_line(folder) for folder in folders),
    ]


def glimpse_of(wanted: Wanted, chunks: Chunks | Failure) -> Glimpse:
    if isinstance(chunks, Failure):
        return Glimpse(dict.fromkeys(wanted.entries | wanted.texts, chunks), {}, dict.fromkeys(wanted.folders, chunks))
    unanswered = {path: NOT_ANSWERED if _is_plain(path) else NOT_A_PATH for path in wanted.entries | wanted.texts}
    entries = {path: _entry(path, content) for path, content in contents(chunks, "E").items()}
    texts = {path: _text(content) for path, content in contents(chunks, "T").items()}
    unread = {path: refused(path) for path in contents(chunks, "X")}
    folders = {folder: _names(folder, chunks) for folder in wanted.folders}
    return Glimpse({**unanswered, **entries}, {**texts, **unread}, folders)


def contents(chunks: Chunks, letter: str) -> dict[str, bytes]:
    return {path: content for found, path, content in chunks if found == letter}


def _entry(path: str, content: bytes) -> Entry | Failure | None:
    """`81a4 0 0`, or the words of stat."""
    words = content.decode(errors="replace").strip()
    fields = STATUS.fullmatch(words)
    if fields:
        mode = int(fields[1], 16)
        return Entry(_type(mode), stat.S_IMODE(mode), int(fields[2]), int(fields[3]))
    return None if words.endswith(MISSING) else refused(path)


def _text(content: bytes) -> str | Failure:
    return Failure(TOO_LONG) if len(content) > LARGEST_TEXT else content.decode(errors="replace")


def _names(folder: Folder, chunks: Chunks) -> tuple[str, ...] | Failure | None:
    names = sorted(_plain(content) for letter, path, content in chunks if (letter, path) == ("N", folder.path))
    if folder.path in contents(chunks, "F"):
        return Failure(TOO_MANY) if len(names) > MOST_NAMES else tuple(names)
    told = contents(chunks, "G").get(folder.path)
    return NOT_ANSWERED if told is None else _no_folder(folder.path, told.decode(errors="replace").strip())


def _no_folder(path: str, told: str) -> Failure | None:
    """What stat says of what could not be listed: its mode in hexadecimal digits, or why there is none."""
    is_something_else = MODE.fullmatch(told) and not stat.S_ISDIR(int(told, 16))
    return None if is_something_else or told.endswith(MISSING) else refused(path)


def _folder_line(folder: Folder) -> str:
    return f"folder {shlex.quote(folder.path)} {shlex.quote(folder.suffix)} {'read' if folder.read else ''}"


def _plain(word: bytes) -> str:
    return word.decode(errors="surrogateescape")


def _is_plain(path: str) -> bool:
    return path.startswith("/") and path.isprintable()


def _type(mode: int) -> str:
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISSOCK, "socket"))
    return next((name for is_one, name in kinds if is_one(mode)), "other")


def refused(path: str) -> Failure:
    return Failure(
        say("The user who signs in over SSH may not read %(path)s. Let this user, or take another.", path=path)
    )
