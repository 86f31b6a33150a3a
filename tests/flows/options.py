"""What `docker run` can be told, and what of it is wrong: tables for test_options.

What a row fails is reasoned from what its options do, as the comments say where it is not plain; never copied from
an output. Options that are `()` are taken away from the hardened container.
"""

from __future__ import annotations

import msgspec

from tests.engine.dockerd import IMAGE

Options = dict[str, tuple[str, ...]]

REGISTRY = "127.0.0.1:5000"
PINNED = "PINNED"  # stands for the digest that the registry gave the image
HERE = IMAGE  # imported on this host

# Every option that hardens, by the name under which a row below takes it away or says it otherwise.
HARDENED: Options = {
    "user": ("--user", "1000:1000"),
    "cap-drop": ("--cap-drop", "ALL"),
    "no-new-privileges": ("--security-opt", "no-new-privileges:true"),
    "read-only": ("--read-only",),
    "tmpfs": ("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=16m"),
    "ipc": ("--ipc", "private"),
    "memory": ("--memory", "64m", "--memory-swap", "64m"),
    "cpus": ("--cpus", "0.5"),
    "pids": ("--pids-limit", "100"),
    "ulimit": ("--ulimit", "nofile=1024:2048"),
    "restart": ("--restart", "on-failure:3"),
    # Each check is a process, again and again for as long as the tests last.
    "health": ("--health-cmd", "true", "--health-interval", "10s"),
    "network": ("--network", "app"),
    "logs": ("--log-opt", "max-size=5m", "--log-opt", "max-file=2"),
    "init": ("--init",),
}


class Row(msgspec.Struct, frozen=True):
    """A container: what differs from the hardened one, what it fails for that, what it is made from."""

    differing: Options
    fails: frozenset[str] = frozenset()
    image: str = PINNED
    # What it fails only where the files of the host are read, and where the kernel still has cgroup v1, or has v2.
    by_files: frozenset[str] = frozenset()
    under_v1: frozenset[str] = frozenset()
    under_v2: frozenset[str] = frozenset()
    command: tuple[str, ...] = ("sleep", "60")

    @property
    def words(self) -> list[str]:
        return [word for option in (HARDENED | self.differing).values() for word in option]

    @property
    def hides_nothing(self) -> bool:
        return "--privileged" in self.words or "systempaths=unconfined" in self.words


def but(*fails: str, image: str = PINNED, command: tuple[str, ...] = ("sleep", "60"), **differing: object) -> Row:
    """A row in one line: `but("runs-as-root", user="--user 0:0")`; options are split at spaces, `_` stands for `-`."""
    options = {name.replace("_", "-"): tuple(str(words).split()) for name, words in differing.items()}
    return Row(options, frozenset(fails), image, command=command)


def also(row: Row, **fails: set[str]) -> Row:
    """The row with what it fails only by_files, under_v1 or under_v2."""
    return msgspec.structs.replace(row, **{name: frozenset(names) for name, names in fails.items()})


USER: dict[str, Row] = {
    "hardened": but(),
    "root": but("runs-as-root", user="--user 0:0"),
    "root-by-name": but("runs-as-root", user="--user root"),
    "root-in-two-digits": but("runs-as-root", user="--user 00:1000"),
    "no-user": but("runs-as-root", user=""),
    "group-of-root": but(user="--user 1000:0"),  # X-50 asks for the user only
    "group-docker": but("powerful-group-added", more="--group-add docker"),
    "group-zero": but("powerful-group-added", more="--group-add 0"),
    "group-audio": but(more="--group-add audio"),
    "group-by-number": but(more="--group-add 999"),  # may be docker's or anybody's: unknown, and no fault
    "user-namespace": but(more="--userns host"),  # 5.31 has a meaning only where the Engine remaps users
}

