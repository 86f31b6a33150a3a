"""Real Engines whose root in containers is an ordinary user of the host: one that remaps, and one that is rootless."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from django.utils import timezone

from secdash.findings.models import Finding
from secdash.fleet.models import Connection, Host
from secdash.scans import services
from secdash.scans.models import Scan
from tests.engine.dockerd import IMAGE, Dockerd
from tests.engine.other_engines import FIRST_ID, running_remapping_dockerd, running_rootless_dockerd
from tests.fleet.hosts import a_host
from tests.flows.command_line import Verdicts, scanned

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("mapped-users"), pytest.mark.timeout(600)]

CONTAINERS: dict[str, tuple[str, ...]] = {
    "mapped": (),
    "refusing": ("--userns", "host"),
    "privileged": ("--userns", "host", "--privileged"),  # a remapping Engine makes no other
    "escaping": ("--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined"),
    "refusing-escaping": ("--userns", "host", "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined"),
    "ordinary": ("--user", "1000"),
}
REFUSING = {"refusing", "privileged", "refusing-escaping"}
STARTED = ("mapped", "refusing")
ENGINE = "Docker Engine"


class Looked(msgspec.Struct, frozen=True):
    engine: Dockerd
    verdicts: Verdicts

    def status(self, check: str) -> str:
        return self.verdicts[check, ENGINE].status

    def failing(self, check: str) -> set[str]:
        return self.verdicts.subjects(check, "fail", CONTAINERS)


def looked_at(engine: Dockerd) -> Looked:
    engine.import_image()
    for name, options in CONTAINERS.items():
        engine.docker("create", "--network", "none", "--name", name, *options, IMAGE, "sleep", "600")
    engine.docker("start", *STARTED)
    return Looked(engine, scanned(engine.url))


# --- a daemon that remaps ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def remapping() -> Iterator[Looked]:
    with running_remapping_dockerd() as engine:
        yield looked_at(engine)


def test_the_remap_is_seen_and_the_daemon_is_still_root(remapping: Looked) -> None:
    assert remapping.engine.get("/info")["DockerRootDir"].endswith(f"/{FIRST_ID}.{FIRST_ID}")
    assert remapping.status("userns-remap-off") == "pass"
    assert remapping.status("rootful-daemon") == "fail"


def test_what_refuses_the_remap_is_found_and_nothing_else(remapping: Looked) -> None:
    assert remapping.failing("host-user-namespace") == REFUSING
    assert remapping.verdicts.subjects("host-user-namespace", "pass", CONTAINERS) == set(CONTAINERS) - REFUSING


def test_root_that_is_nobody_on_the_host_is_no_root(remapping: Looked) -> None:
    assert remapping.failing("runs-as-root") == REFUSING
    assert remapping.failing("escape-chain") == {"refusing-escaping"}


def test_its_processes_and_the_files_of_the_host_are_read(remapping: Looked) -> None:
    verdicts = remapping.verdicts

    assert verdicts.subjects("several-services", "pass", STARTED) == set(STARTED)
    assert remapping.status("daemon-no-new-privileges-off") == "fail"  # its daemon.json was read, and says nothing
    assert str(remapping.engine.folder) in verdicts["data-root-not-separate", ENGINE].reason
    assert {name for (_check, name), said in verdicts.items() if said.status == "unknown"} <= {ENGINE, IMAGE, "engine"}


@pytest.mark.django_db
def test_a_registered_host_that_remaps_keeps_its_findings(remapping: Looked) -> None:
    address = str(remapping.engine.socket)
    host = a_host(kind=Connection.Kind.UNIX, address=address, file_reading=Host.Files.LOCAL)
    scan = services.request(host, trigger=Scan.Trigger.MANUAL, at=timezone.now())

    services.run(scan.pk)

    scan.refresh_from_db()
    assert (scan.state, scan.error) == (Scan.State.DONE, {})
    kept = Finding.objects.filter(host=host, check_name="host-user-namespace")
    assert {finding.subject_name for finding in kept} == REFUSING


# --- a rootless daemon ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rootless() -> Iterator[Looked]:
    with running_rootless_dockerd() as engine:
        yield looked_at(engine)


def test_the_daemon_of_a_user_is_seen_as_one(rootless: Looked) -> None:
    assert "name=rootless" in rootless.engine.get("/info")["SecurityOptions"]
    assert rootless.status("rootful-daemon") == "pass"
    assert rootless.status("userns-remap-off") == "pass"


def test_nothing_in_it_is_root_of_the_host(rootless: Looked) -> None:
    """`--userns host` leads to the namespace of the daemon, whose root is the user."""
    for check in ("runs-as-root", "escape-chain", "host-user-namespace"):
        assert rootless.failing(check) == set(), check
    assert rootless.failing("privileged-container") == {"privileged"}


def test_the_files_of_the_user_are_read_and_not_the_machines(rootless: Looked) -> None:
    assert rootless.status("daemon-no-new-privileges-off") == "fail"
    files = {name for (check, name), _said in rootless.verdicts.items() if check.startswith("daemon-json-")}
    assert files == {str(rootless.engine.folder / "daemon.json")}


def test_an_engine_that_cannot_list_processes_is_quoted(rootless: Looked) -> None:
    """A rootless daemon has no control groups under cgroup v1, and so finds no processes: its words are the reason."""
    if rootless.engine.get("/info")["CgroupVersion"] == "2":
        assert rootless.verdicts["ssh-in-container", "mapped"].status == "pass"
        return
    said = rootless.verdicts["ssh-in-container", "mapped"]
    assert said.status == "unknown"
    assert said.reason.startswith("The Engine refused with status 500: runc did not terminate successfully")
