"""CIS Docker Benchmark, section 3: owners and modes of Docker's files on the host, and what a wrong one gives away.

The benchmark asks more than safety does: a unit file that may be executed is a fault there and harms nobody. So its
rows are of low severity here, but for the sockets, and what really hands root to somebody has a check of its own.
"""

from __future__ import annotations

import msgspec

from secdash.checks.daemon_settings import setting, socket_group
from secdash.checks.engine import Check, Predicate, check, enter
from secdash.checks.isolation import security_names
from secdash.checks.outcome import CRITICAL, HIGH, LOW, Outcome, Severity, fails_if, not_applicable, passes, unknown
from secdash.checks.remedy import FileFix, FixFor
from secdash.facts import places
from secdash.facts.message import Message, say
from secdash.facts.model import HostFile, Snapshot, known

ROOT = 0
GROUP_WRITES, OTHERS_WRITE = 0o020, 0o002
GROUP_READS, OTHERS_READ = 0o040, 0o004
SPECIAL_BITS = 0o7000
UNJUDGED = ("link", "other")

A_LINK = say("It is a link that leads nowhere, or where it could not be followed.")
NO_FILE = say("It is neither a file nor a folder nor a socket, so its mode means nothing.")
BELONGS_TO_THE_ENGINES_USER = say("This Engine runs as an ordinary user, to whom its files belong.")
OPENED_BY_SOCKET = say("The checks of the socket's owner and mode say who may open it.")
MADE_ANEW = say(
    "The socket is made anew at each start: set SocketUser, SocketGroup and SocketMode in docker.socket too."
)
MADE_BY_CONTAINERD = say("containerd makes its socket anew at each start: see uid and gid under [grpc] in config.toml.")


class Place(msgspec.Struct, frozen=True):
    """A role, what the benchmark allows it at most, and the numbers under which it says so."""

    role: str
    name: str
    owner: str  # number and title of the check of the owner; those of the mode below
    owner_title: str
    mode: str
    mode_title: str
    most: int
    severity: Severity = LOW
    note: Message | None = None


PLACES = (
    Place(
        "docker.service",
        "docker-service-unit",
        *("3.1", "Unit docker.service not owned by root"),
        *("3.2", "Mode of unit docker.service too open"),
        most=0o644,
    ),
    Place(
        "docker.socket",
        "docker-socket-unit",
        *("3.3", "Unit docker.socket not owned by root"),
        *("3.4", "Mode of unit docker.socket too open"),
        most=0o644,
    ),
    Place(
        "etc-docker",
        "etc-docker",
        *("3.5", "/etc/docker not owned by root"),
        *("3.6", "Mode of /etc/docker too open"),
        most=0o755,
    ),
    Place(
        places.REGISTRY_CERTIFICATE,
        "registry-certificate",
        *("3.7", "Registry certificate not owned by root"),
        *("3.8", "Mode of a registry certificate too open"),
        most=0o444,
    ),
    Place(
        places.TLS_CA,
        "tls-ca",
        *("3.9", "CA certificate not owned by root"),
        *("3.10", "Mode of the CA certificate too open"),
        most=0o444,
    ),
    Place(
        places.TLS_CERTIFICATE,
        "tls-certificate",
        *("3.11", "Server certificate not owned by root"),
        *("3.12", "Mode of the server certificate too open"),
        most=0o444,
    ),
    Place(
        places.TLS_KEY,
        "tls-key",
        *("3.13", "Server key not owned by root"),
        *("3.14", "Mode of the server key too open"),
        most=0o400,
    ),
    Place(
        places.DOCKER_SOCKET,
        "docker-sock",
        *("3.15", "Docker socket owned by somebody else"),
        *("3.16", "Docker socket open to everybody"),
        most=0o660,
        severity=CRITICAL,
        note=MADE_ANEW,
    ),
    Place(
        places.DAEMON_JSON,
        "daemon-json",
        *("3.17", "File daemon.json not owned by root"),
        *("3.18", "Mode of daemon.json too open"),
        most=0o644,
    ),
    Place(
        "default-docker",
        "default-docker",
        *("3.19", "/etc/default/docker not owned by root"),
        *("3.20", "Mode of /etc/default/docker too open"),
        most=0o644,
    ),
    Place(
        "sysconfig-docker",
        "sysconfig-docker",
        *("3.22", "/etc/sysconfig/docker not owned by root"),
        *("3.21", "Mode of /etc/sysconfig/docker too open"),
        most=0o644,
    ),
    Place(
        "containerd.sock",
        "containerd-sock",
        *("3.23", "Socket of containerd not owned by root"),
        *("3.24", "Socket of containerd open to everybody"),
        most=0o660,
        severity=CRITICAL,
        note=MADE_BY_CONTAINERD,
    ),
)


def _owner_of(place: Place) -> Predicate:
    def predicate(file: HostFile, snapshot: Snapshot) -> Outcome:
        if file.type in UNJUDGED:
            return _unjudged(file)
        if known(file.uid) != ROOT and _belongs_to_engine(file, snapshot):
            return not_applicable(BELONGS_TO_THE_ENGINES_USER)
        if known(file.uid) == ROOT and place.role == places.DOCKER_SOCKET:
            return _group_of_socket(file, snapshot)
        reason = say("It belongs to %(owner)s, not to root.", owner=_owner(file))
        return fails_if((known(file.uid), known(file.gid)) != (ROOT, ROOT), reason, {"stat.owner": _owner(file)})

    return predicate