PRIVILEGES: dict[str, Row] = {
    "privileges-false": but("no-new-privileges-off", **{"no-new-privileges": "--security-opt no-new-privileges=false"}),
    "privileges-bare": but(**{"no-new-privileges": "--security-opt no-new-privileges"}),
    # The daemon's default counts then, and only its files tell that of an Engine this old: it is off.
    "privileges-unsaid": also(but(**{"no-new-privileges": ""}), by_files={"no-new-privileges-off"}),
    "privileged": but("privileged-container", "seccomp-disabled", more="--privileged"),
    "caps-kept": but("default-capabilities-kept", **{"cap-drop": ""}),
    "raw-dropped": but("default-capabilities-kept", **{"cap-drop": "--cap-drop NET_RAW"}),  # three others are left
    "rare-dropped": but(
        **{"cap-drop": "--cap-drop AUDIT_WRITE --cap-drop MKNOD --cap-drop NET_RAW --cap-drop CAP_SETFCAP"}
    ),
    # An ordinary user who cannot gain privileges never holds what was added: no way out, yet two faults.
    "cap-sys-admin": but("capabilities-added", "dangerous-capability", more="--cap-add SYS_ADMIN"),
    "cap-all": but("capabilities-added", "dangerous-capability", more="--cap-add ALL"),
    "cap-in-lower-case": but("capabilities-added", "dangerous-capability", more="--cap-add cap_net_admin"),
    "cap-sys-nice": but("capabilities-added", more="--cap-add SYS_NICE"),
    "cap-default": but(more="--cap-add CHOWN"),
    "cap-raw-again": but(more="--cap-add NET_RAW"),  # one of the defaults, and chosen by name
    # As root it mounts what it likes; under v1 that is enough to get out, under v2 seccomp still holds it.
    "root-sys-admin": also(
        but("runs-as-root", "capabilities-added", "dangerous-capability", user="", more="--cap-add SYS_ADMIN"),
        under_v1={"escape-chain"},
    ),
    "escape": but(
        *("runs-as-root", "capabilities-added", "dangerous-capability", "seccomp-disabled", "escape-chain"),
        user="--user 0",
        more="--cap-add SYS_ADMIN --security-opt seccomp=unconfined",
    ),
    "escape-by-setuid": but(  # no root yet, but any setuid program makes it one
        *("capabilities-added", "dangerous-capability", "seccomp-disabled", "no-new-privileges-off", "escape-chain"),
        more="--cap-add SYS_ADMIN --security-opt seccomp=unconfined",
        **{"no-new-privileges": "--security-opt no-new-privileges=false"},
    ),
    "injects": but(
        *("runs-as-root", "capabilities-added", "dangerous-capability", "host-pid", "escape-chain"),
        user="",
        more="--cap-add SYS_PTRACE --pid host",
    ),
    "loads-modules": but(
        *("runs-as-root", "capabilities-added", "dangerous-capability", "escape-chain"),
        user="",
        more="--cap-add SYS_MODULE",
    ),
    "seccomp": but("seccomp-disabled", more="--security-opt seccomp=unconfined"),
    "seccomp-lets-all": but("weak-seccomp-profile", more="--security-opt seccomp=open.json"),
    "seccomp-lets-mount": but("weak-seccomp-profile", more="--security-opt seccomp=mounting.json"),
    "seccomp-strict": but(more="--security-opt seccomp=strict.json"),
    "systempaths": but("unmasked-proc", more="--security-opt systempaths=unconfined"),
    # Neither is in this kernel, so there is nothing to switch off.
    "apparmor": but(more="--security-opt apparmor=unconfined"),
    "label": but(more="--security-opt label=disable"),
}

