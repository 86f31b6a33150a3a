"""A real podman behind Docker's API: what its answers show is judged, and what they hide is unknown, never passed.

The containers are those of `test_options`, as far as podman makes them. Some are made by podman's own command line,
which knows options that podman's API drops and its answers do not show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.utils import timezone, translation

from secdash.checks.daemon import PODMAN_HIDES_TCP
from secdash.facts.files.reading import OF_PODMAN
from secdash.facts.parse.container import PODMAN_EMPTY
from secdash.facts.parse.engine import PODMAN_MEANINGLESS
from secdash.facts.trying import try_connection
from secdash.findings.models import Finding
from secdash.fleet.models import Connection
from secdash.scans import services
from secdash.scans.models import Scan
from secdash.web.saying import said
from tests.engine.dockerd import IMAGE, Dockerd, DockerFailed
from tests.engine.other_engines import in_its_namespaces, running_podman
from tests.fleet.hosts import a_host
from tests.flows.command_line import Verdicts, scanned
from tests.flows.options import CREATED, HERE, PINNED, Row

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("podman"), pytest.mark.timeout(600)]

# Nothing here is pulled, so images are not what this is about.
HERE_ROWS = {name: row for name, row in CREATED.items() if row.image in (PINNED, HERE)}
# Harmless, or said in another way: where podman's answers differ from Docker's.
TELLING = (
    *("hardened", "privileges-bare", "user-namespace", "cap-default", "no-network", "tmpfs-bare", "data", "disguised"),
    *("device-rule", "gpus", "published-loopback", "memory-alone", "joins-pid", "secret-file", "cap-in-lower-case"),
)


def chosen() -> dict[str, Row]:
    """One row for each check that a row fails, for podman takes its time, and those above."""
    rows = {name: HERE_ROWS[name] for name in TELLING}
    failed: set[str] = set()
    for name, row in HERE_ROWS.items():
        if not fails_of(row) <= failed:
            rows[name] = row
            failed |= fails_of(row)
    return rows


def fails_of(row: Row) -> frozenset[str]:
    return row.fails | row.by_files | row.under_v1


# What podman (4.3) does not make: it takes no text for a profile, and knows no links.
NEVER_MADE = {
    "seccomp-lets-all",
    *("link", "device"),  # for a device the command line of Docker asks it what it does not answer
}
# What podman does instead of what it was asked for, read from the configuration that it gave runc.
NOT_DONE = {"swap": {"unlimited-swap"}}  # twice the memory
# An ordinary user holds an added capability from the start; under cgroup v1 SYS_ADMIN is enough then.
ALSO_TRUE = {
    "cap-sys-admin": {"escape-chain"},
    # Beside a read-only root it mounts /run and /var/tmp without a size.
    "no-memory": {"loose-tmpfs"},
    "no-oom-no-memory": {"loose-tmpfs"},
}
OF_ALL = {"no-digest"}  # it writes every name with a registry's
HIDDEN = {
    *("host-ipc", "shareable-ipc", "joins-powerful-container", "unmasked-proc", "masked-paths-outdated"),
    *("masked-paths-incomplete", "host-cgroup-namespace", "risky-sysctl", "log-rotation-missing", "logs-discarded"),
    *("default-bridge", "loose-tmpfs", "host-devices", "device-controls-host", "all-ports-published"),
}

OWN: dict[str, tuple[str, ...]] = {
    "own-rule": ("--device-cgroup-rule", "c 1:1 rwm"),
    "own-swap": ("--memory", "64m", "--memory-swap", "-1"),
    "own-ports": ("--publish-all",),
    "own-ipc": ("--ipc", "host"),
    "own-unmasked": ("--security-opt", "unmask=ALL"),
    "own-sysctl": ("--sysctl", "net.ipv4.tcp_syncookies=0"),
    "own-log": ("--log-driver", "none"),
    "own-device": ("--device", "/dev/null:/dev/mine"),
}
# The one check that each would fail if podman told, and what is said instead.
OWN_SAID = {
    "own-rule": ("device-controls-host", "unknown"),
    "own-swap": ("unlimited-swap", "unknown"),
    "own-ports": ("all-ports-published", "unknown"),
    "own-ipc": ("host-ipc", "unknown"),
    "own-unmasked": ("unmasked-proc", "unknown"),
    "own-sysctl": ("risky-sysctl", "unknown"),
    "own-log": ("logs-discarded", "unknown"),
    "own-device": ("host-devices", "fail"),
}


class Made(msgspec.Struct, frozen=True):
    engine: Dockerd
    refused: dict[str, str]


@pytest.fixture(scope="module")
def podman() -> Iterator[Made]:
    with running_podman() as engine:
        engine.import_image()
        engine.docker("network", "create", "app")
        for name, device in {"disguised-etc": "/etc", "disguised-root": "/"}.items():
            options = (word for opt in ("type=none", "o=bind", f"device={device}") for word in ("--opt", opt))
            engine.docker("volume", "create", *options, name)
        refused = {name: why for name, row in chosen().items() if (why := refusal(engine, name, row))}
        for name, words in OWN.items():
            in_its_namespaces(engine, "podman", "create", "--name", name, *words, IMAGE, "sleep", "60")
        yield Made(engine, refused)


def refusal(engine: Dockerd, name: str, row: Row) -> str:
    """What podman says against making it; "" where it makes it. Its init is a package of its own."""
    words = (word for word in row.words if word != "--init")
    try:
        engine.docker("create", "--name", name, *words, IMAGE, *row.command)
    except DockerFailed as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def looked(podman: Made) -> Verdicts:
    return scanned(podman.engine.url)


def test_nearly_all_of_them_are_made(podman: Made) -> None:
    assert podman.refused.keys() <= NEVER_MADE, podman.refused


def test_nothing_wrong_passes_and_nothing_right_fails(podman: Made, looked: Verdicts) -> None:
    mistaken = {}
    for name, row in chosen().items():
        if name in podman.refused:
            continue
        wrong = fails_of(row) - NOT_DONE.get(name, set())
        fails, unknown = looked.checks(name, "fail"), looked.checks(name, "unknown")
        passed, invented = wrong - fails - unknown, fails - wrong - ALSO_TRUE.get(name, set()) - OF_ALL
        if passed or invented:
            mistaken[name] = passed, invented

    assert mistaken == {}


def test_what_is_unknown_of_a_hardened_container_is_what_podman_hides(looked: Verdicts) -> None:
    assert looked.checks("hardened", "unknown") == HIDDEN
    assert all(looked[check, "hardened"].reason for check in HIDDEN)


@pytest.mark.parametrize("name", OWN)
def test_what_only_podmans_own_command_line_can_set(looked: Verdicts, name: str) -> None:
    check, status = OWN_SAID[name]

    assert looked[check, name].status == status
    assert looked[check, name].reason


def test_runc_was_given_a_rule_that_the_answer_does_not_show(podman: Made) -> None:
    """So that the unknown above is not about nothing."""
    made = ("podman", "run", "--detach", "--network", "none", *OWN["own-rule"], IMAGE, "sleep", "60")
    id_ = in_its_namespaces(podman.engine, *made)
    told = podman.engine.get(f"/containers/{id_}/json")
    configuration = next(Path(podman.engine.folder, "data").glob(f"*-containers/{id_}/userdata/config.json"))
    given = json.loads(configuration.read_text())["linux"]["resources"]["devices"]
    podman.engine.docker("rm", "--force", id_)

    assert {"allow": True, "type": "c", "major": 1, "minor": 1, "access": "rwm"} in given
    assert told["HostConfig"]["DeviceCgroupRules"] is None


def test_files_and_listeners_are_not_guessed(looked: Verdicts) -> None:
    unread = {said.reason for (_check, name), said in looked.items() if name == "engine" and said.status == "unknown"}

    assert str(OF_PODMAN.why) in unread
    assert looked["unauthenticated-api", "Podman Engine"].reason == str(PODMAN_HIDES_TCP)


def test_a_trial_passes_and_says_podman(podman: Made) -> None:
    trial = try_connection(podman.engine.url)

    assert trial.passed
    assert trial.engine == f"Podman {podman.engine.get('/version')['Version']}"


@pytest.mark.django_db
def test_a_registered_podman_is_scanned_and_kept(podman: Made) -> None:
    host = a_host(kind=Connection.Kind.UNIX, address=str(podman.engine.socket))
    scan = services.request(host, trigger=Scan.Trigger.MANUAL, at=timezone.now())

    services.run(scan.pk)

    scan.refresh_from_db()
    assert (scan.state, scan.error) == (Scan.State.DONE, {})
    kept = set(Finding.objects.filter(host=host, subject_key="privileged").values_list("check_name", flat=True))
    assert {"privileged-container", "seccomp-disabled"} <= kept
    assert not HIDDEN & kept


# --- what is said, word for word -----------------------------------------------------------------------------------

WHICHEVER = (
    "Podman gives the same answer whichever mode the container has.",
    "Podman donne la même réponse quel que soit le mode du conteneur.",
)
UNTOLD = ("Podman does not tell this through the Docker API.", "Podman ne l’indique pas par l’API Docker.")
SAME = (
    "Podman gives the same answer whatever its configuration is.",
    "Podman donne la même réponse quelle que soit sa configuration.",
)
WORDS = {
    "files": (
        OF_PODMAN.why,
        (
            "Podman keeps its settings in other files than Docker, and secdash does not read those.",
            "Podman garde ses réglages dans d’autres fichiers que Docker, et secdash ne les lit pas.",
        ),
    ),
    **{name: (PODMAN_EMPTY[name][1], WHICHEVER) for name in ("ipc_mode", "userns_mode")},
    **{
        name: (PODMAN_EMPTY[name][1], UNTOLD)
        for name in ("cgroupns_mode", "masked_paths", "sysctls", "device_cgroup_rules", "publish_all")
    },
    **{name: (PODMAN_MEANINGLESS[name], SAME) for name in ("experimental", "debug")},
    "memory_swap": (
        PODMAN_EMPTY["memory_swap"][1],
        (
            "Podman answers 0 as well where swap has no limit.",
            "Podman répond aussi 0 là où l’espace d’échange n’a pas de limite.",
        ),
    ),
    "plugins": (PODMAN_MEANINGLESS["plugins"], ("Podman has no managed plugins.", "Podman n’a pas de greffons gérés.")),
}


@pytest.mark.parametrize("name", WORDS)
def test_each_reason_is_said_in_both_languages(name: str) -> None:
    message, (english, french) = WORDS[name]

    assert str(message) == english
    with translation.override("fr"):
        assert said(message) == french
