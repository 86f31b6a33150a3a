"""The daemon's own settings, where the files of the host were read."""

from __future__ import annotations

from typing import Any

from secdash.facts.model import Snapshot, known


def setting(snapshot: Snapshot, name: str) -> Any:
    """The value by its name in daemon.json, None where nobody set it. Raises FactMissing where nobody could look."""
    configuration = known(known(snapshot.host).daemon)
    return next((each.value for each in known(configuration.settings) if each.name == name), None)