DEVICES: dict[str, Row] = {
    "device": but("host-devices", "device-controls-host", more="--device /dev/mem"),
    "device-sound": but("host-devices", more="--device /dev/snd"),
    "disk": but("host-devices", "device-controls-host", more="--device /dev/sda:/dev/xvda:r"),
    "device-rule": Row(  # every character device, the memory among them
        {"more": ("--device-cgroup-rule", "c *:* rwm")}, frozenset({"host-devices", "device-controls-host"})
    ),
    "device-rule-tun": Row({"more": ("--device-cgroup-rule", "c 10:200 rwm")}, frozenset({"host-devices"})),
    "gpus": but("host-devices", more="--gpus all"),
    # Without a rule of its cgroup no device opens that is only bound in; it still is the host's /dev.
    "dev": but("host-devices", "sensitive-host-path", more="-v /dev:/dev"),
    "dev-shm": but("sensitive-host-path", more="-v /dev/shm:/shm"),  # no device; X-37
    "dev-null": but(more="-v /dev/null:/etc/motd:ro"),
}

NAMESPACES: dict[str, Row] = {
    "host-network": but("host-network", network="--network host"),
    "no-network": but(network="--network none"),
    "host-pid": but("host-pid", more="--pid host"),
    "host-ipc": but("host-ipc", ipc="--ipc host"),
    "host-uts": but("host-uts", more="--uts host"),
    "cgroup-parent": but("custom-cgroup-parent", more="--cgroup-parent /mine"),
    # Under v1 Docker itself shares the host's.
    "cgroup-namespace": also(but(more="--cgroupns host"), under_v2={"host-cgroup-namespace"}),
    "cgroup-namespace-own": but(more="--cgroupns private"),
    "ipc-shareable": but("shareable-ipc", ipc="--ipc shareable"),
    "ipc-none": but(ipc="--ipc none"),
    # Joining one like itself is no more than sharing with it; joining one with the host's powers is having them.
    "joins-ipc": but(ipc="--ipc container:ipc-shareable"),
    "joins-host-ipc": but("joins-powerful-container", ipc="--ipc container:host-ipc"),
    "joins-network": but(network="--network container:hardened"),
    "joins-host-network": but("joins-powerful-container", network="--network container:host-network"),
    "joins-pid": but(more="--pid container:hardened"),
    "joins-host-pid": but("joins-powerful-container", more="--pid container:host-pid"),
    "joins-pid-of-privileged": but(more="--pid container:privileged"),  # it sees the other, and cannot steer it
    "traces-privileged": but(
        *("runs-as-root", "capabilities-added", "dangerous-capability", "joins-powerful-container"),
        user="",
        more="--cap-add SYS_PTRACE --pid container:privileged",
    ),
    "joins-ipc-of-privileged": but(ipc="--ipc container:privileged"),  # its memory segments, and none of its powers
    "sysctl-queue": but(more="--sysctl net.core.somaxconn=1024"),
    "sysctl-ports": but(more="--sysctl net.ipv4.ip_unprivileged_port_start=0"),  # what Docker sets by itself
    "sysctl-cookies": but("risky-sysctl", more="--sysctl net.ipv4.tcp_syncookies=0"),
    "sysctl-redirects": but("risky-sysctl", more="--sysctl net.ipv4.conf.all.accept_redirects=1"),
}

LIMITS: dict[str, Row] = {
    "no-memory": but("no-memory-limit", memory=""),
    "memory-alone": but(memory="--memory 64m"),  # as much swap again, which Docker grants by itself
    "swap": but("unlimited-swap", memory="--memory 64m --memory-swap -1"),
    "no-cpus": but("no-cpu-limit", cpus=""),
    "cpu-shares": but(cpus="--cpu-shares 512"),
    "cpuset": but(cpus="--cpuset-cpus 0"),
    "cpu-quota": but(cpus="--cpu-quota 50000"),
    "no-pids": but("no-pids-limit", pids=""),
    "pids-unlimited": but("no-pids-limit", pids="--pids-limit -1"),
    "no-ulimit": but("no-ulimits", ulimit=""),
    "no-oom": but(more="--oom-kill-disable"),  # with a memory limit it stops itself only (X-56)
    "no-oom-no-memory": but("no-memory-limit", "oom-killer-evaded", memory="", more="--oom-kill-disable"),
    "oom-score": but("oom-killer-evaded", more="--oom-score-adj -500"),
    "oom-first": but(more="--oom-score-adj 500"),
    "restart-always": but("unlimited-restarts", restart="--restart always"),
    "restart-unless-stopped": but("unlimited-restarts", restart="--restart unless-stopped"),
    "restart-ten": but("unlimited-restarts", restart="--restart on-failure:10"),
    "restart-on-failure": but("unlimited-restarts", restart="--restart on-failure"),
    "no-restart": but(restart=""),
    "no-health": but("no-healthcheck", health=""),
    "health-none": but("no-healthcheck", health="--no-healthcheck"),
    "logs-unbounded": but("log-rotation-missing", logs=""),
    "logs-one-file": but(logs="--log-opt max-size=5m"),  # Docker keeps one file then, and cuts it
    "logs-many-files": but(logs="--log-driver local"),
    "logs-no-end": but("log-rotation-missing", logs="--log-opt max-size=-1"),
    "logs-none": but("logs-discarded", logs="--log-driver none"),
    "logs-elsewhere": but(logs="--log-driver syslog"),
    "init-missing": but(init=""),  # sleep starts nothing that would have to be reaped
}