def _group_of_socket(file: HostFile, snapshot: Snapshot) -> Outcome:
    """Who is in the group rules the Engine. The members of the daemon's own group have a check of their own."""
    group, seen = known(file.group), {"stat.owner": _owner(file)}
    if known(file.gid) == ROOT or group == socket_group(snapshot):
        return passes(seen)
    known(setting(snapshot, "group"))  # it may be the group that the daemon is set to
    return fails_if(True, say("Members of the group %(group)s control the Engine as root.", group=group), seen)


def _mode_of(place: Place) -> Predicate:
    def predicate(file: HostFile, _snapshot: Snapshot) -> Outcome:
        if file.type in UNJUDGED:
            return _unjudged(file)
        mode = known(file.mode)
        reason = say("Mode %(mode)s allows more than %(most)s.", mode=_octal(mode), most=_octal(place.most))
        return fails_if(mode & ~place.most != 0, reason, {"stat.mode": _octal(mode)})

    return predicate


def _give_to_root(place: Place) -> FixFor:
    owner = "root:docker" if place.role == places.DOCKER_SOCKET else "root:root"
    return lambda file: FileFix(say("Give it back to root."), file.key, owner=owner, note=place.note)


def _narrow_to(most: int, note: Message | None = None) -> FixFor:
    def fix(file: HostFile) -> FileFix:
        return FileFix(say("Take the bits away that are too many."), file.key, mode=_narrowed(file, most), note=note)

    return fix


def _narrowed(file: HostFile, most: int) -> str:
    """As chmod wants it: of a folder it takes setuid and setgid away only where the number has five digits."""
    mode = known(file.mode)
    return f"{mode & most:0{5 if mode & SPECIAL_BITS else 4}o}"


for _place in PLACES:
    _risks = ("daemon-takeover",)
    _severity = HIGH if _place.severity is CRITICAL else LOW
    enter(
        Check(
            f"{_place.name}-foreign-owner",
            _place.owner_title,
            HostFile.kind,
            _severity,
            {"1.6": (_place.owner,)},
            _risks,
            _owner_of(_place),
            _give_to_root(_place),
            _place.role,
        )
    )
    enter(
        Check(
            f"{_place.name}-loose-mode",
            _place.mode_title,
            HostFile.kind,
            _place.severity,
            {"1.6": (_place.mode,)},
            _risks,
            _mode_of(_place),
            _narrow_to(_place.most, _place.note),
            _place.role,
        )
    )


def _for_root_alone(file: HostFile) -> FileFix:
    return FileFix(
        say("Give it back to root and let nobody else write it."), file.key, "root:root", _narrowed(file, 0o7755)
    )


@check(HostFile, severity=HIGH, risks=("daemon-takeover", "sys-root-code"), fix=_for_root_alone)
def docker_file_writable(file: HostFile, snapshot: Snapshot) -> Outcome:
    """Others than root can change Docker's files"""
    if file.type in UNJUDGED:
        return _unjudged(file)
    if file.type == "socket":
        return not_applicable(OPENED_BY_SOCKET)
    mode, seen = known(file.mode), {"stat.mode": _octal(known(file.mode)), "stat.owner": _owner(file)}
    if mode & OTHERS_WRITE:
        reason = say("Every account of the host can change it, and through it what root does.")
        return fails_if(True, reason, seen)
    if mode & GROUP_WRITES and known(file.gid) != ROOT:
        reason = say("The group %(group)s can change it, and through it what root does.", group=known(file.group))
        return fails_if(True, reason, seen)
    if known(file.uid) != ROOT and _belongs_to_engine(file, snapshot):
        return not_applicable(BELONGS_TO_THE_ENGINES_USER)
    reason = say("The user %(user)s can change it, and through it what root does.", user=known(file.owner))
    return fails_if(known(file.uid) != ROOT, reason, seen)


def _tls_key_readable(file: HostFile, _snapshot: Snapshot) -> Outcome:
    if file.type in UNJUDGED:
        return _unjudged(file)
    mode = known(file.mode)
    bad = bool(mode & OTHERS_READ) or bool(mode & GROUP_READS and known(file.gid) != ROOT)
    reason = say("Who reads the key can pose as this daemon and see what its clients send.")
    return fails_if(bad, reason, {"stat.mode": _octal(mode), "stat.owner": _owner(file)})


enter(
    Check(
        "tls-key-readable",
        "Server key readable by others",
        HostFile.kind,
        HIGH,
        {},
        ("secret-disclosure", "daemon-takeover"),
        _tls_key_readable,
        _narrow_to(0o400),
        places.TLS_KEY,
    )
)


def _unjudged(file: HostFile) -> Outcome:
    """A link counts by its target, which the reader puts in its place; a masked unit leads to /dev/null."""
    return unknown(A_LINK) if file.type == "link" else not_applicable(NO_FILE)


def _belongs_to_engine(file: HostFile, snapshot: Snapshot) -> bool:
    """Whose owner need not be root: a rootless Engine's files, and the data of one that maps users."""
    names = security_names(snapshot.engine)
    return "rootless" in names or ("userns" in names and file.role == places.DATA_ROOT)


def _owner(file: HostFile) -> str:
    return f"{known(file.owner)}:{known(file.group)}"


def _octal(mode: int) -> str:
    return f"{mode:04o}"
