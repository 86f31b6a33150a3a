"""What runs in a container: the lines of `top` and the exec sessions."""

from __future__ import annotations

from secdash.facts.answers import Failure
from secdash.facts.message import say
from secdash.facts.model import Exec, Process, Unknown
from secdash.facts.parse.reading import Malformed, Node, flag, in_order, in_record_order, items, mapping, text

USER_TITLES = ("UID", "USER", "RUSER", "EUSER")
COMMAND_TITLES = ("CMD", "COMMAND", "ARGS", "COMM")
RUNNING = ("running", "paused", "restarting")


def processes(top: object, state: str | Unknown) -> tuple[Process, ...] | Unknown:
    """Each kind of process once: how many workers there are at the moment changes from look to look."""
    if top is None:
        return _none_looked_at(state)
    return Node(top, "top").read(_process_table)


def _none_looked_at(state: str | Unknown) -> tuple[Process, ...] | Unknown:
    if isinstance(state, Unknown):
        return state
    if state in RUNNING:
        return Unknown(say("The processes of this container were not listed."))
    return ()


def _process_table(value: object) -> tuple[Process, ...]:
    table = mapping(value)
    titles = _words(in_order(text)(table.get("Titles")))
    user, command = _column(titles, USER_TITLES), _column(titles, COMMAND_TITLES)
    rows = [_words(in_order(text)(row), len(titles)) for row in items(table.get("Processes") or [])]
    return in_record_order({_process(row, user, command) for row in rows})


def _words(cells: tuple[str, ...], columns: int = -1) -> list[str]:
    """The cells of a row; Podman 4 writes a whole row as one cell (measured)."""
    return cells[0].split(None, columns - 1 if columns > 0 else -1) if len(cells) == 1 else list(cells)


def _column(titles: list[str], wanted: tuple[str, ...]) -> int:
    for index, title in enumerate(titles):
        if title.upper() in wanted:
            return index
    raise Malformed


def _process(row: list[str], user: int, command: int) -> Process:
    if max(user, command) >= len(row):
        raise Malformed
    return Process(row[user], program(row[command]))


def program(command_line: str) -> str:
    """What runs: "-bash" (a login shell) is bash, "sshd: alice" is sshd, "/usr/sbin/nginx -g …" is nginx."""
    first = (command_line.split(None, 1) or [""])[0]
    if first.startswith("[") and first.endswith("]"):  # a thread of the kernel
        return first
    return first.rpartition("/")[2].removeprefix("-").removesuffix(":")


def live_execs(execs: object, ids: Node, probe: Node) -> tuple[Exec, ...] | Unknown:
    """The sessions that still run. The Engine says null where there never was one.

    The health check's own are left out: they are nobody's session, and come and go from look to look.
    """
    known_ids = ids.read(in_order(text), absent=(), null=())
    if isinstance(known_ids, Unknown):
        return known_ids
    if not known_ids:
        return ()
    if isinstance(execs, Failure):
        return Unknown(execs.why)
    if not isinstance(execs, list | tuple):
        return Unknown(say("The exec sessions of this container were not read."))
    test = probe.read(in_order(text))
    declared = () if isinstance(test, Unknown) else test
    found = [Node(answer, "exec").read(lambda value: _exec(value, declared)) for answer in execs]
    for session in found:
        if isinstance(session, Unknown):
            return session
    return in_record_order(session for session in found if isinstance(session, Exec))


def _exec(value: object, probe: tuple[str, ...]) -> Exec | None:
    found = mapping(value)
    if not flag(found.get("Running")):
        return None
    process = mapping(found.get("ProcessConfig"))
    if _is_of(probe, process):
        return None
    return Exec(
        privileged=flag(process.get("privileged", False)),
        user=text(process.get("user", "")),
        command=program(text(process.get("entrypoint"))),
    )


def _is_of(probe: tuple[str, ...], process: dict[str, object]) -> bool:
    """Whether this is what the health check runs: its words, after a shell where it is one line for a shell."""
    arguments = process.get("arguments")
    words = (process.get("entrypoint"), *(arguments if isinstance(arguments, list) else ()))
    kind, told = probe[:1], probe[1:]
    return bool(told) and told == (words if kind == ("CMD",) else words[-1:])
