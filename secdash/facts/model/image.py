"""An image: what it declares, how it was built, and where somebody chose so what is in its files."""

from __future__ import annotations

from secdash.facts.message import say
from secdash.facts.model.base import READ_SINCE, Fact, Record, Unknown
from secdash.facts.model.parts import EnvName, Healthcheck


class HistoryStep(Record, frozen=True):
    """One line of an image's history, newest first. `created_by` is redacted; `secret` says what looked like one."""

    created_by: str
    size: int = 0
    secret: str = ""


class SetuidFile(Record, frozen=True):
    """A file with the setuid or setgid bit; `mode` has the permission bits, these included."""

    path: str
    mode: int
    uid: int


class CapableFile(Record, frozen=True):
    """A file that gives whoever runs it capabilities; upper case, without CAP_."""

    path: str
    capabilities: tuple[str, ...]


class SecretFile(Record, frozen=True):
    """A file with a secret in it; `secret` says of which kind, in English words. Nothing of its content is kept."""

    path: str
    secret: str


class Distribution(Record, frozen=True, tag=True):
    """What os-release calls the distribution; `version` is "" where it has none."""

    id: str
    version: str
    name: str


class ImageFiles(Record, frozen=True, tag=True):
    """What was found among an image's files, by path. `cut` names the lists that were longer and are not whole."""

    setuid: tuple[SetuidFile, ...]
    capable: tuple[CapableFile, ...]
    secrets: tuple[SecretFile, ...]
    left_overs: tuple[str, ...]
    shells: tuple[str, ...]
    package_managers: tuple[str, ...]
    without_password: Fact[tuple[str, ...]]  # accounts
    shared_uids: Fact[tuple[tuple[int, tuple[str, ...]], ...]]  # numbers that several accounts have, with their names
    shared_gids: Fact[tuple[tuple[int, tuple[str, ...]], ...]]
    distribution: Fact[Distribution | None]  # None where there is no os-release
    cut: tuple[str, ...] = ()


FILES_NOT_READ = Unknown(
    say("Deep image reading is off for this host; choose in the settings of the host how to read images.")
)


class Image(Record, frozen=True):
    """An image, from inspect and history."""

    kind = "image"

    id: str
    name: str
    key: str  # its first reference, or its digest or id where it has none
    tags: Fact[tuple[str, ...]]
    digests: Fact[tuple[str, ...]]
    created: Fact[str]
    size: Fact[int]
    architecture: Fact[str]
    os: Fact[str]
    user: Fact[str]
    env: Fact[tuple[EnvName, ...]]
    labels: Fact[tuple[tuple[str, str], ...]]  # redacted
    secret_labels: Fact[tuple[str, ...]]  # names of labels whose value looked like a secret
    entrypoint: Fact[tuple[str, ...] | None]
    command: Fact[tuple[str, ...]]
    working_dir: Fact[str]
    exposed_ports: Fact[tuple[str, ...]]
    volumes: Fact[tuple[str, ...]]
    on_build: Fact[tuple[str, ...]]
    healthcheck: Fact[tuple[Healthcheck, ...]]
    history: Fact[tuple[HistoryStep, ...]]
    files: Fact[ImageFiles] = FILES_NOT_READ
    told_secrets: Fact[tuple[str, ...]] = READ_SINCE  # as of a container; here the labels are in secret_labels
