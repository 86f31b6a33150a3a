"""Where a daemon keeps its files: the usual places, or below the home of the user whose rootless daemon it is."""

from __future__ import annotations

import msgspec

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Folder, Seen
from secdash.facts.parse.host import accounts
from secdash.facts.places import PLACES, REGISTRY_CERTIFICATES, UNIT_FOLDERS, rootless_places


class Layout(msgspec.Struct, frozen=True):
    """The places by role, the folders of unit files as systemd ranks them, and where daemon.json is by default."""

    places: dict[str, tuple[str, ...]]
    unit_folders: tuple[str, ...]
    configuration: str
    client_folder: str  # where TLS files lie that no option names
    registries: Folder

    def registry(self, name: str) -> Folder:
        return Folder(f"{self.registries.path}/{name}", ".crt")


ROOTFUL = Layout(PLACES, UNIT_FOLDERS, "/etc/docker/daemon.json", "/root/.docker", Folder(REGISTRY_CERTIFICATES))


def layout_of(seen: Seen) -> Layout:
    """A daemon of an ordinary user is rootless, and has its files in that user's home."""
    if isinstance(seen.daemon, Failure) or seen.daemon.uid == 0:
        return ROOTFUL
    passwd = seen.text("/etc/passwd")
    home = accounts.home(passwd, seen.daemon.uid) if isinstance(passwd, str) else ""
    return rootless(home, seen.daemon.uid) if home else ROOTFUL


def rootless(home: str, uid: int) -> Layout:
    units = (f"{home}/.config/systemd/user", "/etc/systemd/user", "/run/systemd/user", "/usr/lib/systemd/user")
    return Layout(
        places=rootless_places(home, uid, units),
        unit_folders=units,
        configuration=f"{home}/.config/docker/daemon.json",
        client_folder=f"{home}/.docker",
        registries=Folder(f"{home}/.config/docker/certs.d"),
    )
