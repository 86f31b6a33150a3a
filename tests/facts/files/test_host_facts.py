"""Files and their roles, accounts, audit rules, mounts and listeners."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secdash.facts import model
from secdash.facts.answers import Failure
from secdash.facts.files.seen import Entry, Process, Seen
from secdash.facts.files.wanted import still_wanted
from secdash.facts.model import AuditRule, HostFacts, Listener, Unknown
from secdash.facts.parse.host import accounts, kernel, parse_host
from tests import build
from tests.facts.files.seeing import ACCOUNTS, DAEMON, NO_PROCESS, REFUSED, Tree, seen

RULES = "/etc/audit/audit.rules"
ANYWHERE = "0.0.0.0"  # noqa: S104 - a fact, never bound to
WATCH = AuditRule("/usr/bin/dockerd", "rwxa")


def facts(things=None, **about):
    return parse_host(seen(things, **about))


def roles(found):
    return [(file.role, file.key) for file in found.files]


def process(*words, uid=0):
    return Process(("dockerd", *words), uid)


# --- files --------------------------------------------------------------------------------------------------------


def test_a_file_has_its_role_owner_and_mode():
    found = facts({"/run/docker.sock": Entry("socket", 0o660, 0, 998), "/etc/docker/daemon.json": "{}"})

    socket = next(file for file in found.files if file.role == "docker.sock")
    assert (socket.key, socket.name, socket.type, socket.mode) == (
        "/run/docker.sock",
        "/run/docker.sock",
        "socket",
        0o660,
    )
    assert (socket.uid, socket.gid, socket.owner, socket.group) == (0, 998, "root", "docker")
    assert roles(found) == [
        ("etc-docker", "/etc/docker"),
        ("daemon.json", "/etc/docker/daemon.json"),
        ("docker.sock", "/run/docker.sock"),
    ]
    assert found.unread == ()


def test_a_number_without_a_name_stands_for_itself():
    socket = facts({"/run/docker.sock": Entry("socket", 0o660, 4321, 8765)}).files[0]

    assert (socket.owner, socket.group) == ("4321", "8765")


def test_names_are_unknown_where_the_accounts_are():
    found = facts({"/run/docker.sock": Entry("socket", 0o660, 0, 0), "/etc/passwd": REFUSED}).files[0]

    assert found.owner == Unknown(REFUSED.why)
    assert found.group == "root"


def test_an_owner_that_was_not_seen_is_unknown():
    found = facts({"/run/docker.sock": Entry("socket", 0o660, REFUSED, REFUSED)}).files[0]

    assert (found.mode, found.uid, found.gid) == (0o660, Unknown(REFUSED.why), Unknown(REFUSED.why))
    assert (found.owner, found.group) == (Unknown(REFUSED.why), Unknown(REFUSED.why))


def test_the_first_place_that_is_there_is_the_one():
    both = {"/usr/bin/runc": "", "/usr/local/bin/runc": ""}

    assert roles(facts(both)) == [("runc", "/usr/bin/runc")]
    assert roles(facts({"/usr/local/bin/runc": ""})) == [("runc", "/usr/local/bin/runc")]


def test_where_an_earlier_place_cannot_be_told_the_role_is_unread():
    found = facts({"/usr/bin/runc": REFUSED, "/usr/local/bin/runc": ""})

    assert found.files == ()
    assert found.unread == (("runc", Unknown(REFUSED.why)),)


def test_the_unit_that_wins_is_the_one():
    unit = "/docker.service"
    there = {f"/usr/lib/systemd/system{unit}": "", f"/run/systemd/system{unit}": "", f"/etc/systemd/system{unit}": ""}

    assert ("docker.service", f"/etc/systemd/system{unit}") in roles(facts(there))
    assert len(facts(there).files) == 1


TLS = ("--tlscacert=/ca.pem", "--tlscert=/cert.pem", "--tlskey=/key.pem")


def test_tls_files_are_those_that_the_configuration_names():
    there = {"/ca.pem": "", "/cert.pem": "", "/key.pem": "", "/root/.docker/key.pem": ""}

    assert roles(facts(there, daemon=process(*TLS))) == [
        ("tls-ca", "/ca.pem"),
        ("tls-certificate", "/cert.pem"),
        ("tls-key", "/key.pem"),
    ]
    assert roles(facts({**there, "/etc/docker/daemon.json": '{"tlskey": "/key.pem"}'}))[-1] == ("tls-key", "/key.pem")
    assert facts(there).files == ()


@pytest.mark.parametrize("option", ["--tls", "--tlsverify"])
def test_tls_without_names_uses_the_files_of_its_users_folder(option):
    assert roles(facts({"/root/.docker/key.pem": ""}, daemon=process(option))) == [("tls-key", "/root/.docker/key.pem")]
    assert facts({"/root/.docker/key.pem": ""}, daemon=process(f"{option}=false")).files == ()


def test_one_file_that_holds_certificate_and_key_is_judged_as_the_key():
    assert roles(facts({"/both.pem": ""}, daemon=process("--tlscert=/both.pem", "--tlskey=/both.pem"))) == [
        ("tls-key", "/both.pem")
    ]


def test_without_the_configuration_the_roles_that_it_names_are_unread():
    found = facts({"/run/docker.sock": Entry("socket", 0o660, 0, 0)}, daemon=NO_PROCESS)

    assert [role for role, _why in found.unread] == ["tls-ca", "tls-certificate", "tls-key"]
    assert "No unit" in str(found.unread[0][1].why)


def test_the_data_root_is_where_the_configuration_puts_it():
    there = {"/var/lib/docker/x": "", "/srv/docker/x": ""}

    assert roles(facts(there)) == [("data-root", "/var/lib/docker")]
    assert roles(facts(there, daemon=process("--data-root=/srv/docker"))) == [("data-root", "/srv/docker")]
    assert roles(facts(there, daemon=NO_PROCESS, root_dir="/srv/docker")) == [("data-root", "/srv/docker")]


PATHS_OF_SOCKETS = ("/run/docker.sock", "/var/run/docker.sock", "/srv/a.sock", "/srv/b.sock")
SOCKETS = {path: Entry("socket", 0o660, 0, 0) for path in PATHS_OF_SOCKETS}


@pytest.mark.parametrize(
    ("words", "path", "expected"),
    [
        ((), "", ["/run/docker.sock"]),
        ((), "/srv/a.sock", ["/srv/a.sock"]),
        (("-H", "fd://"), "", ["/run/docker.sock"]),
        (("-H", "unix:///var/run/docker.sock"), "/srv/a.sock", ["/run/docker.sock"]),
        (("-H", "unix:///srv/b.sock"), "/srv/a.sock", ["/srv/b.sock"]),
        (
            ("-H", "unix:///srv/b.sock", "-H", "unix:///run/docker.sock", "-H", "unix:///srv/a.sock"),
            "",
            ["/run/docker.sock", "/srv/a.sock", "/srv/b.sock"],
        ),
    ],
)
def test_the_socket_is_the_one_that_the_daemon_listens_on(words, path, expected):
    found = facts(SOCKETS, daemon=process(*words), socket=path)

    assert [file.key for file in found.files] == expected


def test_daemon_json_is_the_file_that_the_daemon_reads():
    there = {"/etc/docker/daemon.json": "{}", "/srv/d.json": "{}", "/srv/broken.json": "{"}

    for path in ("/srv/d.json", "/srv/broken.json"):
        found = [
            key for role, key in roles(facts(there, daemon=process("--config-file", path))) if role == "daemon.json"
        ]
        assert found == [path]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ["/run/containerd/containerd.sock"]),
        (("--containerd=/srv/c.sock",), ["/srv/c.sock"]),
        (("--exec-root=/srv/exec",), ["/run/containerd/containerd.sock", "/srv/exec/containerd/containerd.sock"]),
    ],
)
def test_containerds_socket_is_the_one_that_the_daemon_uses(words, expected):
    paths = ("/run/containerd/containerd.sock", "/srv/c.sock", "/srv/exec/containerd/containerd.sock")

    found = facts({path: Entry("socket", 0o660, 0, 0) for path in paths}, daemon=process(*words))

    assert [key for role, key in roles(found) if role == "containerd.sock"] == expected


def test_registries_certificates_are_found_in_their_folders():
    folder = "/etc/docker/certs.d"
    there = {
        f"{folder}/reg.example.com:5000/ca.crt": "",
        f"{folder}/reg.example.com:5000/client.key": "",
        f"{folder}/b/z.crt": "",
        f"{folder}/stray.crt": "",
    }

    assert [key for role, key in roles(facts(there)) if role == "registry-certificate"] == [
        f"{folder}/b/z.crt",
        f"{folder}/reg.example.com:5000/ca.crt",
    ]


@pytest.mark.parametrize("folder", ["/etc/docker/certs.d", "/etc/docker/certs.d/b"])
def test_certificates_in_a_folder_that_may_not_be_read_are_unread(folder):
    found = facts({folder: REFUSED, "/etc/docker/certs.d/b/z.crt": ""})

    assert ("registry-certificate", Unknown(REFUSED.why)) in found.unread


def test_a_host_with_very_many_registries_says_what_was_left_out():
    found = facts({f"/etc/docker/certs.d/r{number:03}/ca.crt": "" for number in range(60)})

    assert len([role for role, _key in roles(found) if role == "registry-certificate"]) == 50
    assert [role for role, _why in found.unread] == ["registry-certificate"]


def test_a_rootless_daemon_has_its_files_at_home():
    home = "/home/ann/.config/docker"
    there = {f"{home}/daemon.json": '{"icc": false}', "/etc/docker/daemon.json": '{"debug": true}', "/usr/bin/runc": ""}

    found = facts(there, daemon=process("--rootless", uid=1000))

    assert found.daemon.file == f"{home}/daemon.json"
    assert roles(found) == [("etc-docker", home), ("daemon.json", f"{home}/daemon.json"), ("runc", "/usr/bin/runc")]


def test_very_long_paths_make_keys_that_fit_their_column():
    path = "/" + "a" * 400

    file = next(file for file in facts({path: ""}, daemon=process(f"--tlskey={path}")).files)

    assert (len(file.key), file.name) == (200, path)


def test_a_name_that_is_no_text_can_be_kept_all_the_same():
    found = facts({"/etc/docker/certs.d/b/\udcff.crt": ""})

    assert [file.key for file in found.files if file.role == "registry-certificate"] == ["/etc/docker/certs.d/b/?.crt"]
    assert model.load(model.dump(build.a_snapshot(host=found))).host == found


def test_looking_ends_on_an_ordinary_host_after_two_rounds():
    first = Seen("test", process())
    configured = {"/etc/docker/daemon.json": '{"tlskey": "/key.pem"}', "/etc/docker/certs.d/b/z.crt": ""}
    tree = Tree({**ACCOUNTS, **configured, RULES: "-w /etc/docker -p wa"})

    second = first.and_also(tree.look(still_wanted(first)))
    third = second.and_also(tree.look(still_wanted(second)))

    assert "/key.pem" in still_wanted(second).entries
    assert not still_wanted(third)


# --- accounts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "passwd", "members"),
    [
        ("docker:x:998:bob, ann", "", ("ann", "bob")),
        ("docker:x:998:", "ann:x:1000:998::/home/ann:/bin/sh\nbob:x:1001:1001::/b:/bin/sh", ("ann",)),
        ("docker:x:998:ann", "ann:x:1000:998::/a:", ("ann",)),
        ("dockers:x:998:ann", "", ()),
        ("", "", ()),
        ("#docker:x:1:bob\n+\ndocker:x:998", "", ()),
        ("docker:x:many:ann", "", ()),
    ],
)
def test_members_are_listed_ones_and_those_whose_own_group_it_is(group, passwd, members):
    assert accounts.members(group, passwd, "docker") == members
    assert facts({"/etc/group": group, "/etc/passwd": passwd}).docker_group == members


def test_the_group_is_the_one_that_gets_the_socket():
    found = facts({"/etc/group": "docker:x:1:ann\nops:x:2:bob"}, daemon=process("-G", "ops"))

    assert found.docker_group == ("bob",)


def test_the_first_of_two_names_of_a_number_counts():
    assert accounts.names("root:x:0:\ntoor:x:0:\nx:y\n") == {0: "root"}


def test_a_host_without_a_table_of_groups_is_unknown():
    tree = Tree({"/etc/passwd": ""})
    found = parse_host(Seen("test", DAEMON).and_also(tree.look(still_wanted(Seen("test", DAEMON)))))

    assert "/etc/group" in str(found.docker_group.why)


# --- audit --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ("-w /usr/bin/dockerd -p rwxa -k docker", [WATCH]),
        ("-w /usr/bin/dockerd -k docker", [WATCH]),
        ("-w /usr/bin/dockerd -p axwr", [WATCH]),
        ("-w /usr/bin/dockerd -p wa", [AuditRule("/usr/bin/dockerd", "wa")]),
        ("-w /usr/bin/dockerd -p wz", []),
        ("-w dockerd", []),
        ("-w /etc/docker/", [AuditRule("/etc/docker", "rwxa", recursive=True)]),
        ('  -w "/usr/bin/dockerd"', [WATCH]),
        ("# -w /usr/bin/dockerd", []),
        ("-w '/usr/bin/dockerd", []),
        ("-w /usr/bin/dockerd\n-D", []),
        ("-D\n-w /usr/bin/dockerd", [WATCH]),
        ("-w /usr/bin/dockerd\n-W /usr/bin/dockerd", []),
        ("-w /usr/bin/dockerd\n-W /usr/bin/dockerd -p wa", [WATCH]),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=rwxa -k docker", [WATCH]),
        ("-a exit,always -F arch=b64 -F path=/usr/bin/dockerd -F perm=rwxa -F key=d", [WATCH]),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=x", [AuditRule("/usr/bin/dockerd", "x")]),
        ("-a always,exit -S all -F path=/usr/bin/dockerd", [WATCH]),
        ("-a always,exit -S open -F path=/usr/bin/dockerd", []),
        ("-a always,exit -F dir=/etc/docker -F perm=wa", [AuditRule("/etc/docker", "wa", recursive=True)]),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=rwxa -F auid>=1000 -F auid!=unset", [WATCH]),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=rwxa -F auid=33", []),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=rwxa -F uid=33", []),
        ("-a always,exit -F path!=/usr/bin/dockerd -F perm=rwxa", []),
        ("-a always,exit -F path=/usr/bin/dockerd -F perm=rwxa -C uid!=euid", []),
        ("-a always,exclude -F path=/usr/bin/dockerd -F perm=rwxa", []),
        ("-a never,exit -F path=/usr/bin/dockerd\n-w /usr/bin/dockerd", []),
        ("-w /usr/bin/dockerd\n-a never,exit -F path=/usr/bin/dockerd", [WATCH]),
        ("-a never,exit -F path=/usr/bin/dockerd\n-D\n-w /usr/bin/dockerd", [WATCH]),
        ("-a always,exit -F path=/a -F perm=x\n-d always,exit -F path=/a -F perm=x", []),
        ("-b 8192\n-f 1\n-e 2\n-w\n-a\n-a always", []),
    ],
)
def test_rules_that_watch_a_path(lines, rules):
    assert facts({RULES: lines}).audit_rules == tuple(rules)


def test_rules_of_the_folder_count_too_and_none_of_them_deletes_others():
    found = facts({
        RULES: "-w /a -p wa",
        "/etc/audit/rules.d/10-docker.rules": "-w /b -p wa",
        "/etc/audit/rules.d/20.rules": "-D\n-w /c -p wa",
        "/etc/audit/rules.d/30.rules.off": "-w /d -p wa",
    })  # fmt: skip

    assert [rule.path for rule in found.audit_rules] == ["/a", "/b", "/c"]


def test_a_watch_on_a_folder_reaches_below_it():
    found = facts({RULES: "-w /etc/docker -p wa\n-w /x -p wa", "/etc/docker/daemon.json": "{}", "/x": ""})

    assert [(rule.path, rule.recursive) for rule in found.audit_rules] == [("/etc/docker", True), ("/x", False)]


def test_a_rule_on_the_path_of_a_folder_reaches_nothing_below_it():
    rules = "-a always,exit -F path=/etc/docker -F perm=wa"

    found = facts({RULES: rules, "/etc/docker/daemon.json": "{}"}).audit_rules

    assert found == (AuditRule("/etc/docker", "wa", recursive=False),)


@pytest.mark.parametrize("path", [RULES, "/etc/audit/rules.d", "/etc/audit/rules.d/a.rules"])
def test_rules_that_may_not_be_read_are_unknown(path):
    assert facts({"/etc/audit/rules.d/a.rules": "", path: REFUSED}).audit_rules == Unknown(REFUSED.why)


# --- the kernel's tables ------------------------------------------------------------------------------------------

MOUNTS = "\n".join(
    f"30 1 8:1 / {place} rw - ext4 /dev/x rw"
    for place in (
        "/", "/var/lib/docker", "/var/lib/docker/overlay2/abc/merged", "/srv/docker", "/srv/docker/overlay2/abc",
        "/proc", "/proc/sys/fs/binfmt_misc", "/run", "/run/user/1000", "/run/docker/netns/x", "/home\\040of\\134ann",
        "/running",
    )
)  # fmt: skip


def test_mount_points_are_those_that_stay():
    found = facts({"/proc/1/mountinfo": MOUNTS}, daemon=process("--data-root=/srv/docker")).mount_points

    assert found == ("/", "/home of\\ann", "/proc", "/run", "/running", "/srv/docker", "/var/lib/docker")


@pytest.mark.parametrize("root", ["/run/user/1000", "/run/user/1000/docker", "/run/user/1000/"])
def test_a_mount_that_holds_the_data_stays_wherever_it_is(root):
    found = facts({"/proc/1/mountinfo": MOUNTS}, daemon=process(), root_dir=root).mount_points

    assert "/run/user/1000" in found
    assert "/run/docker/netns/x" not in found


def test_the_root_that_a_process_sees_is_the_last_one_mounted_there():
    assert kernel.root_of("1 0 0:2 / / rw\n2 1 8:1 /sub / rw - ext4 x rw\n3 1 8:2 / /var rw") == ("8:1", "/sub")
    assert kernel.root_of("nothing here") is None


TCP = """  sl  local_address rem_address   st
   0: 00000000:0947 00000000:0000 0A 0
   1: 0100007F:0016 00000000:0000 0A 0
   2: 0100007F:0017 00000000:0000 01 0
   3: 00000000:8000 00000000:0000 0A 0
   4: 00000000:7FFF 00000000:0000 0A 0
   5: 00000000:9C40 00000000:0000 0A 0
   6: zz:1 0 0A
