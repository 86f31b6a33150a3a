"""What the checks say of kernel settings given to a container."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Drop, Put
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

HARMLESS = (
    *(("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ip_forward", "1"), ("net.core.somaxconn", "1024")),
    *(("net.ipv4.tcp_syncookies", "1"), ("net.ipv4.conf.all.route_localnet", "0"), ("kernel.sem", "1 2 3 4")),
    *(("kernel.msgmax", "65536"), ("kernel.shm_rmid_forced", "1"), ("fs.mqueue.msg_max", "10")),
    *(("kernel.hostname", "web"), ("kernel.domainname", "shop"), ("net.ipv6.conf.all.accept_redirects", "0")),
    *(("net.ipv6.conf.all.accept_source_route", "1"), ("net.ipv4.conf.all.accept_source_route", "0")),
)
LOOSE = (
    *(("net.ipv4.conf.all.route_localnet", "1"), ("net.ipv4.conf.eth0.accept_source_route", "1")),
    *(("net.ipv4.conf.default.accept_redirects", "1"), ("net.ipv6.conf.all.accept_redirects", " 1 ")),
    *(("net.ipv4.tcp_syncookies", "0"), ("kernel.core_pattern", "|/x"), ("vm.overcommit_memory", "1")),
    *(("fs.file-max", "9"), ("kernel.semaphore", "1"), ("network.x", "1")),
)

CASES: tuple[Case, ...] = (
    *cases(
        "risky-sysctl",
        passes=[{}, *({"sysctls": (pair,)} for pair in HARMLESS)],
        fails=[{"sysctls": (pair,)} for pair in LOOSE],
        unknown=[{"sysctls": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_keeps_the_harmless_ones() -> None:
    fix = CATALOGUE["risky-sysctl"].fix(a_container(sysctls=(HARMLESS[0], LOOSE[0])))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Put("sysctls", dict([HARMLESS[0]])),)


def test_leaves_no_empty_key() -> None:
    fix = CATALOGUE["risky-sysctl"].fix(a_container(sysctls=(LOOSE[0],)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Drop("sysctls"),)
