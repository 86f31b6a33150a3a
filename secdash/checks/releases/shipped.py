"""The table that secdash ships. Each row names its source and the day on which somebody read it.

Sources of flaws are the advisories of those who make the component, read together with their records at the CVE
programme. Left out are flaws that a plain Docker host does not have: those of containerd's interface to Kubernetes,
and those of containerd's client, which Docker carries in its own release.
"""

from __future__ import annotations

from secdash.checks.releases.tables import Advisory, Line, Range, Tables

READ_ON = "2026-11-27"
MOST_READ_ON = "2026-11-26"
LINES_READ_ON = "2026-11-23"

ENGINE_LINES_SOURCE = "https://endoflife.date/docker-engine"
CONTAINERD_LINES_SOURCE = "https://github.com/containerd/containerd/blob/main/RELEASES.md"
KERNEL_LINES_SOURCE = "https://pbxscience.com/linux-5-4-lts-reaches-end-of-life-six-year-support-era-comes-to-a-close"
MOBY = "https://github.com/moby/moby/security/advisories/"
BUILDKIT = "https://github.com/moby/buildkit/security/advisories/"
RUNC = "https://github.com/opencontainers/runc/security/advisories/"
CONTAINERD = "https://github.com/containerd/containerd/security/advisories/"
CVE = "https://www.cve.org/CVERecord?id="
ENGINE_29_9 = "https://github.com/moby/moby/releases/tag/docker-v29.9.0"

# Others than Docker keep 25.0, and kept 23.0: what they released later may hold repairs that an advisory does not list.
LATER_25 = Range("25.0.15", "26.0.0", unsure=True)
LATER_23 = Range("23.0.9", "24.0.0", unsure=True)


def _engine(name: str, since: str, ends: str = "", before: str = "") -> Line:
    return Line(
        component="engine",
        name=name,
        since=since,
        before=before,
        ends=ends,
        source=ENGINE_LINES_SOURCE,
        read_on=LINES_READ_ON,
    )


def _containerd(name: str, ends: str, *, since: str = "", before: str = "", note: str = "") -> Line:
    return Line(
        component="containerd",
        name=name,
        since=since or name,
        before=before,
        ends=ends,
        source=CONTAINERD_LINES_SOURCE,
        read_on=MOST_READ_ON,
        note=note,
    )


LINES = (
    _engine("29", "29.0", before="30.0"),
    _engine("28", "28.0", "2026-05-13"),
    _engine("27", "27.0", "2025-05-03"),
    _engine("26.1", "26.1", "2025-02-17"),
    _engine("26.0", "26.0", "2024-06-08"),
    _engine("25.0", "25.0", "2026-12-04"),
    _engine("24.0", "24.0", "2024-06-08"),
    _engine("23.0", "23.0", "2025-05-19"),
    _engine("20.10", "20.10", "2023-12-10"),
    _engine("19.03", "19.3", "2021-01-08"),
    _engine("18.09 or older", "0.0", "2019-08-22"),
    _containerd("2.4", "2027-04-26", before="2.5", note="The day is tentative."),
    _containerd("2.3", "2028-04-30"),
    _containerd("2.2", "", note="Was to end on 2026-11-06, but 2.2.10 still repaired a flaw on 2026-11-16."),
    _containerd("2.1", "2026-07-03"),
    _containerd("2.0", "2027-03-31", note="The source says March 2027."),
    _containerd("1.7", "2026-09-30", note="The source says September 2026."),
    _containerd("1.6", "2025-08-23"),
    _containerd("1.5 or older", "2023-02-28", since="0.0"),
    Line(
        component="kernel",
        name="5.10 or newer",
        since="5.10",
        source=KERNEL_LINES_SOURCE,
        read_on=MOST_READ_ON,
    ),
    Line(
        component="kernel",
        name="older than 5.10",
        since="0.0",
        ends="2025-12-03",
        source=KERNEL_LINES_SOURCE,
        read_on=MOST_READ_ON,
        note="The day on which 5.4, the last of them, ended.",
    ),
)


RATED_BY_US = "The source that was read gives no rating; this one is ours."