FILES: dict[str, Row] = {
    "writable": but("writable-root-filesystem", **{"read-only": ""}),
    "tmpfs-exec": but("loose-tmpfs", tmpfs="--tmpfs /tmp:exec,size=16m"),
    "tmpfs-suid": but("loose-tmpfs", tmpfs="--tmpfs /tmp:suid,size=16m"),
    "tmpfs-dev": but("loose-tmpfs", tmpfs="--tmpfs /tmp:dev,size=16m"),
    "tmpfs-bare": but(tmpfs="--tmpfs /tmp"),  # Docker's own flags, and the memory limit bounds it
    "tmpfs-unbounded": but("loose-tmpfs", "no-memory-limit", tmpfs="--tmpfs /tmp", memory=""),
    "tmpfs-mount": but(more="--mount type=tmpfs,destination=/scratch"),
    "root-mounted": but("host-root-mounted", "docker-socket-mounted", more="-v /:/host:ro"),
    "etc": but("sensitive-host-path", more="-v /etc:/host/etc:ro"),
    "hosts-writable": but("sensitive-host-path", more="-v /etc/hosts:/etc/hosts"),
    "localtime": but(more="-v /etc/localtime:/etc/localtime:ro -v /etc/ssl/certs:/etc/ssl/certs:ro"),
    # What only looks at the kernel's state is of medium weight and a check of its own (X-37).
    "sys": but("host-kernel-files-readable", more="-v /sys:/host/sys:ro"),
    "proc": but("host-kernel-files-readable", more="-v /proc:/host/proc:ro"),
    "proc-writable": but("sensitive-host-path", more="-v /proc:/host/proc"),
    "cgroups": but(more="-v /sys/fs/cgroup:/sys/fs/cgroup:ro"),
    "cgroups-writable": but("sensitive-host-path", more="-v /sys/fs/cgroup:/sys/fs/cgroup"),
    "cgroups-of-root": also(  # release_agent
        but("sensitive-host-path", "runs-as-root", user="", more="-v /sys/fs/cgroup:/c"), under_v1={"escape-chain"}
    ),
    "usr-bin": but("sensitive-host-path", more="-v /usr/bin:/host/bin:ro"),
    "time-zones": but(more="-v /usr/share/zoneinfo:/usr/share/zoneinfo:ro"),
    "engine-data": but("sensitive-host-path", more="-v /var/lib/docker:/d:ro"),
    "host-logs": but("sensitive-host-path", more="-v /var/log:/l:ro"),
    "keys-of-a-home": but("sensitive-host-path", more="-v /home/anna/.ssh:/k:ro"),
    "folder-of-a-home": but(more="-v /home/anna/site:/srv:ro"),
    "data": but(more="-v data:/data -v /srv/app:/srv:ro"),
    "disguised": but("sensitive-host-path", more="-v disguised-etc:/x"),  # volumes that are binds (X-42)
    "disguised-root": but("host-root-mounted", "docker-socket-mounted", more="-v disguised-root:/x"),
    "socket": but("docker-socket-mounted", more="-v /var/run/docker.sock:/var/run/docker.sock:ro"),
    "folder-by-mount": but(
        *("docker-socket-mounted", "sensitive-host-path"),
        more="--mount type=bind,source=/var/run,destination=/s,readonly",
    ),
    "run": but("docker-socket-mounted", "sensitive-host-path", more="-v /run:/host/run"),
    "containerd": but("runtime-socket-mounted", "sensitive-host-path", more="-v /run/containerd/containerd.sock:/c"),
    "socket-and-login": but(  # what --use-api-socket of newer command lines brings
        *("docker-socket-mounted", "registry-login-beside-socket"),
        more="-v /run/docker.sock:/s -v /srv/config.json:/run/secrets/docker/config.json:ro",
    ),
    "socket-and-folder": but(
        *("docker-socket-mounted", "registry-login-beside-socket"),
        more="-v /run/docker.sock:/s --env DOCKER_CONFIG=/run/secrets/docker",
    ),
    "login-alone": but(more="--env DOCKER_CONFIG=/data"),
    "bus": but("control-socket-mounted", more="-v /run/dbus/system_bus_socket:/b:ro"),
    "screen": but("control-socket-mounted", more="-v /tmp/.X11-unix:/tmp/.X11-unix:ro"),
    "shared": but("shared-mount-propagation", more="-v /srv:/srv:rshared"),
    "slave": but(more="-v /srv:/srv:rslave"),
}

