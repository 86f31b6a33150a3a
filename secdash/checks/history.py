"""How an image was built, as far as its history tells: each line taken apart, whichever builder wrote it.

BuildKit writes `RUN /bin/sh -c make # buildkit` and `COPY a /b # buildkit`. The classic builder writes
`/bin/sh -c make` for RUN and `/bin/sh -c #(nop) COPY file:0a1b… in /b` for all else, after the shell that SHELL
chose. Both put build arguments first: `|2 A=1 B=2 /bin/sh -c make`. Neither keeps the options of RUN, so a cache
or a secret that was mounted for a step cannot be seen; nor does BuildKit keep the checksum of an ADD.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from secdash.facts.message import say
from secdash.facts.model import FactMissing, Image, Unknown, known

IMPORTED = Unknown(say("Its history says nothing; it was imported, or built by something that leaves no history."))

HISTORY = "history[].CreatedBy"
APT = ("apt", "apt-get", "aptitude")
YUM = ("yum", "dnf", "microdnf", "tdnf")

BUILDKIT = "# buildkit"
NOT_RUN = re.compile(r"/[^#]{1,300} #\(nop\)\s{1,3}")
INSTRUCTION = re.compile(
    r"(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|"
    r"WORKDIR)\s+"
)
RUN_OPTIONS = re.compile(r"\A(?:--[a-z]+(?:=\S+)?\s+)+")
ARGUMENTS = re.compile(r"\|\d{1,4}\s+(?:.*?(?=\s/\S+\s)|(?:\S+=\S*\s*)*)", re.DOTALL)
SHELL = re.compile(r"\s*/\S+(?:\s+[-+]\S+|\s+pipefail)*?\s+-\w*c\s+")

# A word with its quotes, or what stands between commands. No two repetitions can match the same text.
TOKEN = re.compile(
    r"""(?:&>>?|[<>]{1,3}&?)|(?P<end>&&|\|\||\|&|[;&|()\n])|"""
    r"""(?P<word>(?:[^\s;&|()<>"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+)""",
    re.DOTALL,
)
QUOTES = str.maketrans("", "", "\"'")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
# What may stand before a command's own name.
LEADING = frozenset(
    {"!", "{", "then", "do", "else", "elif", "if", "while", "until", "exec", "time", "env", "command", "sudo"}
)
# Options of package managers that have their value in the next word.
VALUED = frozenset({"-o", "-c", "-t", "-X", "--repository", "--root"})


class Command(msgspec.Struct, frozen=True):
    """A command of a RUN step, its quotes taken off. `before` are assignments, keywords and sudo; the program is
    without its path. `piped`: it reads what the command before it writes."""

    program: str
    arguments: tuple[str, ...]
    before: tuple[str, ...]
    piped: bool

    @property
    def verb(self) -> str:
        """`install` of `apt-get -o Debug::x=1 -y install curl`."""
        pairs = zip(("", *self.arguments), self.arguments, strict=False)
        return next((word for before, word in pairs if not word.startswith("-") and before not in VALUED), "")


class Step(msgspec.Struct, frozen=True):
    """A line of the history. `text` is what follows the instruction; of a RUN, the command without its shell."""

    line: str
    instruction: str
    text: str
    buildkit: bool
    size: int

    @property
    def commands(self) -> tuple[Command, ...]:
        return _commands(self.text) if self.instruction == "RUN" else ()


def steps(image: Image) -> list[Step]:
    """Newest first. Raises FactMissing where the history is unknown or says nothing."""
    found = [read(step.created_by, step.size) for step in known(image.history) if step.created_by.strip()]
    if not found:
        raise FactMissing(IMPORTED)
    return found


@lru_cache(maxsize=4096)
def read(line: str, size: int = 0) -> Step:
    text = line.rstrip().removesuffix(BUILDKIT).rstrip()
    buildkit = text != line.rstrip()
    not_run = NOT_RUN.match(text)
    named = INSTRUCTION.match(text, not_run.end() if not_run else 0)
    if named and named[1] != "RUN":
        return Step(line, named[1], text[named.end() :], buildkit, size)
    command = RUN_OPTIONS.sub("", text[named.end() :] if named else text)
    return Step(line, "RUN", _without_shell(command), buildkit, size)


def _without_shell(command: str) -> str:
    arguments = ARGUMENTS.match(command)
    rest = command[arguments.end() :] if arguments else command
    shell = SHELL.match(rest)
    return rest[shell.end() :] if shell else rest.strip()


@lru_cache(maxsize=4096)  # each check of a history asks for them, and images share their base's steps
def _commands(text: str) -> tuple[Command, ...]:
    found: list[Command] = []
    words: list[str] = []
    piped = False
    for token in TOKEN.finditer("\n".join(_code(text))):
        if token["end"] is None:
            words += [token["word"].translate(QUOTES)] if token["word"] else []
            continue
        if words:
            found.append(_command(words, piped))
        piped, words = token["end"] in ("|", "|&"), []
    return (*found, _command(words, piped)) if words else tuple(found)


def _command(words: list[str], piped: bool) -> Command:
    """Options that follow a leading word, as `-E` of sudo, are that word's."""
    led = False
    for place, word in enumerate(words):
        if word in LEADING or ASSIGNMENT.match(word):
            led = True
        elif not (led and word.startswith("-")):
            return Command(word.rpartition("/")[2], tuple(words[place + 1 :]), tuple(words[:place]), piped)
    return Command("", (), tuple(words), piped)


def _code(text: str) -> list[str]:
    """The lines of a script, continued ones joined, without those that only comment."""
    return [line for line in text.replace("\\\n", " ").split("\n") if not line.lstrip().startswith("#")]