def _flaw(
    check: str,
    component: str,
    cve: str,
    severity: str,
    title: str,
    source: str,
    *ranges: Range,
    note: str = "",
    read_on: str = MOST_READ_ON,
) -> Advisory:
    return Advisory(
        check=check,
        component=component,
        cve=cve,
        severity=severity,
        title=title,
        ranges=ranges,
        source=source,
        read_on=read_on,
        note=note,
    )


def _of_29(fixed: str) -> tuple[Range, ...]:
    """Repaired in a release of 29 only; whether 25.0 got it too is not said."""
    return (Range(LATER_25.fixed, fixed), LATER_25, Range("", LATER_25.since))


# BuildKit 0.12.5, which 25.0.2 is the first Engine to have: https://github.com/moby/moby/releases/tag/v24.0.9
BUILDKIT_OF_2024 = (Range(LATER_23.fixed, "25.0.2"), LATER_23, Range("", LATER_23.since))


ENGINE_FLAWS = (
    _flaw(
        "engine-known-vulnerability", "engine", "CVE-2026-41567", "high",
        "An archive sent into a container is unpacked by a program of that container, as root of the host",
        MOBY + "GHSA-x86f-5xw2-fm2r", *_of_29("29.5.1"),
    ),
    _flaw(
        "engine-known-vulnerability", "engine", "CVE-2026-42306", "high",
        "During docker cp a container can have a volume mounted over a path of the host",
        MOBY + "GHSA-rg2x-37c3-w2rh", *_of_29("29.5.1"),
    ),
    _flaw(
        "engine-known-vulnerability", "engine", "CVE-2026-41568", "medium",
        "During docker cp a container can have empty files made anywhere on the host",
        MOBY + "GHSA-vp62-88p7-qqf5", *_of_29("29.5.1"),
    ),
    _flaw(
        "authorization-bypass", "engine", "CVE-2026-34040", "high",
        "A request too large to pass on is shown to the authorization plugin without its body",
        MOBY + "GHSA-x744-4wpc-v9h2", *_of_29("29.3.1"),
    ),
    _flaw(
        "authorization-bypass", "engine", "CVE-2024-41110", "critical",
        "A request that says it has no body is shown to the authorization plugin without it",
        MOBY + "GHSA-v23v-6jw2-98fq",
        Range("27.0.0", "27.1.1"), Range("26.1.0", "26.1.5"), Range("26.0.0", "26.0.3"), Range("25.0.0", "25.0.6"),
        Range("24.0.0", "24.0.10"), Range("23.0.0", "23.0.15"), Range("19.03.0", "20.10.28"),
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-33997", "medium",
        "A plugin can be given one privilege more than the user agreed to",
        MOBY + "GHSA-pxq6-2prw-chj9", *_of_29("29.3.1"),
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-92543", "high",
        "A name server can have the certificate of a registry go unchecked, with a second address on the loopback",
        MOBY + "GHSA-7cfq-22r6-qp73", *_of_29("29.8.2"), read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-92542", "medium",
        "Any user of a node in a swarm can put frames of his own into encrypted overlay networks",
        MOBY + "GHSA-6m9p-4h64-m6vh", Range("26.0.0", "29.8.2"), Range("", "25.0.19"), read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-97032", "medium",
        "Whoever may speak to the Engine, a build frontend from outside among them, can crash it over HTTP/2",
        ENGINE_29_9, *_of_29("29.9.0"), note=RATED_BY_US, read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-78659", "medium",
        "Whoever may speak to the Engine over HTTP/2 can exhaust its memory with announced trailers",
        ENGINE_29_9, *_of_29("29.9.0"), note=RATED_BY_US, read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-78663", "low",
        "Whoever may speak to the Engine over HTTP/2 can have it buffer more than its limit",
        ENGINE_29_9, *_of_29("29.9.0"), note=RATED_BY_US, read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2026-78669", "medium",
        "Whoever may speak to the Engine over HTTP/2 can keep its processors busy",
        ENGINE_29_9, *_of_29("29.9.0"), note=RATED_BY_US, read_on=READ_ON,
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2025-54388", "medium",
        "When firewalld reloads, ports published on the loopback address become reachable",
        MOBY + "GHSA-x4rx-4gw3-53p4", Range("28.2.0", "28.3.3"),
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2025-54410", "low",
        "When firewalld reloads, bridge networks are no longer kept apart",
        MOBY + "GHSA-4vq8-7jfc-9cvp", Range("26.0", "28.0.0"), Range("", "25.0.13"),
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2024-29018", "medium",
        "Containers on an internal network can ask name servers outside",
        MOBY + "GHSA-mq39-4gv4-mvpx",
        Range("26.0.0-rc1", "26.0.0-rc3"), Range("25.0.0", "25.0.5"), Range("", "23.0.11"),
    ),
    _flaw(
        "engine-known-weakness", "engine", "CVE-2024-24557", "medium",
        "An image made for it can poison the cache of the classic builder",
        MOBY + "GHSA-xw73-rw38-6vjc", Range("25.0.0", "25.0.2"), Range("24.0.0", "24.0.9"), Range("", "23.0.10"),
    ),
    _flaw(
        "engine-known-weakness", "buildkit", "CVE-2024-23652", "critical",
        "A Dockerfile from outside can delete files of the host while it is built",
        BUILDKIT + "GHSA-4v98-7qmw-rqr8", *BUILDKIT_OF_2024,
    ),
    _flaw(
        "engine-known-weakness", "buildkit", "CVE-2024-23653", "critical",
        "A build frontend from outside can start privileged containers",
        BUILDKIT + "GHSA-wr6v-9f75-vh2g", *BUILDKIT_OF_2024,
    ),
    _flaw(
        "engine-known-weakness", "buildkit", "CVE-2024-23651", "high",
        "Two builds at once can reach files of the host through a cache mount",
        BUILDKIT + "GHSA-m3r6-h7wv-7xxv", *BUILDKIT_OF_2024,
    ),
    _flaw(
        "engine-known-weakness", "buildkit", "CVE-2024-23650", "medium",
        "A build frontend from outside can crash the builder",
        BUILDKIT + "GHSA-9p26-698r-w4hx", *BUILDKIT_OF_2024,
    ),
)  # fmt: skip

