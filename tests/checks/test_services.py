"""What the checks say of the services of a swarm: the same as of a container made from the service's template."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from secdash.checks.services import ROWS
from secdash.facts.model import EnvName, Port
from tests.build import UNSEEN, a_bind, a_service
from tests.checks.cases import Case, cases

SOCKET = a_bind("/var/run/docker.sock", "/s")
ROOT = a_bind("/", "/host", read_only=True)
ETC = a_bind("/etc", "/e")
HARMLESS = a_bind("/srv/shop", "/srv")
RUNTIME = a_bind("/run/containerd/containerd.sock", "/c")
TOKEN = EnvName("API_TOKEN", "its name")

CASES: tuple[Case, ...] = (
    *cases(
        "service-docker-socket",
        fails=[{"mounts": (SOCKET,)}],
        passes=[{"mounts": (HARMLESS,)}],
        unknown=[{"mounts": UNSEEN}],
    ),
    *cases(
        "service-runtime-socket",
        fails=[{"mounts": (RUNTIME,)}],
        passes=[{"mounts": (HARMLESS,)}],
        not_applicable=[{"mounts": (a_bind("/run"),)}],
        unknown=[{"mounts": UNSEEN}],
    ),
    *cases("service-host-root", fails=[{"mounts": (ROOT,)}], passes=[{"mounts": (ETC,)}], unknown=[{"mounts": UNSEEN}]),
    *cases(
        "service-host-path",
        fails=[{"mounts": (ETC,)}],
        passes=[{"mounts": (HARMLESS,)}],
        not_applicable=[{"mounts": (ROOT,)}],
        unknown=[{"mounts": UNSEEN}],
    ),
    *cases(
        "service-dangerous-capability",
        fails=[{"cap_add": ("SYS_ADMIN",)}],
        passes=[{"cap_add": ("CHOWN",)}],
        not_applicable=[{"privileged": True}],
        unknown=[{"cap_add": UNSEEN}],
    ),
    *cases("service-secret-in-environment", fails=[{"env": (TOKEN,)}], passes=[{"env": ()}], unknown=[{"env": UNSEEN}]),
    *cases(
        "service-runs-as-root",
        fails=[{"user": "0:0", "engine": {"security_options": ()}}],
        passes=[{"user": "app", "engine": {"security_options": ()}}],
        unknown=[{"user": UNSEEN}],
    ),
    *cases(
        "service-writable-root",
        fails=[{"readonly_rootfs": False}],
        passes=[{"readonly_rootfs": True}],
        unknown=[{"readonly_rootfs": UNSEEN}],
    ),
    *cases("service-no-memory-limit", fails=[{"memory": 0}], passes=[{"memory": 1}], unknown=[{"memory": UNSEEN}]),
    *cases(
        "service-no-cpu-limit", fails=[{"nano_cpus": 0}], passes=[{"nano_cpus": 1}], unknown=[{"nano_cpus": UNSEEN}]
    ),
    *cases(
        "service-no-pids-limit", fails=[{"pids_limit": 0}], passes=[{"pids_limit": 1}], unknown=[{"pids_limit": UNSEEN}]
    ),
    *cases(
        "service-seccomp-disabled",
        fails=[{"security_opt": ("seccomp=unconfined",)}],
        passes=[{"security_opt": ()}],
        unknown=[{"security_opt": UNSEEN}],
    ),
    *cases(
        "service-no-new-privileges-off",
        fails=[{"security_opt": ("no-new-privileges=false",)}],
        passes=[{"security_opt": ("no-new-privileges=true",)}],
        unknown=[{"security_opt": UNSEEN}],
    ),
    *cases(
        "service-published-everywhere",
        fails=[{"published": (Port(80, "tcp", "", "8080"),)}],
        passes=[{"published": ()}],
        unknown=[{"published": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_weighs_as_much_as_the_check_of_containers(row) -> None:
    mine, model = CATALOGUE[row.name], CATALOGUE[row.of]
    assert (mine.severity, mine.risks) == (model.severity, model.risks)


def test_the_evidence_is_named_after_the_specification() -> None:
    (case,) = cases("service-no-cpu-limit", fails=[{"nano_cpus": 0, "cpu_shares": 0}])
    assert dict(case.judged().evidence) == {"Spec.TaskTemplate.Resources.Limits.NanoCPUs": 0}


def lines(check: str, **facts: object) -> tuple[str, ...]:
    fix = CATALOGUE[check].fix(a_service(**facts))
    assert isinstance(fix, CommandFix)
    return fix.lines


def test_a_fix_names_what_is_to_go_and_nothing_else() -> None:
    assert lines("service-docker-socket", mounts=(HARMLESS, SOCKET)) == (
        "docker service update --mount-rm /s shop_web",
    )
    assert lines("service-host-root", mounts=(HARMLESS, ROOT, ETC)) == (
        "docker service update --mount-rm /host shop_web",
    )
    assert lines("service-host-path", mounts=(HARMLESS, ROOT, ETC)) == ("docker service update --mount-rm /e shop_web",)
    assert lines("service-runtime-socket", mounts=(RUNTIME, ETC)) == ("docker service update --mount-rm /c shop_web",)
    assert lines("service-dangerous-capability", cap_add=("CHOWN", "SYS_ADMIN")) == (
        "docker service update --cap-drop SYS_ADMIN shop_web",
    )


def test_no_fix_is_offered_for_what_a_folder_above_shows() -> None:
    assert CATALOGUE["service-host-root"].fix(a_service(mounts=(ETC,))) is None


def test_names_from_a_host_are_quoted() -> None:
    fix = CATALOGUE["service-docker-socket"].fix(a_service(name="a b", mounts=(a_bind("/run/docker.sock", "/x;y"),)))
    assert isinstance(fix, CommandFix)
    assert fix.lines == ("docker service update --mount-rm '/x;y' 'a b'",)


def test_a_secret_goes_by_the_name_of_its_service_and_variable() -> None:
    created, updated = lines("service-secret-in-environment", env=(EnvName("EMPTY", "its name", empty=True), TOKEN))
    assert "docker secret create shop_web_api_token -" in created
    assert updated == "docker service update --secret-add shop_web_api_token --env-rm API_TOKEN shop_web"
