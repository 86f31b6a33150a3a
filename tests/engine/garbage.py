"""Answers gone wrong: a hypothesis strategy that takes recordings and damages them anywhere."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from secdash.facts.answers import Answers, ContainerAnswers, Failure, ImageAnswers
from secdash.facts.message import say
from tests.engine.recordings import ENGINES, answers_of, recorded_names

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.just(Failure(say("It failed."))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
CONTAINERS = sorted(set(recorded_names("docker")) & set(recorded_names("podman")))


@st.composite
def damaged_answers(draw: Any) -> Answers:
    """A recorded host, two containers of it, with up to six places dropped or replaced by anything."""
    whole = answers_of(draw(st.sampled_from(ENGINES)))
    assert isinstance(whole.containers, tuple)
    chosen = draw(st.lists(st.sampled_from(whole.containers), min_size=1, max_size=2))
    tree: dict[str, Any] = {
        "version": whole.version,
        "info": whole.info,
        "volumes": whole.volumes,
        "plugins": whole.plugins,
        "networks": list(whole.networks) if isinstance(whole.networks, tuple) else [],
        "containers": [[c.listed, c.inspect, c.top, draw(st.none() | st.just([]))] for c in chosen],
        "images": [[i.listed, i.inspect, i.history] for i in whole.images] if isinstance(whole.images, tuple) else [],
    }
    tree = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 6))):
        _damage(draw, tree)
    return Answers(
        version=tree["version"],
        info=tree["info"],
        volumes=tree["volumes"],
        plugins=tree["plugins"],
        networks=tuple(tree["networks"]),
        containers=tuple(ContainerAnswers(*parts) for parts in tree["containers"]),
        images=tuple(ImageAnswers(*parts) for parts in tree["images"]),
    )


def _damage(draw: Any, tree: dict[str, Any]) -> None:
    """Walk down at random from one of the answers, and there drop or replace."""
    kind = draw(st.sampled_from(sorted(tree)))
    node: Any = tree
    key: Any = kind
    least = {"containers": 2, "images": 2, "networks": 1}.get(kind, 0)
    for depth in range(draw(st.integers(least, 7))):
        if not node[key] or not isinstance(node[key], dict | list):
            if depth < least:
                return
            break
        node = node[key]
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    if isinstance(node, dict) and node is not tree and draw(st.booleans()):
        del node[key]
    else:
        node[key] = draw(JSON)
