"""What the daemon runs with, from its process, its unit, the files those name, and daemon.json."""

from __future__ import annotations

import json

import pytest

from secdash.facts import model
from secdash.facts.files.seen import Entry, Process
from secdash.facts.model import Setting, Unknown
from secdash.facts.parse.host import options, parse_host
from tests import build
from tests.facts.files.seeing import NO_PROCESS, REFUSED, seen

UNIT = "/usr/lib/systemd/system/docker.service"
OWN_UNIT = "/etc/systemd/system/docker.service"
DROP_INS = "/etc/systemd/system/docker.service.d"
JSON = "/etc/docker/daemon.json"
NOTHING = Entry("other", 0o666, 0, 0)  # what a link to /dev/null is


def daemon(things, **about):
    return parse_host(seen(things, **about)).daemon


def settings(things, **about):
    found = daemon(things, **about).settings
    return found if isinstance(found, Unknown) else {setting.name: setting.value for setting in found}


def by_unit(things):
    return settings(things, daemon=NO_PROCESS)


def unit(*lines):
    return "\n".join(["[Unit]", "Description=x", "[Service]", *lines, "[Install]", "ExecStart=ignored"])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--icc=false", {"icc": False}),
        ("--icc", {"icc": True}),
        ("--icc=0 --live-restore=T", {"icc": False, "live-restore": True}),
        ("--icc=perhaps", {"icc": "perhaps"}),
        ("-D -l debug", {"debug": True, "log-level": "debug"}),
        ("-Dl debug", {"debug": True, "log-level": "debug"}),
        ("-D=false -lwarn", {"debug": False, "log-level": "warn"}),
        ("-H fd:// --host=tcp://0.0.0.0:2376 -Hunix:///a", {"hosts": ["fd://", "tcp://0.0.0.0:2376", "unix:///a"]}),
        ("-g /srv -G ops -s overlay2 -b none -p /p", {
            "data-root": "/srv", "group": "ops", "storage-driver": "overlay2", "bridge": "none", "pidfile": "/p"}),
        ("--graph /srv", {"data-root": "/srv"}),
        ("--insecure-registry a --insecure-registry b", {"insecure-registries": ["a", "b"]}),
        ("--label a=1 --registry-mirror https://m --dns 1.1.1.1 --exec-opt x=y --storage-opt z=1", {
            "labels": ["a=1"], "registry-mirrors": ["https://m"], "dns": ["1.1.1.1"], "exec-opts": ["x=y"],
            "storage-opts": ["z=1"]}),
        ("--authorization-plugin p", {"authorization-plugins": ["p"]}),
        ("--log-driver syslog --log-opt max-size=1m --log-opt tag=a=b", {
            "log-driver": "syslog", "log-opts": {"max-size": "1m", "tag": "a=b"}}),
        ("--default-ulimit nofile=64:128 --default-ulimit nproc=5", {"default-ulimits": {
            "nofile": {"Name": "nofile", "Soft": 64, "Hard": 128}, "nproc": {"Name": "nproc", "Soft": 5, "Hard": 5}}}),
        ("--add-runtime crun=/usr/bin/crun", {"runtimes": {"crun": {"path": "/usr/bin/crun"}}}),
        ("--default-address-pool base=10.0.0.0/8,size=24", {
            "default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}),
        ("--default-network-opt bridge=com.docker.network.driver.mtu=1400", {
            "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1400"}}}),
        ("--feature cdi --feature buildkit=false", {"features": {"cdi": True, "buildkit": False}}),
        ("--http-proxy http://p:1 --no-proxy x", {"proxies": {"http-proxy": "http://p:1", "no-proxy": "x"}}),
        ("--mtu 1400 --oom-score-adjust -500", {"mtu": 1400, "oom-score-adjust": -500}),
        ("--mtu many", {"mtu": "many"}),
        ("--tlsverify --tlscacert /ca --tlscert=/c --tlskey /k", {
            "tlsverify": True, "tlscacert": "/ca", "tlscert": "/c", "tlskey": "/k"}),
        ("--new-in-2030 --icc=false", {"new-in-2030": True, "icc": False}),
        ("--new-in-2030 7 --icc=false", {"new-in-2030": "7", "icc": False}),
        ("--icc=false --group", {"icc": False, "group": True}),
        ("stray - -- --=x", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_options_get_the_names_and_types_of_daemon_json(words, found):
    assert options.parse(words.split()) == found


def test_the_running_process_is_the_truth_and_daemon_json_adds_to_it():
    found = daemon(
        {JSON: '{"icc": false, "mtu": 1400}', UNIT: unit("ExecStart=/usr/bin/dockerd --debug")},
        daemon=Process(("/usr/bin/dockerd", "--mtu=9000")),
    )

    assert found.file == JSON
    assert found.settings == (Setting("icc", False, "daemon.json"), Setting("mtu", 9000, "command line"))


def test_without_a_process_the_unit_tells_how_the_daemon_starts():
    found = daemon({UNIT: unit("ExecStart=/usr/bin/dockerd -H fd:// --icc=false")}, daemon=NO_PROCESS)

    assert found.settings == (Setting("hosts", ["fd://"], "unit"), Setting("icc", False, "unit"))
    assert found.text is None


@pytest.mark.parametrize(
    ("things", "found"),
    [
        ({UNIT: unit("ExecStart=/usr/bin/dockerd --icc"), OWN_UNIT: unit("ExecStart=/usr/bin/dockerd --debug")},
         {"debug": True}),
        ({"/run/systemd/system/docker.service": unit("ExecStart=dockerd --debug"), UNIT: unit("ExecStart=dockerd")},
         {"debug": True}),
        ({UNIT: unit("ExecStart=dockerd --icc"), f"{DROP_INS}/a.conf": unit("ExecStart=", "ExecStart=dockerd --debug")},
         {"debug": True}),
        ({UNIT: unit("ExecStart=dockerd --icc"), f"{DROP_INS}/b.conf": unit("ExecStart=", "ExecStart=dockerd --tls"),
          f"{DROP_INS}/a.conf": unit("ExecStart=", "ExecStart=dockerd --debug")}, {"tls": True}),
        ({UNIT: unit("ExecStart=dockerd --icc"), f"{DROP_INS}/a.conf": unit("ExecStart=", "ExecStart=dockerd --debug"),
          "/usr/lib/systemd/system/docker.service.d/a.conf": unit("ExecStart=", "ExecStart=dockerd --tls")},
         {"debug": True}),
        ({UNIT: unit("ExecStart=dockerd --icc"), f"{DROP_INS}/a.conf": NOTHING,
          "/usr/lib/systemd/system/docker.service.d/a.conf": unit("ExecStart=", "ExecStart=dockerd --tls")},
         {"icc": True}),
        ({UNIT: unit("ExecStart=dockerd --icc"),
          "/etc/systemd/system/service.d/a.conf": unit("ExecStart=", "ExecStart=dockerd --tls")}, {"tls": True}),
        ({UNIT: unit("ExecStart=dockerd \\", "# --tls \\", "  --debug \\", "  --icc")}, {"debug": True, "icc": True}),
        ({UNIT: unit("ExecStart=-@/usr/bin/dockerd --label 'a b' --label \"c d\" --group o\\ ps")},
         {"labels": ["a b", "c d"], "group": "o ps"}),
        ({UNIT: unit("Environment=DOCKER_OPTS=--debug", "ExecStart=dockerd $DOCKER_OPTS $NONE")}, {"debug": True}),
        ({UNIT: unit('Environment="A=--debug --icc" G=ops', "ExecStart=dockerd $A --group=${G}-$$ --label=%%x$G")},
         {"debug": True, "icc": True, "group": "ops-$", "labels": ["%x$G"]}),
        ({UNIT: unit("Environment=A=--debug", "ExecStart=:dockerd --group $A")}, {"group": "$A"}),
        ({UNIT: unit("Environment=A=--debug", "Environment=", "ExecStart=dockerd $A")}, {}),
        ({UNIT: unit("Environment=A=--icc", "EnvironmentFile=-/etc/default/docker", "ExecStart=dockerd $A"),
          "/etc/default/docker": "# A=--tls\nA=\"--debug --mtu 9\"\n"}, {"debug": True, "mtu": 9}),
        ({UNIT: unit("EnvironmentFile=-/etc/none", "ExecStart=dockerd --icc $A")}, {"icc": True}),
        ({UNIT: unit("EnvironmentFile=/etc/none", "ExecStart=dockerd --icc")}, {"icc": True}),
    ],
)  # fmt: skip
def test_units_are_read_as_systemd_reads_them(things, found):
    assert by_unit(things) == found


@pytest.mark.parametrize(
    ("things", "words"),
    [
        ({}, "No unit docker.service"),
        ({OWN_UNIT: NOTHING, UNIT: unit("ExecStart=dockerd")}, "masked"),
        ({OWN_UNIT: "", UNIT: unit("ExecStart=dockerd")}, "masked"),
        ({OWN_UNIT: REFUSED, UNIT: unit("ExecStart=dockerd")}, "Not for us"),
        ({UNIT: unit("ExecStart=dockerd"), DROP_INS: REFUSED}, "Not for us"),
        ({UNIT: unit("ExecStart=dockerd"), f"{DROP_INS}/a.conf": REFUSED}, "Not for us"),
        ({UNIT: unit("ExecStart=/bin/sh -c 'exec dockerd'")}, "no program that secdash knows"),
        ({UNIT: unit("User=root")}, "no program that secdash knows"),
        ({UNIT: unit("EnvironmentFile=/etc/none", "ExecStart=dockerd $A")}, "no such file"),
        ({UNIT: unit("EnvironmentFile=-/etc/e", "ExecStart=dockerd $A"), "/etc/e": REFUSED}, "Not for us"),
        ({UNIT: unit("ExecStart=dockerd"), JSON: REFUSED}, "Not for us"),
        ({UNIT: unit("ExecStart=dockerd"), JSON: "{"}, "not valid JSON"),
    ],
)
def test_what_the_daemon_starts_with_is_unknown_where_a_part_of_it_is(things, words):
    found = by_unit(things)

    assert isinstance(found, Unknown)
    assert words in str(found.why)


@pytest.mark.parametrize(
    ("root_dir", "line", "is_known"),
    [
        ("/var/lib/docker", "dockerd", True),
        ("/var/lib/docker/165536.165536", "dockerd --userns-remap=default", True),
        ("/srv/docker", "dockerd --data-root /srv/docker/", True),
        ("", "dockerd", True),
        ("/srv/docker", "dockerd", False),
        ("/var/lib/docker2", "dockerd", False),
    ],
)
def test_a_unit_that_sets_another_root_than_the_engines_is_not_what_runs(root_dir, line, is_known):
    found = settings({UNIT: unit(f"ExecStart={line}")}, daemon=NO_PROCESS, root_dir=root_dir)

    assert isinstance(found, dict) == is_known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{icc: false}", "not valid JSON"),
        ("[]", "no JSON object"),
        ("3", "no JSON object"),
        ('{"a": ' * 25 + "1" + "}" * 25, "no JSON object"),
        ("[" * 5000, "not valid JSON"),
    ],
)
def test_a_daemon_json_that_no_daemon_could_read_is_unknown(text, words):
    found = daemon({JSON: text})

    for fact in (found.text, found.settings):
        assert isinstance(fact, Unknown)
        assert words in str(fact.why)


