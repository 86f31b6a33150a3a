"""How an image was built: what was fetched and run unseen, and who may write (after hadolint and dockle)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from secdash.checks.engine import check
from secdash.checks.history import APT, HISTORY, YUM, Command, Step, steps
from secdash.checks.outcome import LOW, MEDIUM, Outcome, fails_if, unknown
from secdash.checks.remedy import build
from secdash.facts.message import say
from secdash.facts.model import Image

# --- fetched and run ----------------------------------------------------------------------------------------------

FETCHERS = frozenset({"curl", "wget", "fetch", "aria2c"})
SHELLS = frozenset({"sh", "ash", "bash", "dash", "ksh", "zsh"})
INTERPRETERS = frozenset({"python", "python2", "python3", "perl", "ruby", "node", "php"})
READS_COMMAND = re.compile(r"-[a-z]*c")
SUBSTITUTED = re.compile(
    r"(?:\b(?:ba|da|z|k|a)?sh\s+(?:-\w+\s+)*[\"']?(?:\$\(|`)|\beval\s+[\"']?(?:\$\(|`)|"
    r"(?:\b(?:ba|da|z|k|a)?sh|\bsource|(?:^|[\s;&|])\.)\s+(?:-\w+\s+)*<\()\s*(?:curl|wget)\b"
)


@check(
    Image,
    severity=MEDIUM,
    risks=("supply-chain",),
    fix=build(
        say("Fetch the file, compare its checksum, and run it only if that is the one you have read."),
        "RUN curl -fsSLo /tmp/setup.sh https://example.org/setup.sh \\",
        "    && echo 'SHA256  /tmp/setup.sh' | sha256sum -c - \\",
        "    && sh /tmp/setup.sh \\",
        "    && rm /tmp/setup.sh",
    ),
)
def image_runs_download(image: Image) -> Outcome:
    """Download run without a look at it"""
    found = _lines(steps(image), runs_download)
    reason = say("Whatever that address served on the day of the build ran as root in the image.")
    return fails_if(bool(found), reason, {HISTORY: found})


def runs_download(step: Step) -> bool:
    """Whether what a RUN fetches goes straight to a shell or interpreter: through a pipe or a substitution."""
    if step.instruction != "RUN" or not any(name in step.text for name in FETCHERS):
        return False
    if SUBSTITUTED.search(step.text):
        return True
    fetched = False
    for command in step.commands:
        fetched = command.program in FETCHERS or (fetched and command.piped)
        if fetched and command.piped and _runs_its_input(command):
            return True
    return False


def _runs_its_input(command: Command) -> bool:
    """`sh`, `bash -s -- -y`, `python3 -`; not `sh script`, `bash -c …`, `python3 -m json.tool`."""
    if command.program in SHELLS:
        arguments = command.arguments
        if any(READS_COMMAND.fullmatch(word) for word in arguments):
            return False
        return "-s" in arguments or all(word.startswith("-") for word in arguments)
    return command.program in INTERPRETERS and all(word == "-" for word in command.arguments)


# --- added from elsewhere -----------------------------------------------------------------------------------------

REMOTE = re.compile(r"(?:^|\s)(?:(?:https?|ftp|git|ssh)://|git@)")
# The classic builder writes the hash of what it fetched; of local files it writes `file:`, `dir:` or `multi:` before.
FETCHED = re.compile(r"(?:^|\s)[0-9a-f]{64} in ")
# By the address itself, or by an option that builders which are neither of Docker's keep.
CHECKED = re.compile(r"#[0-9a-f]{40}\b|[?&](?:checksum|commit)=|--checksum=")
NO_CHECKSUM_KEPT = say(
    "BuildKit does not write down whether a checksum was given; look for --checksum in the Dockerfile."
)


@check(
    Image,
    severity=MEDIUM,
    risks=("supply-chain",),
    fix=build(
        say("Say which content you mean, in a stage that is not shipped; a build that meets another one stops."),
        "FROM debian:trixie-slim AS fetch",
        "ADD --checksum=sha256:… https://example.org/tool /tmp/tool",
        "FROM debian:trixie-slim",
        "COPY --from=fetch /tmp/tool /usr/local/bin/tool",
    ),
)
def image_remote_add(image: Image) -> Outcome:
    """Remote file added without a checksum"""
    added = [step for step in steps(image) if step.instruction == "ADD"]
    unchecked = [step.line for step in added if FETCHED.search(step.text)]
    unclear = [step.line for step in added if REMOTE.search(step.text) and not CHECKED.search(step.text)]
    if unclear and not unchecked:
        return unknown(NO_CHECKSUM_KEPT, {HISTORY: unclear})
    reason = say("The build takes what the address serves that day, and nothing notices when it changes.")
    return fails_if(bool(unchecked), reason, {HISTORY: unchecked})


# --- verification switched off ------------------------------------------------------------------------------------

OFF_OPTIONS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(
        APT,
        re.compile(
            r"--allow-unauthenticated|--force-yes|--allow-insecure-repositories|"
            r"(?:-o)?(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories)=(?:true|1|yes)"
        ),
    ),
    "apk": re.compile(r"--allow-untrusted"),
    **dict.fromkeys(YUM, re.compile(r"--nogpgcheck|--no-gpgchecks|--setopt=\S*gpgcheck=(?:0|false|no)")),
    "zypper": re.compile(r"--no-gpg-checks"),
    "rpm": re.compile(r"--nosignature"),
    "curl": re.compile(r"--insecure|-[fsSLgOR#]*k[fsSLgOR#]*o?"),
    "wget": re.compile(r"--no-check-certificate"),
    "git": re.compile(r"http\.sslVerify=(?:false|0)"),
    **dict.fromkeys(("pip", "pip3"), re.compile(r"--trusted-host(?:=\S*)?")),
}
OFF_SETTINGS = re.compile(
    r"\b(?:NODE_TLS_REJECT_UNAUTHORIZED=[\"']?0|GIT_SSL_NO_VERIFY=[\"']?(?:1|true)|PYTHONHTTPSVERIFY=[\"']?0)|"
    r"\bgit\s+config\b[^;&|\n]{0,100}\bhttp\.sslVerify[\s=]+(?:false|0)|"
    r"\b(?:npm|yarn|pnpm)\s+config\s+set\s+strict-ssl[\s=]+false"
)


@check(
    Image,
    severity=MEDIUM,
    risks=("supply-chain",),
    fix=build(
        say("Bring the authority or the key that is missing, and let the tool verify."),
        "COPY --chmod=0444 company-ca.crt /usr/local/share/ca-certificates/company-ca.crt",
        "RUN update-ca-certificates",
    ),
)
def image_verification_off(image: Image) -> Outcome:
    """Verification switched off in the build"""
    found = _lines(steps(image), verification_off)
    reason = say("Anybody between the build and the server could have put in something else, as root.")
    return fails_if(bool(found), reason, {HISTORY: found})


def verification_off(step: Step) -> bool:
    """Whether a step tells a tool not to check signatures or certificates."""
    if step.instruction in ("RUN", "ENV", "ARG") and OFF_SETTINGS.search(step.text):
        return True
    return any(
        any(OFF_OPTIONS[command.program].fullmatch(word) for word in command.arguments)
        for command in step.commands
        if command.program in OFF_OPTIONS
    )


# --- rights -------------------------------------------------------------------------------------------------------

OCTAL = re.compile(r"0?[0-7]{3,4}")
FOR_OTHERS = re.compile(r"[ug]{0,3}[oa][ugoa]{0,3}[=+][rwxXst]{0,6}w[rwxXst]{0,6}")
CHMOD = re.compile(r"--chmod=(\S+)")
OTHERS_WRITE, STICKY = 0o002, 0o1000


@check(
    Image,
    severity=LOW,
    risks=("app-suid-escalation",),
    fix=build(
        say("RUN is root anyway: drop sudo, and change to the user after the steps that need root."),
        "RUN install -d -o 10001 -g 10001 /var/lib/app",
        "USER 10001:10001",
    ),
)
def image_uses_sudo(image: Image) -> Outcome:
    """Build step uses sudo"""
    found = _lines(steps(image), uses_sudo)
    reason = say("It leaves sudo in the image: a setuid program with rules of its own, for whoever gets in.")
    return fails_if(bool(found), reason, {HISTORY: found})


def uses_sudo(step: Step) -> bool:
    return any("sudo" in command.before for command in step.commands)


@check(
    Image,
    severity=LOW,
    risks=("mutable-filesystem",),
    fix=build(
        say("Give the files to the one user that writes them."),
        "COPY --chown=10001:10001 --chmod=0644 config.yaml /etc/app/config.yaml",
        "RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/app",
    ),
)
def image_world_writable(image: Image) -> Outcome:
    """Files made writable by everybody"""
    found = _lines(steps(image), opens_to_everybody)
    reason = say("Any user in the container may change them, also one that an intruder takes over.")
    return fails_if(bool(found), reason, {HISTORY: found})


def opens_to_everybody(step: Step) -> bool:
    """Whether a step gives write permission to others, without the sticky bit that /tmp has."""
    modes = [next(iter(_operands(c.arguments)), "") for c in step.commands if c.program == "chmod"]
    if step.instruction in ("COPY", "ADD"):
        modes += CHMOD.findall(step.text)
    return any(map(_others_may_write, modes))


def _others_may_write(mode: str) -> bool:
    if OCTAL.fullmatch(mode):
        return bool(int(mode, 8) & OTHERS_WRITE) and not int(mode, 8) & STICKY
    return any(FOR_OTHERS.fullmatch(clause) for clause in mode.split(",")) and "t" not in mode


def _operands(words: Iterable[str]) -> list[str]:
    return [word for word in words if not word.startswith("-")]


def _lines(found: list[Step], wanted: Callable[[Step], bool]) -> list[str]:
    return [step.line for step in found if wanted(step)]
