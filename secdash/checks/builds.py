"""Which versions of which parts an Engine consists of, and whether their numbers say all that there is to say."""

from __future__ import annotations

from secdash.checks.releases.versions import has_suffix
from secdash.checks.remedy import FixFor
from secdash.facts.message import say
from secdash.facts.model import Engine, known

# What Docker calls its own builds in Platform.Name. A distribution's package leaves the name empty.
OF_DOCKER = ("Docker Engine - Community", "Docker Desktop")
DESKTOP = "Docker Desktop"
RUNC = "runc version "
NOT_OF_DOCKER = say("Docker did not build this one; ask the distribution's security tracker whether it is repaired.")


def is_of_docker(engine: Engine, version: str) -> bool:
    """Whether nobody but Docker built it, so that its number says which repairs it has."""
    return not has_suffix(version) and known(engine.platform).startswith(OF_DOCKER)


def part(engine: Engine, name: str) -> str | None:
    """The version of a part as the Engine lists it; None where it lists no such part."""
    return next((each.version for each in known(engine.components) if each.name == name), None)


def runc(engine: Engine) -> str | None:
    """The version of runc. Podman lists it as a runtime, with all that the program says of itself."""
    if not engine.podman:
        return part(engine, "runc")
    said = part(engine, "OCI Runtime (runc)")
    return said and said.partition("\n")[0].removeprefix(RUNC)


def outside_desktop(fix: FixFor) -> FixFor:
    """The fix, but for Docker Desktop, which brings its Engine along and knows no packages."""
    return lambda engine: None if is_desktop(engine) else fix(engine)


def is_desktop(engine: Engine) -> bool:
    return isinstance(engine.platform, str) and engine.platform.startswith(DESKTOP)


def desktop(engine: Engine) -> str | None:
    """The version of Docker Desktop, "" where it is not written; None where this is something else."""
    name = known(engine.platform)
    if not name.startswith(DESKTOP):
        return None
    return name.removeprefix(DESKTOP).strip().partition(" ")[0]
