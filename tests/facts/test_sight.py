"""A digest of a look: no two looks with different facts may share one."""

from __future__ import annotations

import copy

import msgspec
import orjson
import pytest

from secdash.facts.answers import ContainerAnswers, Failure, ImageAnswers
from secdash.facts.message import say
from secdash.facts.model import dump
from secdash.facts.parse import parse
from secdash.facts.sight import digest_of_source, sight
from tests.engine.recordings import answers_of, recorded

KEY = b"a key of this test"
OTHERS = (None, "another", 7, [], {"another": True})


def small(engine, name):
    """A host of one container, so that every value it answers can be changed in turn."""
    answers = answers_of(engine)
    inspect = recorded(f"{engine}/inspect_{name}.json") | {"ExecIDs": ["live"]}
    (listed,) = (each.listed for each in answers.containers if each.inspect["Id"] == inspect["Id"])
    execs = ({"Running": True, "ProcessConfig": {"entrypoint": "sh", "privileged": False, "user": "root"}},)
    top, changes = recorded("docker/top_c01_default.json"), [{"Path": "/var/log/app.log", "Kind": 1}]
    container = ContainerAnswers(listed, inspect, top, execs, changes)
    services = recorded("swarm_services.json")[:1]
    return msgspec.structs.replace(
        answers, containers=(container,), images=answers.images[:1], networks=answers.networks[-1:], services=services
    )


def plain(answers):
    return orjson.loads(msgspec.json.encode(answers))


def back(told, answers):
    return msgspec.structs.replace(
        answers,
        **{name: told[name] for name in ("version", "info", "volumes", "plugins", "services")},
        containers=tuple(ContainerAnswers(**{**each, "execs": tuple(each["execs"])}) for each in told["containers"]),
        images=tuple(ImageAnswers(**each) for each in told["images"]),
        networks=tuple(told["networks"]),
    )


def leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for name, below in items:
        yield (*path, name)
        yield from leaves(below, (*path, name))


def with_another(told, path, value):
    changed = copy.deepcopy(told)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", ["c13_health", "c22_secrets_env"])
def test_whatever_changes_a_fact_changes_the_digest(name):
    answers = small("docker-28", name)
    told, facts, seen = plain(answers), dump(parse(answers)), sight(answers, key=KEY)
    record_kinds = ("files", "secrets", "reached")
    paths = [path for path in leaves(told) if path[0] not in record_kinds and len(path) > _depth_of_records(path)]
    differing = 0
    for number, path in enumerate(paths):
        changed = back(with_another(told, path, OTHERS[number % len(OTHERS)]), answers)
        if dump(parse(changed)) != facts:
            differing += 1
            assert sight(changed, key=KEY) != seen, path

    assert differing > 100


def _depth_of_records(path):
    """Values of answers, and not the records that hold them."""
    return {"containers": 3, "images": 3, "networks": 1}.get(path[0], 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": Failure(say("They cannot be read today."))},
        {"secrets": [{"ID": "1"}]},
        {"reached": "tcp"},
        {"containers": Failure(say("no"))},
        {"images": Failure(say("no"))},
        {"networks": Failure(say("no"))},
        {"volumes": Failure(say("no"))},
        {"containers": ()},
    ],
)
def test_what_could_not_be_read_and_how_it_was_reached_is_part_of_it(changes):
    answers = answers_of("docker-28")

    assert sight(msgspec.structs.replace(answers, **changes), key=KEY) != sight(answers, key=KEY)


def test_one_failure_is_another_than_the_next_and_than_an_answer_in_its_words():
    answers = answers_of("docker-28")
    failing = [Failure(say("late")), Failure(say("refused")), msgspec.to_builtins(Failure(say("late")))]
    seen = {sight(msgspec.structs.replace(answers, volumes=each), key=KEY) for each in failing}

    assert len(seen) == 3


def test_what_moves_at_every_look_is_left_out():
    answers = small("docker-28", "c13_health")
    told = plain(answers)
    told["info"] |= {"NFd": 1, "NGoroutines": 2, "SystemTime": told["info"]["SystemTime"][:11] + "23:59:59.1Z"}
    (container,) = told["containers"]
    container["listed"]["Status"] = "Up 3 weeks (unhealthy)"
    container["inspect"]["State"]["Health"] |= {"FailingStreak": 99, "Log": []}
    container["top"]["Processes"][0][6] = "01:00:00"
    container["changes"] += [{"Path": "/var/log/other.log", "Kind": 1}]
    moved = back(told, answers)

    assert sight(moved, key=KEY) == sight(answers, key=KEY)
    assert dump(parse(moved)) == dump(parse(answers))


def test_the_next_day_is_another():
    answers = answers_of("docker-28")
    later = answers.info | {"SystemTime": "2027-01-01T00:00:00Z"}

    assert sight(msgspec.structs.replace(answers, info=later), key=KEY) != sight(answers, key=KEY)


def test_nothing_can_be_guessed_from_it_without_the_key():
    answers = answers_of("docker-28")

    assert sight(answers, key=KEY) != sight(answers, key=b"another")


def test_code_that_changes_makes_another_digest(tmp_path):
    (tmp_path / "below").mkdir()
    module = tmp_path / "below" / "check.py"
    module.write_text("LIMIT = 1\n")
    before = digest_of_source(tmp_path)
    digest_of_source.cache_clear()
    module.write_text("LIMIT = 2\n")

    assert digest_of_source(tmp_path) != before