NETWORK: dict[str, Row] = {
    "bridge": but("default-bridge", network=""),
    "link": but("default-bridge", "legacy-link", network="--link linked:db"),
    "link-on-own-network": but(more="--link linked-there:db"),  # a second name and no more
    "add-host": but(more="--add-host db:10.0.0.3"),
    "host-gateway": but("host-gateway-mapped", more="--add-host hub:host-gateway"),
    "published": but("published-on-all-interfaces", more="-p 8081:80"),
    "published-v6": but("published-on-all-interfaces", more="-p [::]:9001:9001"),
    "published-somewhere": but("published-on-all-interfaces", more="-p 80"),
    "published-low": but("privileged-port-published", more="-p 127.0.0.1:1023:80"),
    "published-first": but(more="-p 127.0.0.1:1024:80"),  # needs no privilege
    "published-loopback": but(more="-p 127.0.0.1:8082:80 -p [::1]:8082:80"),
    "published-web": but("published-on-all-interfaces", "privileged-port-published", more="-p 80:80"),
    "publish-all": but("all-ports-published", more="-P"),
    "exposed-socket": but(  # each alone is bad; together the host is one request away
        *("runs-as-root", "published-on-all-interfaces", "docker-socket-mounted", "exposed-host-control"),
        user="",
        more="-p 9000:9000 -v /run/docker.sock:/s",
    ),
}

TOLD: dict[str, Row] = {
    "secret": but("secret-in-environment", more="--env DB_PASSWORD=hunter2"),
    "secret-by-shape": but("secret-in-environment", more=f"--env ONE=ghp_{'x1' * 18}"),
    "secret-file": but(more="--env DB_PASSWORD_FILE=/run/secrets/db"),
    "secret-empty": but(more="--env DB_PASSWORD="),
    "secret-label": but("secret-in-command-or-label", more="--label org.example.password=hunter2"),
    "secret-command": but("secret-in-command-or-label", command=("serve", "--password=hunter2")),
    "secret-health": Row(
        {"health": ("--health-cmd", "check --token hunter2")}, frozenset({"secret-in-command-or-label"})
    ),
    "post-elsewhere": but(more="--env POST=1"),  # means something to a proxy only
}

