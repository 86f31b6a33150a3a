"""Which of a host's files are looked at: a fixed list, and what the daemon's configuration names. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Entry, Folder, Glimpse, Reader, Seen, Wanted
from secdash.facts.parse.host import audit, configuration, units
from secdash.facts.parse.host.layout import Layout, layout_of
from secdash.facts.unasked import Part, not_asked

MOST_ROUNDS = 4  # a fixed list, what the configuration names, what that names in turn; one on an ordinary host
MOST_REGISTRIES = 50
MOST_WATCHES = 200

ACCOUNTS = ("/etc/passwd", "/etc/group")
KERNEL_TABLES = ("/proc/1/mountinfo", "/proc/1/net/tcp", "/proc/1/net/tcp6")


def rounds(reader: Reader, seen: Seen, *, only: str = "") -> Seen:
    """Everything that matters on the host, seen through this reader; or `only` what says how this one path stands.

    What is passed over then is marked as not asked for, so that nobody takes it for missing.
    """
    for _ in range(MOST_ROUNDS):
        wanted = still_wanted(seen)
        asked = _without(wanted, beside(only, wanted, seen)) if only else wanted
        if not asked:
            break
        seen = seen.and_also(reader.look(asked))
    return seen.and_also(_marked(still_wanted(seen))) if only else seen


def beside(path: str, wanted: Wanted, seen: Seen) -> Wanted:
    """What is wanted for the sake of other paths. Never texts, which say where things are, nor what is audited."""
    places = [paths for paths in layout_of(seen).places.values() if path in paths]
    kept = {path, *(other for paths in places for other in paths), *_watched(seen)}
    return Wanted(
        entries=wanted.entries - kept,
        folders=frozenset(
            folder for folder in wanted.folders if not folder.read and not path.startswith(f"{folder.path}/")
        ),
    )


def _marked(passed_over: Wanted) -> Glimpse:
    mark = not_asked(Part.EVERY_FILE)
    entries: dict[str, Entry | Failure | None] = dict.fromkeys(passed_over.entries | passed_over.texts, mark)
    folders: dict[Folder, tuple[str, ...] | Failure | None] = dict.fromkeys(passed_over.folders, mark)
    return Glimpse(entries=entries, folders=folders)


def _without(wanted: Wanted, passed_over: Wanted) -> Wanted:
    return Wanted(wanted.entries - passed_over.entries, wanted.texts, wanted.folders - passed_over.folders)


def still_wanted(seen: Seen) -> Wanted:
    """What matters, as far as what was seen tells, and has not been looked at."""
    layout = layout_of(seen)
    texts = {*ACCOUNTS, *KERNEL_TABLES, audit.RULES, *units.files(layout), *configuration.texts(seen, layout)}
    folders = {*units.drop_ins(layout), audit.RULES_FOLDER, *_registries(seen, layout)}
    entries = {
        *(path for places in layout.places.values() for path in places),
        *configuration.paths(seen, layout),
        *_watched(seen),
        *(path for path in (seen.socket, seen.root_dir) if path.startswith("/")),
    }
    return Wanted(
        entries=frozenset(path for path in entries if path not in seen.entries and path not in texts),
        texts=frozenset(path for path in texts if path not in seen.entries),
        folders=frozenset(folder for folder in folders if folder not in seen.folders),
    )


def _registries(seen: Seen, layout: Layout) -> Iterable[Folder]:
    """certs.d, and the folder of each registry in it."""
    names = seen.folders.get(layout.registries)
    within = names if names and not isinstance(names, Failure) else ()
    return (layout.registries, *(layout.registry(name) for name in within[:MOST_REGISTRIES]))


def _watched(seen: Seen) -> Iterable[str]:
    """Paths that audit rules watch: a watch on a folder reaches what is below it, and only a look tells a folder."""
    rules = audit.rules(seen)
    return () if isinstance(rules, Failure) else sorted({rule.path for rule in rules})[:MOST_WATCHES]
