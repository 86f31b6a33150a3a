"""What the checks say of AppArmor, SELinux, seccomp, masked paths, and gaining privileges."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Drop, Exclude, Include
from tests.build import MASKED, UNSEEN, a_container, a_daemon, a_host
from tests.checks.cases import Case, cases

SELINUX = {"security_options": ("name=seccomp,profile=builtin", "name=selinux")}
LABELLED = {"engine": SELINUX, "process_label": "system_u:system_r:container_t:s0:c1,c2"}
NEVER_STARTED = {"state": "created", "processes": ()}
PLAIN = {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}
NO_SECCOMP = {"security_options": ("name=apparmor",)}
OLD = {"version": "20.10.24", "security_options": ("name=seccomp,profile=default",)}
NONE_SET = {"security_opt": ()}
CUSTOM = 'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'
BOTH_NULL = {"masked_paths": None, "readonly_paths": None}

ALWAYS_MASKED = ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/scsi", "/proc/timer_list", "/sys/firmware")
LATER = ("/proc/timer_list", "/sys")

CASES: tuple[Case, ...] = (
    *cases(
        "apparmor-off",
        passes=[{}, {"apparmor_profile": "shop"}],
        fails=[
            {"apparmor_profile": "unconfined"},
            {"apparmor_profile": ""},
            {"apparmor_profile": "", "security_opt": ("apparmor:unconfined",)} | NEVER_STARTED,
        ],
        unknown=[
            {"apparmor_profile": UNSEEN},
            {"apparmor_profile": ""} | NEVER_STARTED,
            {"engine": {"security_options": UNSEEN}},
        ],
        not_applicable=[{"engine": SELINUX}, {"engine": SELINUX, "apparmor_profile": "unconfined"}],
    ),
    *cases(
        "selinux-off",
        passes=[LABELLED],
        fails=[
            LABELLED | {"security_opt": ("label=disable",)},
            LABELLED | {"security_opt": ("label:disable",)},
            {"engine": SELINUX},
        ],
        unknown=[{"engine": SELINUX} | NEVER_STARTED, {"engine": SELINUX, "process_label": UNSEEN}],
        not_applicable=[{}, {"security_opt": ("label=disable",)}],
    ),
    *cases(
        "seccomp-disabled",
        passes=[
            {},
            {"security_opt": (CUSTOM,)},
            {"security_opt": (CUSTOM,), "privileged": True},
            {"security_opt": ("seccomp=unconfined", CUSTOM)},
        ],
        fails=[
            {"security_opt": ("seccomp=unconfined",)},
            {"security_opt": (CUSTOM, "seccomp=unconfined")},
            {"security_opt": ("seccomp:unconfined",)},
            {"privileged": True},
            {"engine": NO_SECCOMP},
            {"engine": {"security_options": ("name=seccomp,profile=unconfined",)}},
        ],
        unknown=[{"security_opt": UNSEEN}, {"privileged": UNSEEN}, {"engine": {"security_options": UNSEEN}}],
    ),
    *cases(
        "no-new-privileges-off",
        passes=[
            {},
            {"security_opt": ("no-new-privileges",)},
            *({"security_opt": (f"no-new-privileges={on}",)} for on in ("1", "t", "T", "true", "TRUE", "True")),
            {"security_opt": ("no-new-privileges=false", "no-new-privileges:true")},
            NONE_SET,
            NONE_SET | {"engine": OLD, "host": a_host(daemon=a_daemon(no_new_privileges=True))},
        ],
        fails=[
            *({"security_opt": (f"no-new-privileges={off}",)} for off in ("false", "False", "0", "f")),
            {"security_opt": ("no-new-privileges:true", "no-new-privileges=false")},
            {"security_opt": ("no-new-privileges:false",), "engine": OLD},
            NONE_SET | {"engine": PLAIN},
            NONE_SET | {"engine": OLD},
            NONE_SET | {"engine": OLD, "host": a_host(daemon=a_daemon(no_new_privileges=False))},
            NONE_SET | {"engine": OLD | {"podman": True, "version": "4.3.1"}},
        ],
        unknown=[
            NONE_SET | {"engine": OLD, "host": UNSEEN},
            NONE_SET | {"engine": OLD, "host": a_host(daemon=UNSEEN)},
            {"security_opt": UNSEEN},
            NONE_SET | {"engine": {"version": UNSEEN} | PLAIN},
            NONE_SET | {"engine": {"security_options": UNSEEN}},
        ],
    ),
    *cases(
        "unmasked-proc",
        passes=[{}, BOTH_NULL],
        fails=[{"masked_paths": ()}, {"readonly_paths": ()}, {"masked_paths": (), "readonly_paths": ()}],
        unknown=[{"masked_paths": UNSEEN}, {"readonly_paths": UNSEEN}, {"privileged": UNSEEN}],
        not_applicable=[BOTH_NULL | {"privileged": True}],
    ),
    *cases(
        "masked-paths-incomplete",
        passes=[{}, {"masked_paths": ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/scsi", *LATER)}],
        fails=[
            *({"masked_paths": tuple(path for path in MASKED if path != left)} for left in ALWAYS_MASKED),
            {"masked_paths": ("/proc/acpi",)},
        ],
        unknown=[{"masked_paths": UNSEEN}, {"privileged": UNSEEN}, {"masked_paths": None}],
        not_applicable=[{"masked_paths": ()}, {"masked_paths": None, "privileged": True}],
    ),
    *cases(
        "masked-paths-outdated",
        passes=[{}, {"masked_paths": ("/proc/interrupts", "/sys/devices/virtual")}],
        fails=[
            {"masked_paths": tuple(path for path in MASKED if path != left)}
            for left in ("/proc/interrupts", "/sys/devices/virtual/powercap")
        ],
        unknown=[{"masked_paths": UNSEEN}, {"privileged": UNSEEN}, {"masked_paths": None}],
        not_applicable=[{"masked_paths": ()}, {"masked_paths": None, "privileged": True}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    ("check", "option", "item"),
    [
        ("apparmor-off", "apparmor:unconfined", "apparmor=unconfined"),
        ("selinux-off", "label:disable", "label=disable"),
        ("seccomp-disabled", "seccomp=unconfined", "seccomp=unconfined"),
    ],
)
def test_takes_out_the_option_as_compose_has_it(check: str, option: str, item: str) -> None:
    fix = CATALOGUE[check].fix(a_container(security_opt=("no-new-privileges:true", option)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("security_opt", (item,)),)


def test_seccomp_comes_back_with_the_privileges_gone() -> None:
    fix = CATALOGUE["seccomp-disabled"].fix(a_container(privileged=True))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Drop("privileged"),)


def test_writes_no_compose_fix_where_the_engine_is_at_fault() -> None:
    assert CATALOGUE["seccomp-disabled"].fix(a_container()) is None


def test_replaces_an_option_that_says_the_opposite() -> None:
    fix = CATALOGUE["no-new-privileges-off"].fix(a_container(security_opt=("no-new-privileges:false",)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Include("security_opt", "no-new-privileges=true", ("no-new-privileges=false",)),)


@pytest.mark.parametrize(("length", "kept"), [(18, 18), (79, 79), (80, 61), (5000, 61)])
def test_does_not_repeat_a_whole_seccomp_profile(length: int, kept: int) -> None:
    profile = "seccomp=".ljust(length, "{")
    outcome = Case("seccomp-disabled", "pass", {"security_opt": (profile,)}).judged()
    (shown,) = dict(outcome.evidence)["HostConfig.SecurityOpt"]  # type: ignore[misc]
    assert len(shown) == kept
    assert shown[:60] == profile[:60]
