"""What lies in images' files: rights that they give away, secrets, accounts, left-overs, and whether the base lives."""

from __future__ import annotations

import re
import shlex

from secdash.checks import distributions
from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, INFO, LOW, Outcome, fails_if, not_applicable, unknown
from secdash.checks.remedy import BuildFix
from secdash.facts.message import say
from secdash.facts.model import CapableFile, Image, ImageFiles, SetuidFile, Unknown, known

SETUID, SETGID = 0o4000, 0o2000

# The bits that base images of distributions set, without /usr in front of the path. Read on 2026-11-26: a minbase of
# Debian 12; spec files of shadow-utils, util-linux and pam of Fedora and openSUSE; listings of Ubuntu 20.04 and 22.04.
USUAL_BITS = {
    "/bin/chage": SETUID | SETGID,
    "/bin/chfn": SETUID,
    "/bin/chsh": SETUID,
    "/bin/expiry": SETUID | SETGID,
    "/bin/gpasswd": SETUID,
    "/bin/mount": SETUID,
    "/bin/newgrp": SETUID,
    "/bin/passwd": SETUID,
    "/bin/su": SETUID,
    "/bin/umount": SETUID,
    "/bin/wall": SETGID,
    "/bin/write": SETGID,
    "/sbin/pam_extrausers_chkpwd": SETGID,
    "/sbin/pam_timestamp_check": SETUID,
    "/sbin/unix_chkpwd": SETUID | SETGID,
}
# The same for capabilities: Fedora's shadow-utils.
USUAL_CAPABILITIES = {"/bin/newgidmap": {"SETGID"}, "/bin/newuidmap": {"SETUID"}}

TOO_MANY = say("The image has more files of this kind than secdash keeps, and those that were kept do not tell.")
NO_DISTRIBUTION = say("It names no distribution in os-release, as images without one do.")
ROLLING = say("Its distribution has no releases that end; rebuild it often.")
PLAIN_PATH = re.compile(r"/[\x21-\x7e]+")  # neither cut nor masked
USER = re.compile(r"[\w.-]+(?::[\w.-]+)?", re.ASCII)
EVERYWHERE = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
BUILD_ON = say("Build on a release that gets fixes, and see that your packages are there.")


def _as_root(image: Image, *lines: str) -> tuple[str, ...]:
    """Lines of a Dockerfile that root must run, and then the image's own user again where it is plain."""
    user = "" if isinstance(image.user, Unknown) else image.user
    switches = user not in ("", "0", "root") and USER.fullmatch(user)
    return ("USER root", *lines, f"USER {user}") if switches else lines


def _without_bits(image: Image) -> BuildFix | None:
    paths = [file.path for file in stray_setuid(known(image.files))]
    line = f"RUN chmod a-s {shlex.join(paths)}" if all(map(PLAIN_PATH.fullmatch, paths)) else EVERYWHERE
    return BuildFix(say("Take the bits away, in the stage that ships."), _as_root(image, line))


@check(Image, reads="files", severity=LOW, cis={"1.6": "4.8"}, risks=("app-suid-escalation",), fix=_without_bits)
def image_setuid_file(image: Image) -> Outcome:
    """Unusual setuid files in the image"""
    files = known(image.files)
    found = [f"{file.path} {file.mode:04o}, owner {file.uid}" for file in stray_setuid(files)]
    if not found and "setuid" in files.cut:
        return unknown(TOO_MANY)
    reason = say("Whoever runs them gets the rights of their owner; no base image of a distribution has these.")
    return fails_if(bool(found), reason, {"setuid and setgid files": found})


def _without_capabilities(image: Image) -> BuildFix | None:
    """A copy has the mode and the owner of its original, but not its capabilities; no package is needed for that."""
    paths = [file.path for file in stray_capable(known(image.files))]
    if not all(map(PLAIN_PATH.fullmatch, paths)):
        return None
    paths = list(map(shlex.quote, paths))
    lines = [f"RUN cp -p {path} {path}.plain && mv {path}.plain {path}" for path in paths]
    return BuildFix(say("Replace each file by a copy, which has no capabilities."), _as_root(image, *lines))


@check(Image, reads="files", severity=LOW, risks=("app-suid-escalation",), fix=_without_capabilities)
def image_file_capability(image: Image) -> Outcome:
    """Files with capabilities in the image"""
    files = known(image.files)
    found = [f"{file.path}: {', '.join(file.capabilities)}" for file in stray_capable(files)]
    if not found and "capable" in files.cut:
        return unknown(TOO_MANY)
    reason = say("Whoever runs them gets these capabilities, as far as the container has them.")
    return fails_if(bool(found), reason, {"security.capability": found})


