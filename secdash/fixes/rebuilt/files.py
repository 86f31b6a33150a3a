"""What the container sees of files: its root, mounts, memory file systems."""

from __future__ import annotations

from typing import Any

from secdash.checks.service import mount_entry, mount_source, tmpfs_entry
from secdash.facts.model import Container, Mount
from secdash.fixes.quantities import size
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

USUAL_SHM = (0, 64 << 20, 65_536_000)  # of Docker, of Podman
PODMANS_TMPFS_OPTIONS = ("rprivate", "tmpcopyup")


def keys(about: About) -> Keys:
    container = about.container
    shm = seen(container.shm_size, 0)
    return filled(
        read_only=seen(container.readonly_rootfs, False),
        volumes=[_volume(mount) for mount in seen(container.mounts, ()) if not _comes_by_itself(mount, about)],
        tmpfs=[tmpfs_entry(path, _asked(options)) for path, options in seen(container.tmpfs, ())],
        volumes_from=[f"container:{source}" for source in seen(container.volumes_from, ())],
        shm_size="" if shm in USUAL_SHM else size(shm),
    )


def _asked(options: str) -> str:
    """Without the words that Podman adds to every one, and Docker refuses."""
    return ",".join(word for word in options.split(",") if word not in PODMANS_TMPFS_OPTIONS)


def has_tmpfs_mount(container: Container) -> bool:
    """Whether a memory file system was asked for with `--mount`, whose size and mode are not among the facts."""
    return any(mount.type == "tmpfs" for mount in seen(container.mounts, ()))


def _comes_by_itself(mount: Mount, about: About) -> bool:
    """An anonymous volume that the image declares, or that another container lends."""
    if mount.type != "volume" or mount_source(mount):
        return False
    return mount.destination in (about.of_image("volumes") or ()) or bool(seen(about.container.volumes_from, ()))


def _volume(mount: Mount) -> str | dict[str, Any]:
    """The short syntax, unless a colon in a path or the type of mount forbids it."""
    source = mount_source(mount) if mount.type == "volume" else mount.source
    if mount.type in ("bind", "volume") and ":" not in source + mount.destination:
        return mount_entry(mount)
    return filled(type=mount.type, source=source, target=mount.destination, read_only=mount.read_only) | filled(
        bind=filled(propagation="" if mount.propagation == "rprivate" else mount.propagation)
    )
