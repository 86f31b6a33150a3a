"""CIS Docker Benchmark, section 1.1: whether the kernel's audit notes who changes Docker's programs and files."""

from __future__ import annotations

from secdash.checks.engine import Check, Predicate, enter
from secdash.checks.outcome import LOW, Outcome, fails_if
from secdash.checks.paths import is_within, normalise
from secdash.checks.remedy import AuditFix, FixFor
from secdash.facts import places
from secdash.facts.message import say
from secdash.facts.model import AuditRule, HostFile, Snapshot, known

CHANGES = frozenset("wa")  # written to, and its attributes changed
FOLDERS = ("etc-docker", places.DATA_ROOT, "run-containerd")
# On a system whose /lib is a link into /usr both spellings are one file.
MERGED = ("/lib/", "/bin/", "/sbin/")

# role, its name within the check's, CIS number, title
WATCHED = (
    ("dockerd", "dockerd", "1.1.3", "Audit does not watch dockerd"),
    ("run-containerd", "run-containerd", "1.1.4", "Audit does not watch /run/containerd"),
    (places.DATA_ROOT, "data-root", "1.1.5", "Audit does not watch the data root"),
    ("etc-docker", "etc-docker", "1.1.6", "Audit does not watch /etc/docker"),
    ("docker.service", "docker-service-unit", "1.1.7", "Audit does not watch docker.service"),
    ("containerd.sock", "containerd-sock", "1.1.8", "Audit does not watch containerd's socket"),
    # Edition 1.6 names docker.socket; its own example and the later editions mean the socket.
    (places.DOCKER_SOCKET, "docker-sock", "1.1.9", "Audit does not watch the Docker socket"),
    ("default-docker", "default-docker", "1.1.10", "Audit does not watch /etc/default/docker"),
    (places.DAEMON_JSON, "daemon-json", "1.1.11", "Audit does not watch daemon.json"),
    ("containerd-config", "containerd-config", "1.1.12", "Audit does not watch containerd's config.toml"),
    ("sysconfig-docker", "sysconfig-docker", "1.1.13", "Audit does not watch /etc/sysconfig/docker"),
    ("containerd", "containerd", "1.1.14", "Audit does not watch containerd"),
    ("containerd-shim", "containerd-shim", "1.1.15", "Audit does not watch containerd-shim"),
    ("containerd-shim-runc-v1", "containerd-shim-runc-v1", "1.1.16", "Audit does not watch containerd-shim-runc-v1"),
    ("containerd-shim-runc-v2", "containerd-shim-runc-v2", "1.1.17", "Audit does not watch containerd-shim-runc-v2"),
    ("runc", "runc", "1.1.18", "Audit does not watch runc"),
)


def _is_watched(file: HostFile, snapshot: Snapshot) -> Outcome:
    rules = [rule for rule in known(known(snapshot.host).audit_rules) if _covers(rule, file.key)]
    noted = frozenset("".join(rule.permissions for rule in rules))
    seen = {"audit rules": [f"{rule.path} {rule.permissions}" for rule in rules]}
    if not rules:
        return fails_if(True, say("No rule of the kernel's audit covers %(path)s.", path=file.key), seen)
    reason = say("The audit rules for %(path)s do not note every change.", path=file.key)
    return fails_if(not noted >= CHANGES, reason, seen)


def _covers(rule: AuditRule, path: str) -> bool:
    """`-w` and `dir=` reach what lies below a folder, `path=` the very file or folder."""
    watched, file = _real(rule.path), _real(path)
    return is_within(file, watched) if rule.recursive else file == watched


def _real(path: str) -> str:
    clean = normalise(path)
    return f"/usr{clean}" if clean.startswith(MERGED) else clean


def _watch(role: str) -> FixFor:
    summary = say("Let the kernel's audit note who changes it.")
    return lambda file: AuditFix(summary, file.key, folder=role in FOLDERS, data_root=role == places.DATA_ROOT)


_judged: Predicate = _is_watched
for _role, _name, _number, _title in WATCHED:
    enter(
        Check(
            f"{_name}-not-audited",
            _title,
            HostFile.kind,
            LOW,
            {"1.6": (_number,)},
            ("daemon-takeover",),
            _judged,
            _watch(_role),
            _role,
        )
    )