@check(Image, reads="files", severity=HIGH, risks=("secret-disclosure",))
def secret_file_in_image(image: Image) -> Outcome:
    """Secret in a file of the image"""
    files = known(image.files)
    found = [f"{file.path}: {file.secret}" for file in files.secrets]
    reason = say("Everybody who can pull the image has it; deleting it in a later layer does not take it back.")
    return fails_if(bool(found), reason, {"files": found})


def _locked(image: Image) -> BuildFix | None:
    names = known(known(image.files).without_password)
    lines = [f"RUN passwd -l {shlex.quote(name)}" for name in names]
    return BuildFix(say("Lock these accounts; nobody signs in to a container."), _as_root(image, *lines))


@check(Image, reads="files", severity=HIGH, risks=("sys-root-code",), fix=_locked)
def image_empty_password(image: Image) -> Outcome:
    """Account without a password in the image"""
    found = list(known(known(image.files).without_password))
    reason = say("Any process in the container can become one of these accounts with su.")
    return fails_if(bool(found), reason, {"/etc/passwd, /etc/shadow": found})


@check(Image, reads="files", severity=LOW, risks=("app-suid-escalation",))
def image_duplicate_ids(image: Image) -> Outcome:
    """Several accounts with one id in the image"""
    files = known(image.files)
    seen = {"/etc/passwd": known(files.shared_uids), "/etc/group": known(files.shared_gids)}
    found = {path: [f"{id_}: {', '.join(names)}" for id_, names in shared] for path, shared in seen.items() if shared}
    reason = say("The kernel knows numbers only: what one of these accounts may do, the others may do too.")
    return fails_if(bool(found), reason, found)


@check(Image, reads="files", severity=INFO, risks=("secret-disclosure",))
def image_left_overs(image: Image) -> Outcome:
    """Left-overs of development in the image"""
    found = list(known(image.files).left_overs)
    reason = say("They tell how it was built and by whom, and often more; a .dockerignore keeps them out.")
    return fails_if(bool(found), reason, {"files and folders": found})


@check(Image, reads="files", severity=INFO, risks=("app-arbitrary-code",))
def image_package_manager(image: Image) -> Outcome:
    """Package manager left in the image"""
    files = known(image.files)
    reason = say(
        "An intruder finds what installs his tools; a distroless base, or a copy of the result alone, has none."
    )
    seen = {"package managers": list(files.package_managers), "shells": list(files.shells)}
    return fails_if(bool(files.package_managers), reason, seen)


def _newer_base(image: Image) -> BuildFix | None:
    """Only for distributions whose image goes by their id and version."""
    found = known(known(image.files).distribution)
    newest = distributions.newest(found.id) if found else ""
    return BuildFix(BUILD_ON, (f"FROM {found.id}:{newest}",)) if found and newest else None


@check(Image, reads="files", severity=HIGH, risks=("supply-chain", "app-arbitrary-code"), fix=_newer_base)
def image_distribution_ended(image: Image) -> Outcome:
    """Base distribution past its end of life"""
    found = known(known(image.files).distribution)
    if found is None:
        return not_applicable(NO_DISTRIBUTION)
    if distributions.is_rolling(found.id, found.version):
        return not_applicable(ROLLING)
    line = distributions.line(found.id, found.version, found.name)
    if line is None:
        return unknown(say("No release table is known for %(name)s.", name=found.name))
    seen = {"os-release": found.name, "supported until": line.ends, "read on": line.read_on}
    reason = say("%(name)s has had no security fixes since %(ends)s.", name=found.name, ends=line.ends)
    return fails_if(distributions.has_ended(line), reason, seen)


def stray_setuid(files: ImageFiles) -> list[SetuidFile]:
    """Files that run with another's rights, beyond what distributions ship."""
    return [
        file
        for file in files.setuid
        if file.mode & (SETUID | SETGID) & ~USUAL_BITS.get(file.path.removeprefix("/usr"), 0) or file.uid != 0
    ]


def stray_capable(files: ImageFiles) -> list[CapableFile]:
    return [
        file
        for file in files.capable
        if not set(file.capabilities) <= USUAL_CAPABILITIES.get(file.path.removeprefix("/usr"), set())
    ]
