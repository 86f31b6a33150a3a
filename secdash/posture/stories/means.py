"""What leads from a container to the host: a table of checks, each with who can use it and when it is enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from secdash.checks import escape, paths
from secdash.checks.control_sockets import ALL_CHANGES
from secdash.checks.devices import BY_NAME, DISKS
from secdash.checks.held import apparmor_confines
from secdash.checks.host_mounts import paths_seen
from secdash.checks.isolation import separates_users
from secdash.checks.paths import HostPath, normalise, touches
from secdash.facts.message import Message, say
from secdash.facts.model import Container, FactMissing, known
from secdash.posture.stories.footholds import anybody, root, socket_holder
from secdash.posture.stories.scene import NO, Answer, Scene, besides, every, holds

Foothold = Callable[[Scene, Container], Answer]
When = Callable[[Scene, Container], bool]
DISK = re.compile(rf"/dev/(?:{DISKS}|{BY_NAME})")
# Who may write to one of these has the host's next cron job, unit, login or program. A mount of one application's
# folder below /etc is not among them.
RUN_BY_ROOT = (
    *("/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/crontab", "/var/spool/cron"),
    *("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/system"),
    *("/etc/passwd", "/etc/shadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/pam.d", "/root/.ssh"),
    *("/etc/ld.so.preload", "/etc/profile", "/etc/profile.d", "/etc/init.d", "/boot"),
    *("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin"),
)
# Services that do for root whatever it asks. On D-Bus AppArmor has a word too, so a confined container is not told of.
SERVICES = ("/run/systemd/private", "/run/snapd.socket", "/run/libvirt/libvirt-sock")
DBUS = "/run/dbus/system_bus_socket"


class Means(msgspec.Struct, frozen=True):
    """The check must fail, whoever broke in must have the foothold, and `when` must hold of the facts."""

    check: str
    foothold: Foothold
    short: Message
    says: Message
    when: When = lambda _scene, _container: True


def _root_writable(scene: Scene, container: Container) -> bool:
    return _writes(scene, container, lambda path: path == paths.ROOT)


def _run_by_root_writable(scene: Scene, container: Container) -> bool:
    return _writes(scene, container, lambda path: any(touches(path, place) for place in RUN_BY_ROOT))


def _writes(scene: Scene, container: Container, wanted: Callable[[str], bool]) -> bool:
    return _sees(scene, container, lambda seen: wanted(seen.path) and not seen.mount.read_only)


def _sees(scene: Scene, container: Container, wanted: Callable[[HostPath], bool]) -> bool:
    """One such mount is enough; without one, what was not seen keeps it from being a no."""
    found, missing = paths_seen(container, scene.facts, wanted)
    if missing and not found:
        raise missing
    return bool(found)


def _orders_services(scene: Scene, container: Container) -> bool:
    if _sees(scene, container, lambda seen: any(touches(seen.path, socket) for socket in SERVICES)):
        return True
    on_bus = _sees(scene, container, lambda seen: touches(seen.path, DBUS))
    return on_bus and not apparmor_confines(container, scene.facts.engine)


def _writes_disk(_scene: Scene, container: Container) -> bool:
    return any("w" in each.permissions and DISK.fullmatch(normalise(each.host)) for each in known(container.devices))


def _writes_sysctl(scene: Scene, container: Container) -> bool:
    """kernel.core_pattern among them, which names a program that the kernel runs as root of the host."""
    return known(container.readonly_paths) == () and not apparmor_confines(container, scene.facts.engine)


def _changes_pass(_scene: Scene, container: Container) -> bool:
    return any(entry.name == ALL_CHANGES and entry.switch == "on" for entry in known(container.env))


def _traces_privileged(scene: Scene, container: Container) -> bool:
    seen = scene.evidence("joins-powerful-container", container)
    powers = any(path.endswith("HostConfig.Privileged") for path in seen)
    return powers and not separates_users(container, scene.facts.engine)


MEANS = (
    Means(
        "docker-socket-mounted",
        socket_holder,
        say("Docker socket"),
        say("Through the socket it has the Engine start a container that holds the whole host."),
    ),
    Means(
        "runtime-socket-mounted",
        root,
        say("runtime socket"),
        say("It has the runtime below the Engine start what it wants."),
    ),
    Means(
        "privileged-container",
        root,
        say("privileged"),
        say("It holds every capability and sees the host’s disks: it mounts them."),
    ),
    Means(
        "host-root-mounted",
        root,
        say("host’s root writable"),
        say("It writes to every file of the host."),
        _root_writable,
    ),
    Means(
        "sensitive-host-path",
        root,
        say("host’s system files writable"),
        say("It writes to files of the host that root there runs or trusts."),
        _run_by_root_writable,
    ),
    Means(
        "control-socket-mounted",
        root,
        say("control socket of the host"),
        say("It has a service of the host start a program as root."),
        _orders_services,
    ),
    Means(
        "device-controls-host",
        root,
        say("host’s disk writable"),
        say("It writes to the host’s disk below every permission."),
        _writes_disk,
    ),
    Means(
        "unmasked-proc",
        root,
        say("kernel settings writable"),
        say("It names the program that the kernel of the host runs when a process crashes."),
        _writes_sysctl,
    ),
    Means(
        "socket-proxy-open",
        anybody,
        say("proxy lets changes through"),
        say("The proxy before the Docker socket passes orders on, and asks nobody for a password."),
        _changes_pass,
    ),
    Means(
        "joins-powerful-container",
        anybody,
        say("steers a privileged neighbour"),
        say("It shares the processes of a privileged container and may steer them."),
        _traces_privileged,
    ),
)

# What the links of an escape chain are called there, and the finding that stands for each.
CAPABILITY = say("powerful capability")
ESCAPE = {
    "HostConfig.PidMode": (
        "host-pid",
        say("sees the host’s processes"),
        say("It sees every process of the host."),
    ),
    "Mounts": ("sensitive-host-path", say("host’s cgroups writable"), say("It writes to the host’s control groups.")),
    "HostConfig.CapAdd": (
        "dangerous-capability",
        CAPABILITY,
        say("Its capability lets it load code into the kernel, mount what it wants, or steer other processes."),
    ),
    "AppArmorProfile": ("apparmor-off", say("no AppArmor"), say("AppArmor does not hold it back.")),
    "HostConfig.SecurityOpt": ("seccomp-disabled", say("no seccomp"), say("It may make every system call.")),
}
CGROUP_V1 = ("cgroup-v1", say("cgroup version 1"), say("In version 1 the kernel runs a program that a group names."))


def means(scene: Scene, container: Container) -> Iterator[Answer]:
    """Each way from inside this container to the host, with the foothold that it takes."""
    for each in MEANS:
        fails = scene.ask(each.check, container, each.short, each.says)
        if not fails.no:
            enough = holds(lambda each=each: each.when(scene, container))  # type: ignore[misc]
            yield every(each.foothold(scene, container), fails, enough)
    yield from _escapes(scene, container)
    yield _open_api(scene, container)


def _escapes(scene: Scene, container: Container) -> Iterator[Answer]:
    """One for each complete chain of settings; the check is asked first, for it knows when users are separated."""
    whole = scene.ask(
        "escape-chain",
        container,
        say("settings that add up"),
        say("Its settings together lead out of the container."),
    )
    if not whole.is_sure:
        yield whole
        return
    for way in escape.WAYS:
        try:
            for chain in way(container, scene.facts.engine):
                yield _linked(scene, container, chain) or whole
        except FactMissing:
            continue  # another way is complete, which the check has found


def _linked(scene: Scene, container: Container, chain: escape.Chain) -> Answer | None:
    """The findings of the chain's links in the order of the story; None where none stands for any."""
    foothold = root(scene, container) if "Config.User" in chain else anybody(scene, container)
    named = [besides(scene.ask(c, container, short, says)) for at, (c, short, says) in ESCAPE.items() if at in chain]
    if "info.CgroupVersion" in chain:
        check, short, says = CGROUP_V1
        named.append(besides(scene.ask(check, scene.facts.engine, short, says)))
    links = every(*named)
    return every(foothold, links) if links.links else None


def _open_api(scene: Scene, container: Container) -> Answer:
    """From the host's network a container reaches an API that asks for no password."""
    if isinstance(container.network_mode, str) and container.network_mode != "host":
        return NO
    return every(
        holds(lambda: known(container.network_mode) == "host"),
        scene.ask(
            "api-reachable-from-containers",
            scene.facts.engine,
            say("reaches an open API"),
            say("On the host’s network it commands the Engine without a password."),
        ),
    )
