"""The command line: quoted for a shell, and the commands that must go before and after it."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from secdash.fixes import quantities, run


def test_writes_one_option_a_line() -> None:
    service = {
        "image": "a:1",
        "read_only": True,
        "mem_limit": "1g",
        "network_mode": "bridge",
        "command": ["sh", "-c", "a b"],
    }

    assert run.line(service, name="web") == (
        "docker run --detach \\\n  --name web \\\n  --read-only \\\n  --memory 1g \\\n  a:1 sh -c 'a b'"
    )


def test_makes_the_network_that_compose_would_make() -> None:
    lines = run.line({"image": "a"}, name="web").splitlines()

    assert lines[0] == "docker network create web-net"
    assert "--network web-net" in lines[3]


def test_connects_further_networks_by_commands_of_their_own() -> None:
    service = {"image": "a", "networks": {"one": {}, "two": {"aliases": ["x"], "ipv4_address": "10.0.0.2"}}}

    assert run.line(service, name="web").splitlines()[-1] == "docker network connect --alias x --ip 10.0.0.2 two web"


def test_says_an_entrypoint_of_many_words_and_a_health_check_in_exec_form() -> None:
    service = {
        "image": "a",
        "entrypoint": ["sh", "-c"],
        "command": ["x"],
        "healthcheck": {"test": ["CMD", "test", "a b"]},
        "network_mode": "none",
    }
    assert run.argv(service, name="w")[5:] == [
        *("--entrypoint", "sh", "--health-cmd", "test 'a b'", "--network", "none", "a", "-c", "x")
    ]


def test_can_run_another_image() -> None:
    assert run.argv({"image": "a", "network_mode": "none"}, name="w", image="b")[-1] == "b"


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")))),
)
def test_a_shell_reads_the_same_words(label: str, command: list[str]) -> None:
    service = {"image": "a", "network_mode": "none", "labels": {"l": label}, "command": command}

    line = run.line(service, name="web").replace(" \\\n  ", " ")

    assert shlex.split(line) == run.argv(service, name="web")


@given(st.integers(min_value=0, max_value=10**6))
def test_seconds_undo_a_duration(count: int) -> None:
    assert quantities.seconds(quantities.duration(count * quantities.BILLION)) == count


def test_durations_and_sizes() -> None:
    assert [quantities.duration(count) for count in (0, 1_500_000_000, 3_661_000_000_000, 5)] == [
        "0s",
        "1s500ms",
        "1h1m1s",
        "5ns",
    ]
    assert [quantities.size(count) for count in (-1, 0, 1, 1536, 1 << 30)] == [-1, "0b", "1b", "1536b", "1g"]
    assert [quantities.seconds(text) for text in (7, "8", "9s", "1m30s", "500ms")] == [7, 8, 9, 90, 0]
