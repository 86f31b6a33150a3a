"""What the checks say of the host's files in a container."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE, paths
from secdash.checks.remedy import ComposeFix, Exclude, Include, Put
from secdash.facts.model import Mount
from tests.build import UNSEEN, a_bind, a_container, a_volume
from tests.checks.cases import Case, Facts, cases


def binds(*sources: str, read_only: bool = False) -> Facts:
    return {"mounts": tuple(a_bind(source, f"/mnt/{n}", read_only=read_only) for n, source in enumerate(sources))}


# The classes of, each path by itself.
KERNEL = ("/proc/sysrq-trigger", "/sys/fs/bpf", "/sys/firmware", "/dev/mem", "/dev/kvm", "/dev/shm", "/usr/src")
IDENTITY = (
    *("/etc/passwd", "/etc/sudoers.d", "/etc/pam.d", "/etc/cron.d", "/etc/systemd", "/etc/ld.so.preload"),
    *("/etc/docker", "/etc/kubernetes", "/root/.docker/config.json", "/root/.aws", "/home/ada/.kube/config"),
    *("/var/home/ada", "/var/home", "/Users", "/Users/ada", "/Users/ada/.aws", "/home/ada/.config/gcloud"),
    *("/home/ada/.netrc", "/home/ada/.git-credentials", "/root/.npmrc", "/home/ada/.pypirc", "/home/ada/.pgpass"),
    *("/home/ada/.azure", "/home/ada/.gnupg", "/home/ada/.password-store", "/home/ada/.config/gh/hosts.yml"),
    *("/home/ada/.local/share/keyrings", "/root/.my.cnf", "/root/.vault-token", "/root/.bash_history", "/run/user"),
)
PROGRAMS = ("/usr", "/usr/sbin", "/usr/lib", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/local/bin")
STATE = (
    *("/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet", "/run/containerd"),
    *("/var/spool/cron", "/var/spool", "/var/lib/systemd", "/var/backups", "/run/credentials/x.service"),
    *("/run/systemd/system", "/var/lib"),
)
READABLE = (
    *("/etc/timezone", "/etc/hosts", "/etc/hostname", "/etc/os-release", "/etc/lsb-release", "/etc/resolv.conf"),
    *("/etc/machine-id", "/etc/ca-certificates", "/etc/pki/ca-trust", "/usr/lib/os-release", "/usr/local/share"),
    *("/usr/share", "/run/systemd/resolve/resolv.conf", "/run/udev/data"),
)
NAMED = Mount("volume", "/var/lib/docker/volumes/data/_data", "/data", False, name="data", driver="local")
UNNAMED = Mount("volume", "/srv/volume", "/data", False)
DISGUISED = {"mounts": (NAMED,), "volumes": (a_volume(options=(("device", "/etc"), ("o", "bind"), ("type", "none"))),)}
SHARED_ROOT = {
    "mounts": (NAMED,),
    "volumes": (a_volume(options=(("device", "/"), ("o", "ro,rbind"), ("type", "none"))),),
}
PIPE = Mount("npipe", r"\\.\pipe\docker_engine", r"\\.\pipe\docker_engine", False)
UNSEEN_OPTIONS = {"mounts": (NAMED,), "volumes": (a_volume(options=UNSEEN),)}

CASES: tuple[Case, ...] = (
    *cases(
        "host-root-mounted",
        passes=[{}, binds("/srv/app"), binds("/etc"), {"mounts": (UNNAMED,), "volumes": UNSEEN}],
        fails=[binds("/"), binds("//"), binds("/srv/.."), binds("/", read_only=True), SHARED_ROOT],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}, UNSEEN_OPTIONS],
    ),
    *cases(
        "sensitive-host-path",
        passes=[
            {},
            binds("/srv/app", "/home/ada/shop/conf", "/opt/shop/data", "/var/log/shop", "/data"),
            binds("/etc/localtime", "/etc/ssl/certs", "/usr/share/zoneinfo", "/sys/fs/cgroup", read_only=True),
            *(binds(path, read_only=True) for path in READABLE),
            binds("/proc", "/sys", "/sys/kernel/debug", read_only=True),
            binds("/run/dbus", "/run/systemd", "/run/udev", "/tmp/.X11-unix", "/run/user/1000"),
            binds("/srv/.npmrc", "/srv/.ssh", "/home/ada/.config", "/home/ada/.sshd", "/home/ada/shop/.netrc"),
            binds("/dev/null"),
            binds("/etcetera", "/usrlocal"),
        ],
        fails=[
            *(binds(path) for path in ("/etc", "/etc/ssl", "/usr/bin", "/run", "/var/run", "/var", "/boot", "/dev")),
            *(binds(path) for path in ("/home", "/home/ada", "/home/ada/.ssh", "/root", "/root/.ssh/id_ed25519")),
            *(binds(path) for path in ("/opt", "/lib/modules", "/var/lib/docker/volumes", "/proc/sys", "/var/log")),
            *(binds(path, read_only=True) for path in ("/etc", "/dev", "/usr/bin", "/etc/shadow", "/home/ada")),
            *(binds(path) for path in ("/etc/localtime", "/srv/../etc", "/sys/fs/cgroup", "/proc", "/sys/kernel")),
            *(binds(path) for path in KERNEL + IDENTITY + PROGRAMS + STATE),
            *(binds(path) for path in READABLE),
            DISGUISED,
            DISGUISED | {"mounts": (NAMED, a_bind("/"))},
            {**binds("/tank/docker/overlay2"), "engine": {"root_dir": "/tank/docker"}},
            {"mounts": (a_bind("/etc"), NAMED), "volumes": UNSEEN},
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}],
        not_applicable=[binds("/"), binds("/", read_only=True), SHARED_ROOT],
    ),
    *cases(
        "host-kernel-files-readable",
        passes=[
            {},
            binds("/proc", "/sys", "/sys/kernel/debug"),
            binds("/sys/fs/cgroup", "/procession", "/", "/dev", read_only=True),
        ],
        fails=[
            *(binds(path, read_only=True) for path in ("/proc", "/sys", "/sys/fs", "/proc/1", "/sys/kernel/debug")),
            {"mounts": (a_bind("/proc", read_only=True), NAMED), "volumes": UNSEEN},
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}],
    ),
    *cases(
        "docker-socket-mounted",
        passes=[
            {},
            binds("/srv/app", "/run/shop", "/var/lib/shop", "/srv/docker_engine"),
            {"mounts": (Mount("npipe", r"\\.\pipe\shop", r"\\.\pipe\shop", False),)},
        ],
        fails=[
            *(binds(path) for path in ("/var/run/docker.sock", "/run/docker.sock", "/run", "/var/run/", "/var", "/")),
            *(binds(path) for path in ("/run/user/1000/docker.sock", "/home/ada/.docker/run/docker.sock")),
            binds("/home/ada/.docker/desktop"),
            binds("/var/run/docker.sock", read_only=True),
            binds("/", read_only=True),
            {"mounts": (PIPE,)},
            {"mounts": (a_bind("/run/docker.sock"), NAMED), "volumes": UNSEEN},
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}],
    ),
    *cases(
        "runtime-socket-mounted",
        passes=[{}, binds("/var/run/docker.sock")],
        fails=[
            *(binds(path) for path in ("/run/containerd/containerd.sock", "/var/run/containerd", "/run/containerd/s")),
            *(binds(path) for path in ("/run/podman/podman.sock", "/run/user/1000/podman", "/run/crio/crio.sock")),
            *(binds(path) for path in ("/run/docker/plugins", "/var/lib/incus/unix.socket", "/run/cri-dockerd.sock")),
            binds("/", "/run/containerd"),
        ],
        unknown=[{"mounts": UNSEEN}, {"volumes": UNSEEN}],
        not_applicable=[binds("/"), binds("/run"), binds("/var/run")],
    ),
    *cases(
        "shared-mount-propagation",
        passes=[{}, {"mounts": (a_bind("/srv/app", propagation="rslave"),)}],
        fails=[{"mounts": (a_bind("/srv/app", propagation=how),)} for how in ("shared", "rshared")],
        unknown=[{"mounts": UNSEEN}],
    ),
    *cases(
        "writable-root-filesystem",
        passes=[{}],
        fails=[{"readonly_rootfs": False}],
        unknown=[{"readonly_rootfs": UNSEEN}],
    ),
    *cases(
        "loose-tmpfs",
        passes=[
            {},
            {"tmpfs": (("/tmp", ""), ("/run", "rw,noexec,nosuid,nodev"))},
            {"tmpfs": (("/tmp", "size=1m"),), "memory": 0},
            {"tmpfs": (("/tmp", "nr_blocks=9,mode=1777"),), "memory": 0},
            {"tmpfs": (("/tmp", "rw,noexec,nosuid,nodev,tmpcopyup"),), "engine": {"podman": True}},
            {"tmpfs": (("/tmp", "noexec,nosuid,nodev"),), "engine": {"podman": True}},
            {"tmpfs": (("/tmp", ""),), "memory": 1},
            {"engine": {"podman": True}},
        ],
        fails=[
            *({"tmpfs": (("/tmp", f"rw,{word},size=1m"),)} for word in ("exec", "suid", "dev")),
            {
                "tmpfs": (
                    ("/run", "size=1m"),
                    ("/tmp", ""),
                ),
                "memory": 0,
            },
            *({"tmpfs": (("/tmp", "mode=1777"),), "memory": memory} for memory in (0, -1)),
            {"tmpfs": (("/tmp", "exec"), ("/run", "nosuid")), "engine": {"podman": True}},
        ],
        unknown=[
            {"tmpfs": UNSEEN},
            {"memory": UNSEEN},
            *(
                {"tmpfs": (("/tmp", f"rw,{words}"), ("/run", "noexec,nosuid,nodev")), "engine": {"podman": True}}
                for words in ("nosuid,nodev", "noexec,nodev", "noexec,nosuid")
            ),
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    ("path", "same"),
    [("/var/run/docker.sock", "/run/docker.sock"), ("//etc//ssl/", "/etc/ssl"), ("/a/../b", "/b"), ("/", "/")],
)
def test_writes_a_path_one_way(path: str, same: str) -> None:
    assert paths.normalise(path) == same


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("host-root-mounted", a_bind("/", "/fault", read_only=True)),
        ("sensitive-host-path", a_bind("/etc", "/fault", read_only=True)),
        ("host-kernel-files-readable", a_bind("/proc", "/fault", read_only=True)),
        ("docker-socket-mounted", a_bind("/var/run/docker.sock", "/fault", read_only=True)),
        ("runtime-socket-mounted", a_bind("/run/containerd", "/fault", read_only=True)),
    ],
)
def test_takes_out_exactly_the_fault(check: str, fault: Mount) -> None:
    fix = CATALOGUE[check].fix(a_container(mounts=(NAMED, a_bind("/srv/app", "/app"), fault)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("volumes", (f"{fault.source}:/fault:ro",)),)


def test_a_volume_in_disguise_has_no_fix_by_machine() -> None:
    subject, _ = Case("sensitive-host-path", "fail", dict(DISGUISED)).scene()
    assert CATALOGUE["sensitive-host-path"].fix(subject) is None


def test_makes_a_shared_mount_private() -> None:
    container = a_container(mounts=(a_bind("/srv/app", "/app", read_only=True, propagation="rshared"),))
    fix = CATALOGUE["shared-mount-propagation"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Include("volumes", "/srv/app:/app:ro", ("/srv/app:/app:ro,rshared",)),)


def test_adds_scratch_space_where_nothing_is_mounted() -> None:
    container = a_container(readonly_rootfs=False, tmpfs=(("/run", "size=1m"),))
    fix = CATALOGUE["writable-root-filesystem"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Put("read_only", True), Include("tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m"))


def test_names_what_it_saw() -> None:
    outcome = Case("sensitive-host-path", "fail", dict(binds("/srv/../etc", read_only=True))).judged()
    assert outcome.evidence == (("Mounts", ["/etc -> /mnt/0 (ro)"]),)
    assert "/etc" in str(outcome.reason)


def test_makes_scratch_space_strict_again() -> None:
    container = a_container(
        tmpfs=(("/a", "exec,mode=700"), ("/b", "size=1m"), ("/c", ""), ("/d", "dev,size=2m")), memory=0
    )
    fix = CATALOGUE["loose-tmpfs"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (
        Include("tmpfs", "/a:mode=700,size=64m", ("/a:exec,mode=700",)),
        Include("tmpfs", "/c:size=64m", ("/c",)),
        Include("tmpfs", "/d:size=2m", ("/d:dev,size=2m",)),
    )
