"""What subjects may do, and what counts as a gain of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from secdash.facts.model import Device, Mount, Plugin, Port, Registry
from secdash.findings.binding import Bound, gained, privileges_of, rose
from secdash.findings.privileges import seen_in
from secdash.findings.scopes import Scope, Target, covers, repository
from tests.build import (
    UNSEEN,
    a_container,
    a_file,
    a_network,
    a_service,
    a_snapshot,
    a_volume,
    an_engine,
    an_image,
)

ANONYMOUS = "a" * 64


def a_mount(source, read_only=False, type="bind", name=""):
    return Mount(type, source, "/data", read_only, name=name)


def said(before, now):
    return [str(gain) for gain in gained(privileges_of(before), privileges_of(now))]


@pytest.mark.parametrize(
    ("before", "now", "gain"),
    [
        ({}, {"privileged": True}, "It runs privileged now."),
        ({}, {"cap_add": ("SYS_ADMIN",)}, "It gained capabilities: SYS_ADMIN."),
        ({"cap_drop": ("ALL",)}, {"cap_drop": ("CHOWN", "NET_RAW")}, "It gained capabilities: AUDIT_WRITE,"),
        ({}, {"user": "0"}, "It runs as root now, before as 1000:1000."),
        ({}, {"user": "app"}, "It runs as app now"),
        ({}, {"mounts": (a_mount("/etc", read_only=True),)}, "It mounts more: /etc."),
        (
            {"mounts": (a_mount("/etc", read_only=True),)},
            {"mounts": (a_mount("/etc"),)},
            "It may write to more of what it mounts: /etc.",
        ),
        ({}, {"devices": (Device("/dev/sda", "/dev/sda", "r"),)}, "It was given devices: /dev/sda r."),
        ({"ports": ()}, {"ports": (Port(80, "tcp", "10.0.0.1", "80"),)}, "It publishes more: 80/tcp 10.0.0.1."),
        ({}, {"ports": (Port(8080, "tcp", "", "8080"),)}, "It publishes more: 8080/tcp *."),
        ({}, {"pid_mode": "host"}, "It shares a namespace now: pid host."),
        ({}, {"security_opt": ()}, "Its confinement is weaker: no-new-privileges off."),
        (
            {},
            {"security_opt": ("no-new-privileges", "seccomp=unconfined")},
            "Its confinement is weaker: seccomp off.",
        ),
        ({}, {"apparmor_profile": "unconfined"}, "AppArmor confines it no more."),
        ({}, {"masked_paths": None}, "Paths of the kernel are masked no more."),
        ({}, {"readonly_rootfs": False}, "Its root file system is writable now."),
        ({}, {"image": "evil/web:1.4"}, "It is made from another image: evil/web, before shop/web."),
        ({"runtime": "runsc"}, {}, "Another runtime runs it: runc, before runsc."),
        ({}, {"group_add": ("docker",)}, "It was given groups: docker."),
    ],
)
def test_a_container_gains_privilege(before, now, gain):
    [found] = said(a_container(**before), a_container(**now))

    assert found.startswith(gain)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"privileged": True}, {"cap_add": ("SYS_ADMIN",), "devices": (Device("/dev/sda", "/dev/sda", ""),)}),
        ({"cap_add": ("ALL",)}, {"cap_add": ("SYS_ADMIN",)}),
        ({"user": "root"}, {"user": "1000"}),
        ({"mounts": (a_mount("/"),)}, {"mounts": (a_mount("/srv/data"),)}),
        ({}, {"mounts": (a_mount("/x", type="volume", name=ANONYMOUS),)}),
        ({"ports": (Port(80, "tcp", "", "80"),)}, {"ports": (Port(80, "tcp", "192.0.2.1", "8080"),)}),
        ({"ports": (Port(80, "tcp", "192.0.2.1", "80"),)}, {"ports": (Port(80, "tcp", "127.0.0.1", "80"),)}),
        ({"ports": (Port(80, "tcp", "", ""),)}, {"ports": (Port(80, "tcp", "0.0.0.0", "32768"),)}),  # noqa: S104
        ({"network_mode": "host"}, {"network_mode": "container:abc"}),
        ({"network_mode": "container:abc"}, {"network_mode": "container:def"}),
        ({"image": "nginx:1"}, {"image": "docker.io/library/nginx:2@sha256:" + "a" * 64}),
        ({"image": "nginx:1"}, {"image": "sha256:" + "a" * 64}),
        ({"cap_add": UNSEEN}, {"cap_add": ("SYS_ADMIN",)}),
        ({"cap_add": ("SYS_ADMIN",)}, {"cap_add": UNSEEN}),
    ],
)
def test_losing_privilege_or_learning_of_it_is_no_gain(before, now):
    assert said(a_container(**before), a_container(**now)) == []


@pytest.mark.parametrize(
    ("before", "now", "gain"),
    [
        (a_file(mode=0o640), a_file(mode=0o646), "Its mode allows more: o+r, o+w."),
        (a_file(), a_file(uid=1000, owner="app"), "It belongs to another user now: app."),
        (an_image(user="app"), an_image(user=""), "It runs as root now, before as app."),
        (an_engine(), an_engine(security_options=()), "The Engine lost safeguards"),
        (
            an_engine(),
            an_engine(registries=(Registry("r.example", False),)),
            "The Engine trusts more registries without TLS: r.example.",
        ),
        (
            an_engine(),
            an_engine(warnings=("WARNING: API is accessible on http://0.0.0.0:2375 without encryption.",)),
            "The Engine listens on more addresses: http://0.0.0.0:2375.",
        ),
        (
            an_engine(plugins=()),
            an_engine(plugins=(Plugin("p", True, "host", False, False, False, ("SYS_ADMIN",), ()),)),
            "It gained privilege: p, p SYS_ADMIN.",
        ),
        (a_network(internal=True), a_network(internal=False), "It gained privilege: reaches outside."),
        (a_volume(options=()), a_volume(options=(("device", "/etc"),)), "It gained privilege: device=/etc."),
        (
            replace(a_service(), ports=()),
            replace(a_service(), ports=(Port(80, "tcp", "", "80"),)),
            "It publishes more: 80/tcp *.",
        ),
        (a_service(), a_service(cap_add=("SYS_ADMIN",)), "It gained capabilities: SYS_ADMIN."),
    ],
)
def test_other_subjects_gain_privilege(before, now, gain):
    [found] = said(before, now)

    assert found.startswith(gain)
    assert said(now, now) == []


def test_a_long_list_of_gains_stays_a_sentence():
    [found] = gained({"mounts": []}, {"mounts": [f"/srv/{number}" for number in range(20)]})

    assert str(found).endswith("(+12).")
    assert len(str(found)) < 200


def test_what_became_known_binds_and_is_named():
    bound = Bound(1, 2, {"user": ["app"]})

    assert bound.learning({"user": ["app"]}) is bound
    assert bound.learning({"user": ["root"], "pid": []}) == Bound(1, 2, {"user": ["app"], "pid": []}, ["pid"])
    assert Bound.of(bound.as_json()) == bound
    assert [Bound.of(foreign) for foreign in ({}, None, {"acceptance": "x"})] == [None] * 3


def test_severity_rises_but_never_falls_back_into_a_gain():
    assert [str(gain) for gain in rose(2, 4)] == ["Its severity rose to critical."]
    assert rose(4, 2) == rose(2, 2) == []


facts = st.fixed_dictionaries(
    {
        "user": st.sampled_from(["root", "1000", UNSEEN]),
        "cap_add": st.sampled_from([(), ("SYS_ADMIN",), ("ALL",), UNSEEN]),
        "privileged": st.booleans(),
        "mounts": st.sampled_from([(), (a_mount("/"),), (a_mount("/srv", read_only=True),), UNSEEN]),
    }
)


@settings(max_examples=40, deadline=None)
@given(facts)
def test_nothing_gains_over_itself(drawn):
    it = privileges_of(a_container(**drawn))

    assert gained(it, it) == []


def test_all_subjects_of_a_snapshot_are_read_or_only_the_wanted():
    snapshot = a_snapshot(containers=(a_container(name="a", key="a"), a_container(name="b", key="b")))

    assert {("container", "a"), ("container", "b"), ("engine", "engine")} <= set(seen_in(snapshot))
    assert set(seen_in(snapshot, {("container", "b")})) == {("container", "b")}
    assert ("container", "a") not in seen_in(a_snapshot(containers=UNSEEN))


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("nginx", "nginx"),
        ("nginx:1.27", "nginx"),
        ("registry.example:5000/shop/web:1", "registry.example:5000/shop/web"),
        ("registry.example:5000/web", "registry.example:5000/web"),
        ("web:1@sha256:" + "a" * 64, "web"),
        ("sha256:" + "a" * 64, ""),
    ],
)
def test_the_repository_of_an_image(reference, name):
    assert repository(reference) == name


def test_a_scope_covers_what_is_in_all_of_its_bounds():
    target = Target("check", 1, 2, "shop", "nginx:1", pk=7)

    assert covers(Scope("check"), target)
    assert covers(Scope("check", host=1, group=2, project="shop", image="nginx"), target)
    assert covers(Scope(findings=frozenset({7})), target)
    for other in (
        Scope("other"),
        Scope("check", host=9),
        Scope("check", group=9),
        Scope("check", project="x"),
        Scope("check", image="ngin"),
        Scope(findings=frozenset({8})),
    ):
        assert not covers(other, target)
