"""What a reader would have seen of a host, for the tests of what is made of it."""

from __future__ import annotations

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Entry, Folder, Process, Seen
from secdash.facts.files.wanted import rounds
from secdash.facts.message import say

REFUSED = Failure(say("Not for us."))
NO_PROCESS = Failure(say("No process is seen."))
DAEMON = Process(("/usr/bin/dockerd",))
ACCOUNTS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\n",
    "/etc/group": "root:x:0:\ndocker:x:998:ann\n",
}


class Tree:
    """A host in memory, read as one on a disk is. A text is a file; an Entry or a Failure stands for itself."""

    def __init__(self, things: dict[str, str | Entry | Failure]) -> None:
        self.things = things

    def look(self, wanted):
        folders = {folder: self._names(folder) for folder in wanted.folders}
        within = {f"{f.path}/{name}" for f, names in folders.items() if isinstance(names, tuple) for name in names}
        entries = {path: self._entry(path) for path in wanted.entries | wanted.texts | within}
        texts = {path: self.things[path] for path in entries if isinstance(self.things.get(path), str)}
        return Seen("test", NO_PROCESS, entries=entries, texts=texts, folders=folders)

    def _entry(self, path):
        thing = self.things.get(path)
        if isinstance(thing, str):
            return Entry("file", 0o644, 0, 0)
        if thing is None and any(other.startswith(f"{path}/") for other in self.things):
            return Entry("folder", 0o755, 0, 0)
        return thing

    def _names(self, folder: Folder):
        if isinstance(self.things.get(folder.path), Failure):
            return self.things[folder.path]
        below = [path.removeprefix(f"{folder.path}/") for path in self.things if path.startswith(f"{folder.path}/")]
        names = {name.partition("/")[0] for name in below}
        return tuple(sorted(name for name in names if name.endswith(folder.suffix))) if names else None


def seen(things=None, *, daemon=DAEMON, **about) -> Seen:
    """Everything that matters of a host with these things, and the usual accounts."""
    return rounds(Tree({**ACCOUNTS, **(things or {})}), Seen("test", daemon, **about))