@pytest.mark.parametrize("text", ["", " \n", "{}", "\ufeff{}"])
def test_an_empty_daemon_json_sets_nothing(text):
    found = daemon({JSON: text})

    assert (found.text, found.settings) == ("{}\n", ())


def test_another_file_may_be_named_and_the_usual_one_does_not_count_then():
    found = daemon(
        {JSON: '{"icc": false}', "/srv/d.json": '{"debug": true}'},
        daemon=Process(("dockerd", "--config-file=/srv/d.json")),
    )

    assert found.file == "/srv/d.json"
    assert [(setting.name, setting.value) for setting in found.settings] == [
        ("config-file", "/srv/d.json"),
        ("debug", True),
    ]


def test_the_text_keeps_the_order_of_its_keys():
    assert daemon({JSON: '{"mtu":1,"icc":false,"data-root":"/é"}'}).text == (
        '{\n  "mtu": 1,\n  "icc": false,\n  "data-root": "/é"\n}\n'
    )


PLANTED = "hunter2SECRETvalue"
SECRETS = {
    "log-opts": {"splunk-token": PLANTED, "splunk-url": f"https://u:{PLANTED}@splunk.example.com", "max-size": "10m"},
    "proxies": {"http-proxy": f"http://user:{PLANTED}@proxy.example.com:3128", "no-proxy": "localhost"},
    "labels": [f"api_token={PLANTED}", "tier=web"],
    "exec-opts": [f"password={PLANTED}"],
    "runtimes": {"r": {"path": "/r", "runtimeArgs": ["--token", PLANTED, f"--api-key={PLANTED}"]}},
    "nested": [{"deep": {"client-secret": PLANTED, "pin_password": 123456}}],
}


def test_a_secret_of_daemon_json_shows_nowhere():
    content = {**SECRETS, "sumo": f"https://x.sumologic.com/receiver/v1/http/{PLANTED}"}
    facts = parse_host(seen({JSON: json.dumps(content)}))
    written = model.dump(_snapshot(facts)).decode()

    assert PLANTED not in written
    assert "123456" not in written
    for kept in ("splunk.example.com", "proxy.example.com:3128", "10m", "tier=web", "splunk-token"):
        assert kept in written


def test_a_secret_on_the_command_line_shows_nowhere():
    words = ("dockerd", "--log-opt", f"splunk-token={PLANTED}", "--https-proxy", f"http://u:{PLANTED}@p.example.com")

    facts = parse_host(seen(daemon=Process((*words, "--label", f"password={PLANTED}"))))

    assert PLANTED not in model.dump(_snapshot(facts)).decode()
    assert {setting.name for setting in facts.daemon.settings} == {"log-opts", "proxies", "labels"}


def _snapshot(facts):
    return build.a_snapshot(host=facts)
