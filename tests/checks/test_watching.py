"""The spy that notes what a check looks at and nobody asked for."""

from __future__ import annotations

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.watching import _Watched, missed
from secdash.facts.answers import Answers, ContainerAnswers
from secdash.facts.model import Snapshot, known, listing
from secdash.facts.parse import parse
from secdash.facts.unasked import Part, not_asked, unasked
from tests.build import UNSEEN, a_container, a_snapshot
from tests.engine.recordings import answers_of


def nothing_but(**asked) -> Snapshot:
    """What is known when the Engine was asked for version, info and this."""
    answers = answers_of("docker")
    left_out = {
        "containers": not_asked(Part.CONTAINERS),
        "images": not_asked(Part.IMAGES),
        "networks": not_asked(Part.NETWORKS),
        "volumes": not_asked(Part.VOLUMES),
        "files": not_asked(Part.FILES),
    }
    return parse(Answers(**{"version": answers.version, "info": answers.info, **left_out, **asked}))


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_every_check_says_the_same_whether_it_is_watched_or_not(engine):
    facts = parse(answers_of(engine))
    noted = set()
    watched = _Watched(facts, noted)

    for entry in CATALOGUE.values():
        for subject in known(listing(facts, entry.kind)) if entry.kind not in ("file",) else ():
            assert entry.judge(_Watched(subject, noted), watched) == entry.judge(subject, facts), entry.name
    assert not noted


def test_a_check_of_the_container_alone_misses_nothing():
    container = a_container(memory=0)

    assert missed(CATALOGUE["no-memory-limit"], container, nothing_but()) == frozenset()


def test_a_check_that_looks_at_the_images_misses_their_listing():
    container = a_container(image="shop/web:1", image_id="sha256:1")

    assert missed(CATALOGUE["outdated-image"], container, nothing_but()) == {Part.IMAGES}


def test_a_pass_in_spite_of_an_unknown_fact_is_noted():
    """This check passes where the host's files are unknown, and might not where they are known."""
    facts = nothing_but()
    check = CATALOGUE["unauthenticated-api"]
    assert check.judge(facts.engine, facts).status == "pass"

    assert missed(check, facts.engine, facts) == {Part.FILES}


def test_facts_of_other_containers_that_were_only_listed_are_missed():
    answers = answers_of("docker")
    listed = tuple(ContainerAnswers(each.listed, not_asked(Part.EVERY_CONTAINER)) for each in answers.containers)
    facts = nothing_but(containers=listed)

    assert missed(CATALOGUE["enhanced-isolation-off"], facts.engine, facts) <= {Part.EVERY_CONTAINER}
    assert missed(CATALOGUE["volume-sprawl"], facts.engine, facts) == {Part.EVERY_CONTAINER}


def test_what_is_unknown_for_another_reason_is_not_missed():
    facts = msgspec.structs.replace(a_snapshot(), images=unasked(Part.IMAGES))
    container = a_container(memory=UNSEEN)

    assert missed(CATALOGUE["no-memory-limit"], container, facts) == frozenset()
