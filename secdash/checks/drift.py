"""What became of a container since it was created: programs that are no longer those of its image."""

from __future__ import annotations

import shlex

from secdash.checks.engine import check
from secdash.checks.isolation import NOT_RUNNING, is_stopped
from secdash.checks.outcome import MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import CommandFix
from secdash.facts.message import say
from secdash.facts.model import Container, known


def _from_its_image(container: Container) -> CommandFix:
    """Looking first: what was changed is evidence, and goes with the container."""
    name = shlex.quote(container.name)
    return CommandFix(
        say("Look at what was changed, keep a copy if it may be an intruder's, and create it anew from its image."),
        (
            f"docker diff {name}",
            f"docker export --output {shlex.quote(f'{container.name}.tar')} {name}",
            "docker compose up --detach --force-recreate",
        ),
    )


@check(Container, severity=MEDIUM, risks=("mutable-filesystem",), fix=_from_its_image)
def programs_changed(container: Container) -> Outcome:
    """Programs changed since it was created"""
    if is_stopped(container) and not known(container.readonly_rootfs):
        return not_applicable(NOT_RUNNING)
    found = list(known(container.changed_programs))
    reason = say(
        "It runs what nobody built: %(programs)s. Updates by hand look the same as an intruder.", programs=_few(found)
    )
    return fails_if(bool(found), reason, {"changes": found})


def _few(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (", …" if len(paths) > 3 else "")
