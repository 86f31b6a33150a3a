from __future__ import annotations

import pytest

from secdash.facts.answers import Answers, ContainerAnswers, Failure, ImageAnswers
from secdash.facts.message import say
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from tests.engine.recordings import recorded

COMPOSE = {
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": "web",
    "com.docker.compose.container-number": "1",
}
SWARM = {"com.docker.swarm.service.name": "shop_web", "com.docker.swarm.task.name": "shop_web.2.k3jx0"}
NOTHING = Failure(say("not asked"))


def host(containers=(), images=(), networks=()):
    return parse(
        Answers(recorded("docker/version.json"), recorded("docker/info.json"), containers, images, networks, {})
    )


def answers(id_, name, labels):
    inspect = recorded("docker/inspect_c01_default.json") | {"Id": id_, "Name": f"/{name}"}
    inspect["Config"]["Labels"] = labels
    return ContainerAnswers({"Id": id_}, inspect)


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        ({}, "shop-web-1"),
        (COMPOSE, "shop/web/1"),
        ({**COMPOSE, "com.docker.compose.oneoff": "False"}, "shop/web/1"),
        ({**COMPOSE, "com.docker.compose.oneoff": "True"}, "shop-web-1"),
        ({"com.docker.compose.project": "shop"}, "shop-web-1"),
        (SWARM, "shop_web.2"),
        ({**SWARM, "com.docker.swarm.task.name": "another"}, "shop-web-1"),
    ],
)
def test_a_container_is_called_by_what_outlives_its_re_creation(labels, key):
    (found,) = host((answers("a" * 64, "shop-web-1", labels),)).containers

    assert (found.key, found.name) == (key, "shop-web-1")


def test_of_two_that_want_one_key_the_later_by_id_carries_its_id_whatever_the_order():
    first, second = answers("a" * 64, "x", COMPOSE), answers("b" * 64, "y", COMPOSE)

    for order in ((first, second), (second, first)):
        keys = {found.id[0]: found.key for found in host(order).containers}
        assert keys == {"a": "shop/web/1", "b": "shop/web/1@bbbbbbbbbbbb"}


def test_equal_short_ids_still_give_keys_of_their_own():
    found = host(tuple(answers(id_, "x", COMPOSE) for id_ in ("a" * 64, "b" * 13, "b" * 12, "b" * 12))).containers

    assert len({container.key for container in found}) == 4


@pytest.mark.parametrize(
    ("tags", "digests", "key", "name"),
    [
        (["web:2", "web:1"], ["web@sha256:cc"], "web:1", "web:1"),
        ([], ["web@sha256:cc"], "web@sha256:cc", "web@sha256:cc"),
        (["<none>:<none>"], ["<none>@<none>"], "sha256:" + "a" * 64, "a" * 12),
        (None, None, "sha256:" + "a" * 64, "a" * 12),
    ],
)
def test_an_image_is_called_by_its_first_tag_its_digest_or_its_id(tags, digests, key, name):
    id_ = "sha256:" + "a" * 64
    inspect = recorded("docker/image_inspect_0.json") | {"Id": id_, "RepoTags": tags, "RepoDigests": digests}
    (found,) = host(images=(ImageAnswers({"Id": id_}, inspect, []),)).images

    assert (found.key, found.name) == (key, name)


def test_networks_of_one_name_keep_apart():
    network = recorded("docker/networks_inspect.json")[0]
    twins = tuple(network | {"Id": letter * 64, "Name": "twin"} for letter in "ba")

    assert [found.key for found in host(networks=twins).networks] == ["twin", "twin@bbbbbbbbbbbb"]


def test_an_image_that_could_not_be_inspected_is_still_called_by_its_tag():
    (found,) = host(images=(ImageAnswers({"Id": "sha256:a", "RepoTags": ["web:1"]}, NOTHING, NOTHING),)).images

    assert (found.key, found.tags) == ("web:1", ("web:1",))
    assert isinstance(found.user, Unknown)
