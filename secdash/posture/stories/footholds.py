"""Who somebody is that has broken into a container: root, held back by Docker alone, or a member of a group."""

from __future__ import annotations

from secdash.checks.daemon_settings import socket_group
from secdash.facts.message import say
from secdash.facts.model import Container, known
from secdash.posture.stories.scene import YES, Answer, Scene, besides, either, every, holds


def root(scene: Scene, container: Container) -> Answer:
    """Root without a user namespace; the Engine's or the container's own refusal of one stands beside it."""
    is_root = scene.ask(
        "runs-as-root", container, say("root"), say("Who breaks in is root, and the kernel knows no other root.")
    )
    return is_root if is_root.no else every(is_root, besides(_unmapped(scene, container)))


def _unmapped(scene: Scene, container: Container) -> Answer:
    refused = scene.ask(
        "host-user-namespace",
        container,
        say("refuses user namespaces"),
        say("The Engine maps users for the others; this one refused."),
    )
    off = scene.ask(
        "userns-remap-off",
        scene.facts.engine,
        say("no user namespace"),
        say("The Engine maps no users: root inside is root outside."),
    )
    return refused if refused.is_sure else off


def socket_holder(scene: Scene, container: Container) -> Answer:
    """Who may open the Docker socket: root, or a member of the group that it belongs to."""
    in_group = every(
        scene.ask(
            "powerful-group-added",
            container,
            say("in the socket’s group"),
            say("It is a member of the group that may open the Docker socket."),
        ),
        holds(lambda: _is_member(scene, container)),
    )
    return either(root(scene, container), in_group)


def anybody(_scene: Scene, _container: Container) -> Answer:
    """The means itself says who can use it."""
    return YES


def _is_member(scene: Scene, container: Container) -> bool:
    """By name; a number is what the check calls unknown, so it never gets here as a no."""
    groups = known(container.group_add)
    return socket_group(scene.facts) in groups or any(group.isdecimal() for group in groups)