IMAGES: dict[str, Row] = {
    "imported": but(image=HERE),
    "imported-latest": but(image="bb:latest"),  # no registry can move it
    "tagged": but("no-digest", image=f"{REGISTRY}/app:1.2"),
    "latest": but("no-digest", "moving-tag", image=f"{REGISTRY}/app:latest"),
    "untagged": but("no-digest", "moving-tag", image=f"{REGISTRY}/app"),
    "stable-alpine": but("no-digest", "moving-tag", image=f"{REGISTRY}/app:stable-alpine"),
    "dind": but("docker-in-docker", image="docker:27-dind"),
    "dind-rootless": but(image="docker:27-dind-rootless"),
    "docker-cli": but(image="docker:27-cli"),
    "dind-by-hand": but(
        *("privileged-container", "seccomp-disabled", "docker-in-docker"), more="--privileged -v inner:/var/lib/docker"
    ),
    "proxy": but(image="docker-socket-proxy:1", more="--env POST=0 --env CONTAINERS=1"),
    "proxy-open": but("socket-proxy-open", image="docker-socket-proxy:1", more="--env POST=1"),
    "proxy-published": but(
        *("socket-proxy-open", "published-on-all-interfaces"),
        image="docker-socket-proxy:1",
        more="--env POST=0 -p 2375:2375",
    ),
    "moved": but("outdated-image", image="moved:1"),  # the tag was given to another image since
}

# Everything above is only created; these run, for what they fail shows no sooner. STAYS keeps a shell as the parent.
STAYS = ("sh", "-c", "sleep 600; true")
# Programs by the names of others: each is the init that Docker brings.
SERVES = ("sh", "-c", "ln -s /sbin/docker-init /tmp/redis-server; httpd -f -p 8080 & exec /tmp/redis-server sleep 600")
SSHD = ("sh", "-c", "ln -s /sbin/docker-init /tmp/sshd; exec /tmp/sshd -- sleep 600")
INTRUDES = ("sh", "-c", "cp /bin/busybox /bin/foreign; exec sleep 600")
RUNNING: dict[str, Row] = {
    "runs": but(command=("sleep", "600")),
    "shell": but("shell-as-first-process", init="", command=STAYS),
    "shell-with-init": but(command=STAYS),
    "shell-gone": but(init="", command=("sh", "-c", "exec sleep 600")),
    "sshd": but("ssh-in-container", command=SSHD),
    "telnet": but("remote-shell-in-container", command=("telnetd", "-F", "-p", "2323")),
    "two-services": but("several-services", command=SERVES),
    "unwell": but(
        "unhealthy-container",
        health="--health-cmd false --health-interval 5s --health-retries 1",
        command=("sleep", "600"),
    ),
    # While Docker waits to start it again it does not run, and so cannot be unwell too.
    "loops": but("restart-loop", "unlimited-restarts", restart="--restart always", command=("false",)),
    "intruder": but(  # only root can write to /bin
        *("runs-as-root", "writable-root-filesystem", "programs-changed"),
        user="",
        command=INTRUDES,
        **{"read-only": ""},
    ),
    # Whoever works as root in it is told apart from the container's own user, which is an ordinary one.
    "root-works": but("root-exec", command=("sleep", "600")),
    "works": but(command=("sleep", "600")),
}
SESSIONS = {"root-works": ("--user", "0"), "works": ()}

CREATED = USER | PRIVILEGES | DEVICES | NAMESPACES | LIMITS | FILES | NETWORK | TOLD | IMAGES
ROWS = CREATED | RUNNING

# Checks of containers that no option fails here.
NOT_AN_OPTION: dict[str, str] = {
    "apparmor-off": "needs a kernel with AppArmor",
    "selinux-off": "needs a kernel with SELinux",
    "host-user-namespace": "needs an Engine that remaps users",
    "privileged-exec": "needs all capabilities, which not every machine that runs tests has",
    "long-running-container": "needs ninety days",
    "masked-paths-incomplete": "needs a list of paths, which the API takes and no option of the command line",
    "masked-paths-outdated": "is about the Engine that created it",
    "host-cgroup-namespace": "needs a kernel with cgroup v2, where a row above fails it",
}