"""
TCP6 = """  sl  local_address rem_address st
   0: 00000000000000000000000000000000:0948 00000000000000000000000000000000:0000 0A
   1: 000080FE00000000FF005450B6AD1DFE:0949 0 0A
   2: 0000000000000000FFFF00000100007F:094A 0 0A
"""


def test_listeners_are_read_from_both_tables_and_passing_ports_are_left_out():
    tables = {"/proc/1/net/tcp": TCP, "/proc/1/net/tcp6": TCP6}

    found = facts(tables, daemon=process("-H", "tcp://0.0.0.0:40000")).listeners

    assert [(listener.address, listener.port) for listener in found] == [
        ("127.0.0.1", 22),
        (ANYWHERE, 2375),
        ("::", 2376),
        ("fe80::5054:ff:fe1d:adb6", 2377),
        ("127.0.0.1", 2378),
        (ANYWHERE, 32767),
        (ANYWHERE, 40000),
    ]


def test_a_kernel_without_ipv6_has_one_table():
    assert facts({"/proc/1/net/tcp": TCP}).listeners[0] == Listener("127.0.0.1", 22)
    assert facts({"/proc/1/net/tcp": TCP, "/proc/1/net/tcp6": REFUSED}).listeners == Unknown(REFUSED.why)
    assert "/proc/1/net/tcp" in str(facts({}).listeners.why)


# --- whatever the host holds --------------------------------------------------------------------------------------

PATHS = [
    "/etc/passwd", "/etc/group", "/proc/1/mountinfo", "/proc/1/net/tcp", "/proc/1/net/tcp6", RULES,
    "/etc/audit/rules.d/a.rules", "/etc/docker/daemon.json", "/etc/systemd/system/docker.service",
    "/etc/systemd/system/docker.service.d/a.conf", "/etc/docker/certs.d/x/y.crt", "/run/docker.sock",
]  # fmt: skip
SCRAPS = st.text(st.sampled_from("[]{}:,\"'\\\n =-#$%/ \0é0aAdwpDFkx"), max_size=60)
LINES = st.sampled_from([
    "-w /etc -p wa", "-a always,exit -F path=/x -F perm=x", "[Service]", "ExecStart=dockerd $A", "EnvironmentFile=/e",
    "root:x:0:0:::", "docker:x:1:", '{"hosts":["tcp://a:99999999", 3], "data-root": 3, "group": [], "tlskey": {}}',
    "0: 00000000:0947 x 0A", "1 1 1:1 / / rw", "Environment=A=--tlskey \\",
])  # fmt: skip
THINGS = st.one_of(
    st.lists(st.one_of(SCRAPS, LINES), max_size=5).map("\n".join),
    st.just(REFUSED),
    st.sampled_from(["file", "folder", "link", "other"]).map(lambda kind: Entry(kind, 0, 0, 0)),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the parsers
@given(st.dictionaries(st.sampled_from(PATHS), THINGS), st.lists(st.one_of(SCRAPS, LINES), max_size=4), st.booleans())
def test_no_host_makes_the_parsers_raise(things, words, runs):
    daemon = Process(("dockerd", *words), 0) if runs else NO_PROCESS

    found = parse_host(seen(things, daemon=daemon))

    assert isinstance(found, HostFacts)
    assert model.load(model.dump(build.a_snapshot(host=found))).host == found


def test_a_host_that_was_not_read_says_why():
    assert parse_host(REFUSED) == Unknown(REFUSED.why)
    assert isinstance(REFUSED, Failure)
