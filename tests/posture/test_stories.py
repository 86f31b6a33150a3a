"""Attack stories: each rule tells its story where all of it holds, none where a link is mended, and none of a guess."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.checks.remedy import LIKELY, SAFE, TRY, CommandFix, ComposeFix, DaemonFix, FileFix
from secdash.facts.message import say
from secdash.facts.model import Attachment, Device, EnvName, Mount, Port, Snapshot, Swarm, Unknown
from secdash.facts.parse import parse
from secdash.posture.stories.chain import Chain, End, Told
from secdash.posture.stories.cutting import cuts, price
from secdash.posture.stories.means import MEANS
from secdash.posture.stories.scene import Scene
from secdash.posture.stories.telling import MOST, told
from tests.build import UNSEEN, a_bind, a_container, a_network, a_snapshot, an_engine
from tests.engine.recordings import ENGINES, answers_of

ROOTFUL = {"security_options": ("name=seccomp,profile=builtin",)}
CONFINED = {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}
OPEN = {"ports": (Port(80, "tcp", "", "8080"),)}
ROOT = {"user": "", "processes": ()}
USUAL = OPEN | ROOT
SOCKET = {"mounts": (a_bind("/var/run/docker.sock", "/var/run/docker.sock", read_only=True),)}
UNMASKED = {"masked_paths": (), "readonly_paths": ()}
DISK = {"devices": (Device("/dev/sda", "/dev/sda", "rwm"),)}


def seen(*containers: dict[str, Any], engine: dict[str, Any] | None = None, **facts: Any) -> Snapshot:
    made = tuple(a_container(**each) for each in containers)
    return a_snapshot(engine=an_engine(**{**ROOTFUL, **(engine or {})}), containers=made, services=(), **facts)


def stories(snapshot: Snapshot) -> Told:
    return told(snapshot, list(judge(snapshot)))


def ways(snapshot: Snapshot) -> list[tuple[str, ...]]:
    """The checks of each story that ends on the host."""
    return [
        tuple(link.check for link in each.links) for each in stories(snapshot).chains if each.end is not End.SECRETS
    ]


class Rule(NamedTuple):
    """Facts that make the rule tell its story; each of `mended` breaks it; `unknown` makes it possible only."""

    last: str
    facts: dict[str, Any]
    mended: tuple[dict[str, Any], ...]
    unknown: dict[str, Any]


NOT_ROOT = {"user": "1000"}
RULES = (
    Rule("docker-socket-mounted", SOCKET, (NOT_ROOT, {"mounts": ()}, {"ports": ()}), {"mounts": UNSEEN}),
    Rule(
        "runtime-socket-mounted",
        {"mounts": (a_bind("/run/containerd/containerd.sock", "/c.sock"),)},
        (NOT_ROOT, {"mounts": ()}),
        {"user": UNSEEN},
    ),
    Rule("privileged-container", {"privileged": True}, (NOT_ROOT, {"privileged": False}), {"privileged": UNSEEN}),
    Rule(
        "host-root-mounted",
        {"mounts": (a_bind("/", "/host"),)},
        (NOT_ROOT, {"mounts": (a_bind("/srv", "/srv"),)}),
        {"user": UNSEEN},
    ),
    Rule(
        "sensitive-host-path",
        {"mounts": (a_bind("/etc", "/host/etc"),)},
        (NOT_ROOT, {"mounts": (a_bind("/etc", "/e", read_only=True),)}, {"mounts": (a_bind("/etc/nginx", "/e"),)}),
        {"user": UNSEEN},
    ),
    Rule(
        "control-socket-mounted",
        {"mounts": (a_bind("/run/systemd/private", "/s"),)},
        (NOT_ROOT, {"mounts": (a_bind("/run/systemd/journal/socket", "/s"),)}),
        {"user": UNSEEN},
    ),
    Rule(
        "device-controls-host",
        DISK,
        (NOT_ROOT, {"devices": (Device("/dev/sda", "/dev/sda", "r"),)}, {"devices": (Device("/dev/mem", "/m", "rw"),)}),
        {"devices": UNSEEN},
    ),
    Rule("unmasked-proc", UNMASKED, (NOT_ROOT, {"readonly_paths": ("/proc/sys",)}), {"user": UNSEEN}),
    Rule(
        "socket-proxy-open",
        {"image": "tecnativa/docker-socket-proxy:1", "env": (EnvName("POST", switch="on"),), **NOT_ROOT},
        ({"env": (EnvName("POST", switch="off"),)}, {"ports": ()}),
        {"image": UNSEEN},
    ),
)


def test_every_means_of_the_table_has_a_case():
    assert {means.check for means in MEANS} == {rule.last for rule in RULES} | {"joins-powerful-container"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.last)
def test_a_rule_tells_its_story_from_the_open_port_to_the_host(rule: Rule):
    found = [way for way in ways(seen(USUAL | rule.facts)) if way[-1] == rule.last]

    assert found
    assert all(way[0] == "published-on-all-interfaces" for way in found)


@pytest.mark.parametrize(
    ("last", "facts"), [(rule.last, USUAL | rule.facts | mended) for rule in RULES for mended in rule.mended]
)
def test_a_link_that_is_mended_ends_the_story(last: str, facts: dict[str, Any]):
    assert last not in {way[-1] for way in ways(seen(facts))}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.last)
def test_what_is_unknown_is_possible_and_no_story(rule: Rule):
    found = stories(seen(USUAL | rule.facts | rule.unknown))

    assert not [chain for chain in found.chains if chain.links[-1].check == rule.last]
    assert UNSEEN.why in [why for each in found.possible for why in each.why]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.last != "socket-proxy-open"], ids=lambda r: r.last)
@pytest.mark.parametrize("option", ["name=rootless", "name=userns"])
def test_users_of_their_own_end_it(rule: Rule, option: str):
    assert not ways(seen(USUAL | rule.facts, engine={"security_options": (option, "name=seccomp,profile=builtin")}))


def test_a_container_that_refuses_the_mapping_is_told_with_that_link():
    found = ways(seen(USUAL | SOCKET | {"userns_mode": "host"}, engine={"security_options": ("name=userns",)}))

    assert found == [("published-on-all-interfaces", "runs-as-root", "host-user-namespace", "docker-socket-mounted")]


# --- entries and footholds ----------------------------------------------------------------------------------------

ENTRIES = [
    ({"network_mode": "host", "ports": ()}, {}, "host-network"),
    (
        {"ports": (), "attachments": (Attachment("lan", "lan-id"),)},
        {"networks": (a_network(name="lan", driver="macvlan", options=(("parent", "eth0"),)),)},
        "network-on-the-lan",
    ),
    (
        {"ports": (), "attachments": (Attachment("apps", "apps-id"),)},
        {
            "networks": (
                a_network(name="apps", options=(("com.docker.network.bridge.gateway_mode_ipv4", "nat-unprotected"),)),
            )
        },
        "unpublished-ports-open",
    ),
]


@pytest.mark.parametrize(("facts", "around", "first"), ENTRIES)
def test_each_way_in_begins_a_story(facts, around, first):
    assert [way[0] for way in ways(seen(ROOT | SOCKET | facts, **around))] == [first]


@pytest.mark.parametrize("facts", [{"ports": (Port(80, "tcp", "127.0.0.1", "80"),)}, {"state": "exited"}])
def test_what_cannot_be_reached_begins_none(facts):
    assert ways(seen(USUAL | SOCKET | facts)) == []


def test_a_state_that_is_unknown_is_said():
    found = stories(seen(USUAL | SOCKET | {"state": UNSEEN}))

    assert found.chains == ()
    assert [each.container for each in found.possible] == ["web"]


def test_containers_that_could_not_be_listed_are_said():
    snapshot = msgspec.structs.replace(seen(), containers=UNSEEN)

    assert [each.why for each in stories(snapshot).possible] == [(UNSEEN.why,)]


def test_a_member_of_the_sockets_group_needs_no_root():
    facts = OPEN | SOCKET | {"user": "1000", "group_add": ("docker",)}

    assert ways(seen(facts)) == [("published-on-all-interfaces", "powerful-group-added", "docker-socket-mounted")]
    assert ways(seen(facts | {"group_add": ("video",)})) == []
    assert ways(seen(facts | {"group_add": ("disk",)})) == [], "a powerful group, but not the socket's"


def test_a_groups_number_leaves_it_open():
    found = stories(seen(OPEN | SOCKET | {"user": "1000", "group_add": ("998",)}))

    assert found.chains == ()
    assert "group's number" in str(found.possible[0].why[0])


# --- settings that add up -----------------------------------------------------------------------------------------

ESCAPES = [
    (
        {"pid_mode": "host", "cap_add": ("SYS_PTRACE",)},
        {},
        {"host-pid", "dangerous-capability"},
    ),
    ({"cap_add": ("SYS_MODULE",)}, {}, {"dangerous-capability"}),
    (
        {"cap_add": ("SYS_ADMIN",), "security_opt": ("seccomp=unconfined",)},
        {},
        {"dangerous-capability", "seccomp-disabled"},
    ),
    (
        {"mounts": (a_bind("/sys/fs/cgroup", "/sys/fs/cgroup"),)},
        {"cgroup_version": "1"},
        {"sensitive-host-path", "cgroup-v1"},
    ),
]


@pytest.mark.parametrize(("facts", "engine", "links"), ESCAPES)
def test_an_escape_chain_is_told_by_the_findings_that_make_it(facts, engine, links):
    found = [set(way) for way in ways(seen(USUAL | facts, engine=engine))]

    assert any(links <= way for way in found)


@pytest.mark.parametrize(("facts", "engine", "links"), ESCAPES[:3])
def test_without_the_capability_it_is_no_chain(facts, engine, links):
    assert ways(seen(USUAL | facts | {"cap_add": ()}, engine=engine)) == []


def test_apparmor_holds_what_it_holds_back():
    traced = {"pid_mode": "host", "cap_add": ("SYS_PTRACE",)}

    assert ways(seen(USUAL | traced, engine=CONFINED)) == []
    assert ways(seen(USUAL | UNMASKED, engine=CONFINED)) == []
    assert ways(seen(USUAL | {"mounts": (a_bind("/run/dbus/system_bus_socket"),)}, engine=CONFINED)) == []
    assert ways(seen(USUAL | {"mounts": (a_bind("/run/dbus/system_bus_socket"),)})) != []


def test_steering_a_privileged_neighbour_is_a_means():
    boss = {"name": "boss", "key": "boss", "privileged": True}
    spy = OPEN | {"pid_mode": "container:boss-id", "cap_add": ("SYS_PTRACE",), **ROOT}

    assert "joins-powerful-container" in {way[-1] for way in ways(seen(boss, spy))}
    assert "joins-powerful-container" not in {way[-1] for way in ways(seen(boss | {"privileged": False}, spy))}


# --- the Engine itself --------------------------------------------------------------------------------------------


def test_an_api_open_to_everybody_is_a_story_of_one_link():
    warned = ("WARNING: API is accessible on http://0.0.0.0:2375 without encryption.",)
    found = stories(seen({}, engine={"warnings": warned})).chains

    assert [(each.container, [link.check for link in each.links]) for each in found] == [("", ["unauthenticated-api"])]
    assert ways(seen({})) == []


def test_from_the_hosts_network_an_api_on_loopback_is_reached():
    engine = {"warnings": ("API is accessible on http://127.0.0.1:2375 without encryption.",)}
    found = ways(seen({"network_mode": "host", "ports": ()}, engine=engine))

    assert ("host-network", "api-reachable-from-containers") in found
    assert ways(seen({"network_mode": "host", "ports": ()})) == []


def test_root_on_a_manager_has_the_swarm():
    manager = Swarm("active", manager=True, managers=1, nodes=3)

    assert {each.end for each in stories(seen(USUAL | SOCKET, engine={"swarm": manager})).chains} == {End.SWARM}
    worker = {"swarm": Swarm("active")}
    assert {each.end for each in stories(seen(USUAL | SOCKET, engine=worker)).chains} == {End.HOST}


def test_keys_in_the_environment_end_a_story_of_their_own():
    facts = OPEN | {"env": (EnvName("DB_PASSWORD", "its name says password"),)}

    assert [each.end for each in stories(seen(facts)).chains] == [End.SECRETS]
    assert stories(seen(facts | {"ports": ()})).chains == ()


# --- neighbours ---------------------------------------------------------------------------------------------------

APPS = Attachment("apps", "apps-id")
FRONT = {"name": "front", "key": "front", **OPEN, "attachments": (APPS,)}
BACK = {"name": "back", "key": "back", **ROOT, **SOCKET, "ports": (), "attachments": (APPS,)}
FREE = a_network(name="apps", options=())


def hops(*containers: dict[str, Any], network: Any = FREE) -> list[Chain]:
    return [each for each in stories(seen(*containers, networks=(network,))).chains if each.hops]


def test_a_neighbour_on_the_same_network_carries_the_story_on():
    (found,) = hops(FRONT, BACK)

    assert (found.container, found.end) == ("front", End.HOST)
    assert [link.name for link in found.links] == ["front", "back", "back", "Docker Engine", "back"]
    assert found.links[1].check == "", "no finding stands for a network of one application"


@pytest.mark.parametrize(
    ("front", "back", "network"),
    [
        ({"attachments": ()}, {}, FREE),
        ({}, {}, a_network(name="apps")),  # it forbids traffic between its containers
        ({"ports": ()}, {}, FREE),
        ({}, {"mounts": ()}, FREE),
        ({}, {"state": "exited"}, FREE),
    ],
)
def test_without_one_link_of_it_no_neighbour_is_reached(front, back, network):
    assert hops(FRONT | front, BACK | back, network=network) == []


def test_options_that_were_not_read_leave_the_neighbour_open():
    found = stories(seen(FRONT, BACK, networks=(a_network(name="apps", options=UNSEEN),)))

    assert found.chains == ()
    assert {each.container for each in found.possible} == {"front", "back"}


def test_on_the_default_bridge_findings_stand_for_the_hop():
    end = {"attachments": (Attachment("bridge", "bridge-id"),), "network_mode": "bridge"}
    (found,) = hops(FRONT | end, BACK | end, network=a_network(options=()))

    assert {"icc-enabled", "default-bridge"} <= {link.check for link in found.links}


@pytest.mark.parametrize(
    "shared",
    [
        (
            {"mounts": (Mount("volume", "/v", "/d", False, name="v"),)},
            {"mounts": (*SOCKET["mounts"], Mount("volume", "/v", "/d", True, name="v"))},
        ),
        ({"ipc_mode": "container:back-id"}, {"ipc_mode": "shareable"}),
    ],
    ids=["volume", "ipc"],
)
def test_what_they_share_carries_it_too(shared):
    apart = {"attachments": ()}
    front, back = shared

    assert len(hops(FRONT | apart | front, BACK | apart | back)) == 1
    assert hops(FRONT | apart, BACK | apart | back) == []


def test_a_container_that_is_a_way_in_itself_is_not_reached_through_another():
    assert hops(FRONT, BACK | OPEN) == []


def test_of_very_many_stories_the_rest_is_counted():
    fronts = [FRONT | {"name": f"f{n}", "key": f"f{n}"} for n in range(15)]
    backs = [BACK | {"name": f"b{n}", "key": f"b{n}"} for n in range(15)]
    found = stories(seen(*fronts, *backs, networks=(FREE,)))

    assert (len(found.chains), found.left) == (MOST, 15 * 15 - MOST)


# --- what to cut --------------------------------------------------------------------------------------------------


def cheapest(snapshot: Snapshot) -> list[str]:
    verdicts = list(judge(snapshot))
    found = told(snapshot, verdicts).chains
    return sorted({cut.link.check for cut in cuts(found, Scene(snapshot, verdicts)).values()})


def test_the_surest_fix_is_the_cheapest_and_among_equals_what_breaks_most():
    assert cheapest(seen(USUAL | SOCKET)) == ["docker-socket-mounted"], "the others are to be tried"
    two = {"mounts": (*SOCKET["mounts"], a_bind("/run/containerd/containerd.sock", "/c.sock"))}
    workers = {"processes": (), "user": ""}
    assert cheapest(seen(USUAL | two | workers)) == ["docker-socket-mounted", "runtime-socket-mounted"]


def test_the_cut_says_how_many_stories_end_with_it():
    snapshot = seen(USUAL | SOCKET, FRONT | {"attachments": ()}, BACK | {"name": "c", "key": "c"})
    verdicts = list(judge(snapshot))
    found = cuts(told(snapshot, verdicts).chains, Scene(snapshot, verdicts))

    assert [(cut.link.check, cut.breaks, cut.of) for cut in found.values()] == [("docker-socket-mounted", 1, 1)]
    assert len(next(iter(found.values())).why) == 3


@pytest.mark.parametrize(
    ("fix", "certainty", "stops"),
    [
        (None, None, True),
        (ComposeFix(say("x"), (), SAFE), SAFE, True),
        (DaemonFix(say("x"), (), reload=True), LIKELY, False),
        (DaemonFix(say("x"), ()), TRY, True),
        (FileFix(say("x"), "/etc"), LIKELY, False),
        (CommandFix(say("x"), ()), TRY, True),
    ],
)
def test_what_a_fix_costs(fix, certainty, stops):
    assert (price(fix).certainty, price(fix).stops) == (certainty, stops)


# --- real Engines -------------------------------------------------------------------------------------------------


def recorded(engine: str) -> Told:
    return stories(parse(answers_of(engine)))


@pytest.mark.parametrize("engine", ENGINES)
def test_no_story_is_told_of_recordings_in_which_only_harmless_containers_can_be_reached(engine):
    """c11 publishes, c08 has the socket, and nothing is both."""
    assert [each for each in recorded(engine).chains if each.end is not End.SECRETS and not each.hops] == []


def test_a_recorded_socket_becomes_a_story_once_its_container_is_published():
    facts = parse(answers_of("docker-28"))
    assert not isinstance(facts.containers, Unknown)
    opened = tuple(
        msgspec.structs.replace(each, ports=OPEN["ports"], state="running") if each.name == "c08_dockersock" else each
        for each in facts.containers
    )
    found = [each for each in stories(msgspec.structs.replace(facts, containers=opened)).chains if each.end is End.HOST]

    assert {each.container for each in found} == {"c08_dockersock"}
    assert "docker-socket-mounted" in {each.links[-1].check for each in found}


def test_every_link_names_a_check_of_the_catalogue():
    names = {link.check for rule in RULES for chain in stories(seen(USUAL | rule.facts)).chains for link in chain.links}

    assert names - {""} <= set(CATALOGUE)
