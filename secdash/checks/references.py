"""How containers name their images, and secrets in what everybody may read of a container."""

from __future__ import annotations

import re
import shlex

from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, passes
from secdash.checks.remedy import CommandFix
from secdash.facts.message import say
from secdash.facts.model import Container, Snapshot, known

BY_CONTENT = re.compile(r".*@sha256:[0-9a-f]{64}|(?:sha256:)?[0-9a-f]{64}|[0-9a-f]{12}")
# Tags that go on to the next version by themselves, and words that say nothing of a version beside them.
MOVING = re.compile(
    r"latest|stable|main|master|trunk|develop|development|dev|edge|nightly|canary|rolling|unstable|head|release|prod|"
    r"production|current|lts|mainline|next|beta|alpha|snapshot"
)
VARIANT = re.compile(r"alpine|slim|debian|ubuntu|distroless|minimal|full|nonroot|debug")


def _pin(container: Container) -> CommandFix:
    reference = shlex.quote(known(container.image))
    return CommandFix(
        say("Ask which content the tag names now, and write NAME:TAG@sha256:… as the image instead."),
        (f"docker image inspect --format '{{{{join .RepoDigests \"\\n\"}}}}' {reference}",),
    )


@check(
    Container,
    severity=MEDIUM,
    risks=("supply-chain",),
    fix=_pin,
    far=("images",),
)
def moving_tag(container: Container, snapshot: Snapshot) -> Outcome:
    """Image named by a moving tag"""
    reference = known(container.image)
    seen = {"Config.Image": reference}
    if BY_CONTENT.fullmatch(reference) or not is_moving(reference):
        return passes(seen)
    if _is_built_here(container, snapshot):
        return not_applicable(say("It was built on this host; no registry can move its tag."))
    reason = say("The next pull may bring another program under the same name, and nobody chose it.")
    return fails_if(True, reason, seen)


@check(
    Container,
    severity=LOW,
    risks=("supply-chain",),
    fix=_pin,
    far=("images",),
)
def no_digest(container: Container, snapshot: Snapshot) -> Outcome:
    """Image not pinned by its digest"""
    reference = known(container.image)
    seen = {"Config.Image": reference}
    if BY_CONTENT.fullmatch(reference):
        return passes(seen)
    if _is_built_here(container, snapshot):
        return not_applicable(say("It was built on this host and never was in a registry, so it has no digest."))
    reason = say("Its tag may be moved; only a digest names the content that was looked at.")
    return fails_if(True, reason, seen)


@check(
    Container,
    severity=HIGH,
    risks=("secret-disclosure",),
)
def secret_in_command_or_label(container: Container) -> Outcome:
    """Secret in a label or the command"""
    told = list(known(container.told_secrets))
    reason = say("Whoever may list containers or processes has the secret.")
    return fails_if(bool(told), reason, {"Config": told})


def is_moving(reference: str) -> bool:
    """Whether its tag names no version: there is none, or all its words are of the kind that moves."""
    tag = reference.rpartition("/")[2].partition(":")[2] or "latest"
    return all(MOVING.fullmatch(word) or VARIANT.fullmatch(word) for word in tag.lower().split("-"))


def _is_built_here(container: Container, snapshot: Snapshot) -> bool:
    """Only an image that came from a registry, or went to one, has a digest there. (Engines that keep images in
    containerd give each one a digest; of those none can be told to be built here.)"""
    own = [image for image in known(snapshot.images) if image.id == known(container.image_id)]
    return bool(own) and not known(own[0].digests)
