"""CIS Docker Benchmark, section 4: how images are built, and whether containers run the newest ones."""

from __future__ import annotations

import re

from secdash.checks.engine import check
from secdash.checks.history import HISTORY, Step, steps
from secdash.checks.operations import has_healthcheck
from secdash.checks.outcome import HIGH, LOW, Outcome, fails_if, not_applicable, unknown
from secdash.checks.remedy import build, command
from secdash.facts.message import say
from secdash.facts.model import Container, Image, Snapshot, known

REFRESHES = {
    "apt": {"update"},
    "apt-get": {"update"},
    "aptitude": {"update"},
    "apk": {"update"},
    "dnf": {"makecache", "check-update"},
    "microdnf": {"makecache"},
    "yum": {"makecache", "check-update"},
    "zypper": {"refresh", "ref"},
}
INSTALLS = frozenset(
    {"install", "in", "add", "upgrade", "up", "dist-upgrade", "full-upgrade", "safe-upgrade", "build-dep", "dup"}
)
INTO_ROOT = re.compile(r"\s/\s*$")
BY_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}|[0-9a-f]{12}")


@check(
    Image,
    severity=LOW,
    cis={"1.6": "4.6"},
    risks=("denial-of-service",),
    fix=build(
        say("Say how to tell that it is well; put the question here that your application answers."),
        "HEALTHCHECK --interval=30s CMD wget -qO- http://127.0.0.1:8080/ || exit 1",
    ),
)
def image_no_healthcheck(image: Image) -> Outcome:
    """Image without health check"""
    declared = known(image.healthcheck)
    reason = say("Containers made from it have no health check unless each is given one.")
    return fails_if(
        not has_healthcheck(declared), reason, {"Config.Healthcheck.Test": [list(h.test) for h in declared]}
    )


@check(
    Image,
    severity=LOW,
    cis={"1.6": "4.7"},
    risks=("supply-chain",),
    fix=build(
        say("Refresh the list and install in one step; name your packages."),
        "RUN apt-get update \\",
        "    && apt-get install --yes --no-install-recommends ca-certificates \\",
        "    && rm -rf /var/lib/apt/lists/*",
    ),
)
def image_update_alone(image: Image) -> Outcome:
    """Package list refreshed in a step of its own"""
    found = [step.line for step in steps(image) if refreshes_alone(step)]
    reason = say("Later builds take the step from the cache and install old packages from an old list.")
    return fails_if(bool(found), reason, {HISTORY: found})


@check(
    Image,
    severity=LOW,
    cis={"1.6": "4.9"},
    risks=("supply-chain",),
    fix=build(
        say("Use COPY for files; fetch archives in a RUN step that verifies their checksum."), "COPY source target"
    ),
)
def image_uses_add(image: Image) -> Outcome:
    """Image built with ADD"""
    found = added_files(steps(image))
    reason = say("ADD fetches from the network and unpacks archives without anybody asking it to.")
    return fails_if(bool(found), reason, {HISTORY: found})


@check(
    Image,
    severity=HIGH,
    cis={"1.6": "4.10"},
    risks=("secret-disclosure",),
    fix=build(
        say("Give secrets to the one step that needs them, then replace those that were in the image."),
        "RUN --mount=type=secret,id=token,env=TOKEN your-command",
    ),
)
def secret_in_image(image: Image) -> Outcome:
    """Secret kept in the image"""
    seen = {
        "Config.Env": [
            f"{entry.name}: {entry.secret}" for entry in known(image.env) if entry.secret and not entry.empty
        ],
        HISTORY: [f"{step.secret}: {step.created_by}" for step in known(image.history) if step.secret],
        "Config.Labels": list(known(image.secret_labels)),
        "Config": list(known(image.told_secrets)),
    }
    found = {path: values for path, values in seen.items() if values}
    reason = say("Everybody who can pull the image can read it, in every layer and copy.")
    return fails_if(bool(found), reason, found)


@check(
    Container,
    severity=HIGH,
    risks=("secret-disclosure",),
)
def secret_in_environment(container: Container) -> Outcome:
    """Secret in the environment"""
    found = [f"{entry.name}: {entry.secret}" for entry in known(container.env) if entry.secret and not entry.empty]
    reason = say("Whoever may inspect the container, or reads /proc in it, has the secret.")
    return fails_if(bool(found), reason, {"Config.Env": found})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.28"},
    risks=("supply-chain",),
    fix=command(
        say("Create it anew from the image that its reference names now."),
        "docker compose pull",
        "docker compose up --detach",
    ),
    far=("images",),
)
def outdated_image(container: Container, snapshot: Snapshot) -> Outcome:
    """Runs an outdated image"""
    reference, image_id = known(container.image), known(container.image_id)
    if "@sha256:" in reference or BY_ID.fullmatch(reference):
        return not_applicable(say("It names its image by content, which never changes."))
    now = [image.id for image in known(snapshot.images) if familiar(reference) in map(familiar, known(image.tags))]
    if not now:
        return unknown(say("Its reference names no image of this host now; pull it to compare."))
    reason = say("%(reference)s names another image by now than the one it runs.", reference=reference)
    return fails_if(image_id not in now, reason, {"Config.Image": reference, "Image": image_id, "images[].Id": now[0]})


def familiar(reference: str) -> str:
    """The short form that Docker shows: without docker.io/library/, with a tag."""
    short = reference.removeprefix("index.").removeprefix("docker.io/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] else f"{short}:latest"


def refreshes_alone(step: Step) -> bool:
    """Whether a build step refreshes a package list and installs nothing after that."""
    verbs = [(command.program, command.verb) for command in step.commands if command.program in REFRESHES]
    fresh = [place for place, (manager, verb) in enumerate(verbs) if verb in REFRESHES[manager]]
    return bool(fresh) and not any(verb in INSTALLS for _, verb in verbs[fresh[0] :])


def added_files(found: list[Step]) -> list[str]:
    """ADD instructions, newest first, without the one that laid the base image's root file system."""
    adds = [step for step in found if step.instruction == "ADD"]
    if adds and INTO_ROOT.search(adds[-1].text):
        adds.pop()
    return [step.line for step in adds]
