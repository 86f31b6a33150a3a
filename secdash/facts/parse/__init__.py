"""From an Engine's answers to the frozen, redacted snapshot. Pure, and whatever the answers hold, it never raises."""

from __future__ import annotations

from secdash.facts.answers import Answers
from secdash.facts.model import Snapshot
from secdash.facts.parse.container import parse_container
from secdash.facts.parse.engine import is_podman, parse_engine
from secdash.facts.parse.host import parse_host
from secdash.facts.parse.listings import parse_containers, parse_images, parse_networks, parse_volumes
from secdash.facts.parse.services import count_secrets, parse_services

__all__ = ["parse", "parse_container"]


def parse(answers: Answers) -> Snapshot:
    podman = is_podman(answers.version)
    return Snapshot(
        engine=parse_engine(answers.version, answers.info, answers.plugins, answers.reached),
        containers=parse_containers(answers.containers, podman=podman),
        images=parse_images(answers.images),
        networks=parse_networks(answers.networks),
        volumes=parse_volumes(answers.volumes),
        host=parse_host(answers.files),
        services=parse_services(answers.services),
        swarm_secrets=count_secrets(answers.secrets),
    )