NOVEMBER_2025 = (Range("1.4.0-rc.1", "1.4.0-rc.3"), Range("1.3.0-rc.1", "1.3.3"))

RUNC_FLAWS = (
    _flaw(
        "runc-known-escape", "runc", "CVE-2025-31133", "high",
        "A masked path can be turned into a writable one of the host",
        RUNC + "GHSA-9493-h29p-rfm2", *NOVEMBER_2025, Range("", "1.2.8"),
    ),
    _flaw(
        "runc-known-escape", "runc", "CVE-2025-52565", "high",
        "The mount of the console can be led to a path of the host",
        RUNC + "GHSA-qw9x-cqr3-wc7r", *NOVEMBER_2025, Range("1.0.0-rc3", "1.2.8"),
    ),
    _flaw(
        "runc-known-escape", "runc", "CVE-2025-52881", "high",
        "Writes to /proc can be led astray, past the labels that confine the container",
        RUNC + "GHSA-cgrx-mc8f-2prm", *NOVEMBER_2025, Range("", "1.2.8"),
    ),
    _flaw(
        "runc-known-escape", "runc", "CVE-2024-21626", "high",
        "A directory of the host stays open, and an image can start in it",
        RUNC + "GHSA-xr7r-f8xq-vfvv", Range("1.0.0-rc93", "1.1.12"),
    ),
    _flaw(
        "runc-known-escape", "runc", "CVE-2021-30465", "high",
        "Links exchanged at the right moment lead a mount to the host",
        RUNC + "GHSA-c3xm-pvg7-gh7r", Range("", "1.0.0-rc95"), note=RATED_BY_US,
    ),
    _flaw(
        "runc-known-escape", "runc", "CVE-2019-5736", "high",
        "A container can overwrite the program runc of the host",
        CVE + "CVE-2019-5736", Range("", "1.0.0-rc7"), note=RATED_BY_US,
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2026-119101", "high",
        "An image can have a directory of the host mounted when its container is restored from a checkpoint",
        "https://github.com/opencontainers/runc/releases/tag/v1.5.3",
        Range("1.6.0-rc.1", "1.6.0-rc.2"), Range("1.5.0-rc.1", "1.5.3"), Range("1.4.0-rc.1", "1.4.4"),
        Range("", "1.3.7"),
        note="No escape for most: the Engine makes and restores checkpoints with experimental features and CRIU only.",
        read_on=READ_ON,
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2026-41579", "low",
        "An image with a link in place of /dev has a few files of the host changed",
        RUNC + "GHSA-xjvp-4fhw-gc47",
        Range("1.5.0-rc.1", "1.5.0-rc.3"), Range("1.4.0-rc.1", "1.4.3"), Range("", "1.3.6"),
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2024-45310", "low",
        "Two containers that share a volume can have empty files made on the host",
        RUNC + "GHSA-jfvp-7x6p-h2pv", Range("1.2.0-rc.1", "1.2.0-rc.3"), Range("", "1.1.14"),
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2023-27561", "high",
        "Two containers with volumes of their own can get past the protection of /proc",
        CVE + "CVE-2023-27561", Range("", "1.1.5"),
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2023-28642", "medium",
        "AppArmor can be passed by with a link in place of /proc",
        RUNC + "GHSA-g2j6-57v7-gm8c", Range("", "1.1.5"),
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2023-25809", "medium",
        "A rootless container can write to control groups of its user",
        RUNC + "GHSA-m8cg-xc2p-r3fc", Range("", "1.1.5"),
    ),
    _flaw(
        "runc-known-weakness", "runc", "CVE-2022-29162", "medium",
        "Processes started with more capabilities hand them on to programs that should not have them",
        RUNC + "GHSA-f3fp-gc8g-vw66", Range("", "1.1.2"),
    ),
)  # fmt: skip

