"""From an Engine's answers to the frozen, redacted snapshot. Pure, and whatever the answers hold, it never raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from secdash.facts.answers import Answers, ContainerAnswers, Failure, ImageAnswers
from secdash.facts.model import Container, Image, Snapshot
from secdash.facts.parse.container import parse_container
from secdash.facts.parse.engine import is_podman, parse_engine
from secdash.facts.parse.host import parse_host
from secdash.facts.parse.listings import parse_networks, parse_volumes, renew_containers, renew_images
from secdash.facts.parse.reading import listed_id
from secdash.facts.parse.services import count_secrets, parse_services

__all__ = ["Again", "parse", "parse_container"]

A = TypeVar("A", ContainerAnswers, ImageAnswers)
S = TypeVar("S", Container, Image)


class Again(NamedTuple):
    """Facts by id that were made of the same answers before: nothing needs to be made of these."""

    containers: Mapping[str, Container] = {}
    images: Mapping[str, Image] = {}


NOTHING = Again()


def parse(answers: Answers, again: Again = NOTHING) -> Snapshot:
    podman = is_podman(answers.version)
    return Snapshot(
        engine=parse_engine(answers.version, answers.info, answers.plugins, answers.reached),
        containers=renew_containers(_in_place(answers.containers, again.containers), podman=podman),
        images=renew_images(_in_place(answers.images, again.images)),
        networks=parse_networks(answers.networks),
        volumes=parse_volumes(answers.volumes),
        host=parse_host(answers.files),
        services=parse_services(answers.services),
        swarm_secrets=count_secrets(answers.secrets),
    )


def _in_place(answers: Sequence[A] | Failure, again: Mapping[str, S]) -> Sequence[A | S] | Failure:
    if isinstance(answers, Failure) or not again:
        return answers
    return [again.get(listed_id(each.listed), each) for each in answers]
