"""What the checks say of the host's sockets in containers, and of proxies in front of the Engine's."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Exclude, Include
from secdash.facts.model import EnvName, Mount, Port
from tests.build import UNSEEN, a_bind, a_container, a_volume
from tests.checks.cases import Case, Facts, cases

NAMED = Mount("volume", "/var/lib/docker/volumes/data/_data", "/data", False, name="data", driver="local")
SOCKET = a_bind("/var/run/docker.sock", "/var/run/docker.sock")
LOGIN = (EnvName("DOCKER_CONFIG"), EnvName("PATH"))


def binds(*sources: str, read_only: bool = False) -> Facts:
    return {"mounts": tuple(a_bind(source, f"/mnt/{n}", read_only=read_only) for n, source in enumerate(sources))}


def proxy(image: str = "tecnativa/docker-socket-proxy:0.4", ports: tuple[Port, ...] = (), **switches: str) -> Facts:
    env = tuple(EnvName(name, switch=switch) for name, switch in switches.items())
    return {"image": image, "env": env, "ports": ports}


CONTROL = {
    "D-Bus": ("/run/dbus/system_bus_socket", "/var/run/dbus", "/run/user/1000/bus", "/run/user/1000"),
    "systemd": ("/run/systemd/private", "/run/systemd/notify", "/run/systemd/userdb", "/run/user/1000/systemd/private"),
    "journal": tuple(f"/run/systemd/journal/{name}" for name in ("socket", "stdout", "dev-log")),
    "udev": ("/run/udev", "/run/udev/control"),
    "snapd": ("/run/snapd.socket", "/run/snapd-snap.socket"),
    "libvirt": ("/run/libvirt", "/run/libvirt/libvirt-sock"),
    "acpid": ("/run/acpid.socket",),
    "X11": ("/tmp/.X11-unix", "/tmp/.X11-unix/X0"),
    "Wayland": ("/run/user/1000/wayland-0",),
    "ssh-agent": (
        *(
            "/tmp/ssh-XXabcd1234/agent.12",
            "/tmp/ssh-XXabcd123456",
            "/run/user/1000/keyring/ssh",
            "/run/user/1000/ssh-agent.socket",
        ),
        *("/run/user/1000/openssh_agent", "/run/host-services/ssh-auth.sock", "/run/user/1000/gnupg/S.gpg-agent.ssh"),
        *("/home/ada/.ssh/agent/s.abc", "/run/user/1000/keyring", "/run/user/1000"),
    ),
}

CASES: tuple[Case, ...] = (
    *cases(
        "control-socket-mounted",
        passes=[
            {},
            binds(
                "/run/app",
                "/tmp",
                "/tmp/app",
                "/tmp/ssh-keys",
                "/tmp/ssh-XXabcd1234567",
                "/run/user/ada",
                "/run/user/1000/app",
                "/var",
            ),
            binds("/run/systemd/resolve/resolv.conf", "/run/udev/data", "/run/systemd/system", "/run/dbus2"),
        ],
        fails=[
            *(binds(path) for path in dict.fromkeys(path for paths in CONTROL.values() for path in paths)),
            binds("/run/dbus", read_only=True),
            binds("/", "/run/dbus"),
            {"mounts": (a_bind("/run/dbus"), NAMED), "volumes": UNSEEN},
            {"mounts": (NAMED,), "volumes": (a_volume(options=(("device", "/run/dbus"), ("o", "bind"))),)},
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}],
        not_applicable=[binds("/"), binds("/run"), binds("/var/run", read_only=True)],
    ),
    *cases(
        "registry-login-beside-socket",
        passes=[
            {},
            {"env": LOGIN},
            {"mounts": (SOCKET,)},
            {"mounts": (SOCKET, a_bind("/srv/x", "/run/secrets/dockerfile"))},
            {"mounts": (SOCKET,), "env": (EnvName("DOCKER_CONFIG", empty=True), EnvName("DOCKER_HOST"))},
            {"mounts": (SOCKET,), "env": (EnvName("DOCKER_CERT_PATH"),)},
        ],
        fails=[
            {"mounts": (SOCKET,), "env": LOGIN},
            {"mounts": (a_bind("/run"),), "env": LOGIN},
            {"mounts": (SOCKET, a_bind("/srv/x", "/run/secrets/docker/config.json"))},
            {"mounts": (SOCKET, a_bind("/srv/x", "/var/run/secrets/docker"))},
            {"mounts": (SOCKET, a_bind("/srv/x", "/root/.docker/config.json", read_only=True))},
            {"mounts": (SOCKET, NAMED), "env": LOGIN, "volumes": UNSEEN},
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}, {"env": UNSEEN}],
    ),
    *cases(
        "socket-proxy-open",
        passes=[
            proxy(POST="off"),
            proxy(POST="off", ALLOW_START="off", CONTAINERS=""),
            proxy("lscr.io/linuxserver/socket-proxy", POST="off"),
            proxy("ghcr.io/tecnativa/docker-socket-proxy@sha256:" + "1a" * 32, POST="off"),
            proxy(POST="off", ports=(Port(2375, "tcp", "127.0.0.1", "2375"), Port(2375, "tcp", "::1", "2375"))),
        ],
        fails=[
            proxy(POST="on"),
            proxy("socket-proxy", POST="on"),
            proxy("lscr.io/linuxserver/socket-proxy:3", POST="on"),
            proxy(POST="off", ALLOW_RESTARTS="on"),
            proxy(ALLOW_STOP="on"),
            proxy(POST="off", ports=(Port(2375, "tcp", "", "2375"),)),
            proxy(ports=(Port(2375, "tcp", "10.0.0.1", "2375"),)),
        ],
        unknown=[
            proxy(),
            proxy(POST=""),
            proxy(ALLOW_STOP="off"),
            {"image": UNSEEN},
            proxy(POST="off") | {"env": UNSEEN},
            proxy(POST="off") | {"ports": UNSEEN},
        ],
        not_applicable=[{}, proxy("shop/proxy", POST="on"), proxy("shop/my-socket-proxy", POST="on")],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(("whose", "path"), [(whose, path) for whose, paths in CONTROL.items() for path in paths])
def test_names_the_service_behind_a_socket(whose: str, path: str) -> None:
    assert whose in str(Case("control-socket-mounted", "fail", dict(binds(path))).judged().reason)


@pytest.mark.parametrize(("whose", "path"), [(whose, path) for whose, paths in CONTROL.items() for path in paths])
def test_a_control_socket_is_reported_once(whose: str, path: str) -> None:
    assert Case("sensitive-host-path", "pass", dict(binds(path))).judged().status == "pass", whose


def test_takes_out_exactly_the_control_socket() -> None:
    container = a_container(mounts=(a_bind("/srv/app", "/app"), a_bind("/run/dbus", "/dbus", read_only=True)))
    fix = CATALOGUE["control-socket-mounted"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("volumes", ("/run/dbus:/dbus:ro",)),)


def test_switches_off_what_is_on() -> None:
    container = a_container(**proxy(POST="on", ALLOW_STOP="off", ALLOW_START="on"))
    fix = CATALOGUE["socket-proxy-open"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (
        Include("environment", "POST=0", ("POST",)),
        Include("environment", "ALLOW_START=0", ("ALLOW_START",)),
    )


def test_publishes_a_proxy_no_more() -> None:
    ports = (Port(2375, "tcp", "", "2375"), Port(2376, "tcp", "127.0.0.1", "2376"))
    fix = CATALOGUE["socket-proxy-open"].fix(a_container(**proxy(POST="off", ports=ports)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("ports", ("2375:2375",)),)


def test_shows_the_socket_and_the_login_beside_it() -> None:
    outcome = Case("registry-login-beside-socket", "fail", {"mounts": (SOCKET,), "env": LOGIN}).judged()
    assert outcome.evidence == (("Mounts", ["/run/docker.sock"]), ("login", ["Config.Env: DOCKER_CONFIG"]))


def test_shows_what_a_proxy_lets_through_and_where() -> None:
    ports = (Port(2375, "tcp", "", "2375"),)
    outcome = Case("socket-proxy-open", "fail", proxy(POST="on", ports=ports)).judged()
    assert outcome.evidence == (("Config.Env, on", ["POST"]), ("ports", ["*:2375"]))