OTHER_FLAWS = (
    _flaw(
        "containerd-known-vulnerability", "containerd", "CVE-2024-25621", "high",
        "Users of the host can reach directories of containerd that should be root's alone",
        CONTAINERD + "GHSA-pwhc-rpq9-4c8w",
        Range("2.2.0-beta.0", "2.2.0"), Range("2.1.0-beta.0", "2.1.5"), Range("2.0.0-beta.0", "2.0.7"),
        Range("", "1.7.29"),
    ),
    _flaw(
        "containerd-known-vulnerability", "containerd", "CVE-2025-47290", "high",
        "An image can change files of the host while it is unpacked",
        CONTAINERD + "GHSA-cm76-qm8v-3j95", Range("2.1.0", "2.1.1"),
    ),
    _flaw(
        "containerd-known-weakness", "containerd", "CVE-2026-47262", "medium",
        "An image can exhaust the memory of containerd, and Docker then cannot start anything",
        CONTAINERD + "GHSA-jpcc-p29g-p8mq",
        Range("2.3.0-beta.0", "2.3.2"), Range("2.2.0-beta.0", "2.2.5"), Range("2.1.0-beta.0", "2.1.9"),
        Range("2.0.0-beta.0", "2.0.10"), Range("", "1.7.33"), note=RATED_BY_US,
    ),
    _flaw(
        "desktop-known-escape", "docker desktop", "CVE-2025-9074", "critical",
        "Every container reaches the API of the Engine over the network, without a password",
        CVE + "CVE-2025-9074", Range("4.25", "4.44.3"),
    ),
    _flaw(
        "desktop-isolation-bypass", "docker desktop", "CVE-2026-6406", "high",
        "The option --use-api-socket gets past Enhanced Container Isolation",
        CVE + "CVE-2026-6406", Range("4.41.0", "4.59.0"),
    ),
    _flaw(
        "nvidia-toolkit-escape", "nvidia toolkit", "CVE-2026-24260", "high",
        "A race during the set-up of a container with a GPU can end in code on the host",
        "https://github.com/NVIDIA/product-security/blob/main/2026/5850/5850.md", Range("", "1.19.1"),
    ),
    _flaw(
        "nvidia-toolkit-escape", "nvidia toolkit", "CVE-2025-23266", "critical",
        "An image can have its own code run by the hooks that set up the GPU, as root of the host",
        CVE + "CVE-2025-23266", Range("", "1.17.8"),
    ),
    _flaw(
        "nvidia-toolkit-escape", "nvidia toolkit", "CVE-2024-0132", "critical",
        "An image can reach the file system of the host while the GPU is set up",
        CVE + "CVE-2024-0132", Range("", "1.16.2"),
    ),
)  # fmt: skip

SHIPPED = Tables(read_on=READ_ON, lines=LINES, advisories=(*ENGINE_FLAWS, *RUNC_FLAWS, *OTHER_FLAWS))
