"""A fix written out: for a container, for the daemon, for an image; and all fixes of a container together."""

from __future__ import annotations

import json

import yaml

from secdash.checks.remedy import (
    BuildFix,
    Certainty,
    CommandFix,
    ComposeFix,
    DaemonFix,
    Drop,
    Exclude,
    Include,
    Put,
)
from secdash.facts.message import say
from secdash.facts.model import EnvName, Port
from secdash.fixes import render, render_all
from tests.build import UNSEEN, a_container, a_snapshot, an_engine, an_image

SUMMARY = say("Mend it.")
ROOTFUL = an_engine(security_options=("name=apparmor",))
LABELS = (("com.docker.compose.service", "front"),)


def test_renders_a_container_as_it_is_and_as_it_should_be() -> None:
    container = a_container(privileged=True, labels=LABELS, network_mode="bridge")
    rendered = render(ComposeFix(SUMMARY, (Drop("privileged"),)), container, a_snapshot(containers=(container,)))

    assert rendered.summary == SUMMARY
    assert yaml.safe_load(rendered.compose_before or "")["services"]["front"]["privileged"] is True
    assert "privileged" not in yaml.safe_load(rendered.compose_after or "")["services"]["front"]
    assert "-    privileged: true" in (rendered.compose_diff or "").splitlines()
    assert "--privileged" in (rendered.run_before or "")
    assert "--privileged" not in (rendered.run_after or "")
    assert "--name web" in (rendered.run_after or "")


def test_comments_are_in_the_readers_language() -> None:
    container = a_container(env=(EnvName("TOKEN"),))
    fix = ComposeFix(SUMMARY, (Put("user", "1"),))

    rendered = render(fix, container, a_snapshot(), spoken=lambda message: f"fr: {message.text}")

    assert (rendered.compose_after or "").startswith("# fr: Environment values")
    assert rendered.notes[0].text.startswith("Environment values")


def test_names_another_container_by_its_name() -> None:
    other = a_container(id="f" * 64, name="proxy", key="proxy")
    container = a_container(network_mode=f"container:{other.id}")

    rendered = render(ComposeFix(SUMMARY, ()), container, a_snapshot(containers=(container, other)))

    assert "network_mode: container:proxy" in (rendered.compose_before or "")


def test_renders_without_any_listing() -> None:
    blind = a_snapshot(containers=UNSEEN, images=UNSEEN)

    assert "command:" in (render(ComposeFix(SUMMARY, ()), a_container(labels=UNSEEN), blind).compose_before or "")


def test_renders_keys_for_daemon_json_and_says_that_the_file_was_not_read() -> None:
    fix = DaemonFix(SUMMARY, (Put("icc", False), Put("log-opts", {"tag": "x"}), Drop("seccomp-profile")))
    rendered = render(fix, an_engine(), a_snapshot(engine=ROOTFUL, host=UNSEEN))

    assert json.loads(rendered.daemon_json or "") == {"icc": False, "log-opts": {"tag": "x"}}
    diff = (rendered.daemon_diff or "").splitlines()
    assert '+  "icc": false' in diff
    assert '+    "tag": "x"' in diff
    assert '-  "seccomp-profile": …' in diff
    assert rendered.compose_diff is None
    assert rendered.commands[-1] == "sudo systemctl restart docker"
    notes = " ".join(map(str, rendered.notes))
    assert "has not read /etc/docker/daemon.json" in notes
    assert "Remove the key seccomp-profile" in notes


def test_says_what_a_restart_of_the_daemon_does_to_containers() -> None:
    def effect(fix: DaemonFix, live_restore: object) -> str:
        return str(render(fix, an_engine(), a_snapshot(engine=an_engine(live_restore=live_restore))).notes[-1])

    restart, reload = DaemonFix(SUMMARY, (Put("icc", False),)), DaemonFix(SUMMARY, (Put("debug", False),), reload=True)

    assert "containers go on, since live-restore is on" in effect(restart, True)
    assert "stop with it: only" in effect(restart, False)
    assert "unless live-restore" in effect(restart, UNSEEN)
    assert "containers go on" in effect(reload, False)
    rootful = a_snapshot(engine=ROOTFUL)
    assert render(reload, an_engine(), rootful).commands[-1] == "sudo systemctl reload docker"


def test_renders_lines_for_a_dockerfile_and_commands() -> None:
    assert render(BuildFix(SUMMARY, ("USER 1",)), an_image(), a_snapshot()).dockerfile == ("USER 1",)
    assert render(CommandFix(SUMMARY, ("docker ps",)), an_engine(), a_snapshot()).commands == ("docker ps",)


def test_every_changed_line_names_the_checks_that_ask_for_it() -> None:
    container = a_container(
        privileged=True, cap_add=("A", "B"), ports=(Port(80, "tcp", "", "80"),), network_mode="bridge"
    )
    fixes = {
        "one": ComposeFix(SUMMARY, (Drop("privileged"), Exclude("cap_add", ("A",)))),
        "two": ComposeFix(SUMMARY, (Exclude("cap_add", ("B",)), Include("ports", "127.0.0.1:80:80", ("80:80",)))),
        "three": ComposeFix(SUMMARY, (Include("ports", "8080:80", ("80:80",)), Put("pid", "x"))),
        "four": CommandFix(SUMMARY, ("docker ps",)),
    }
    rendered = render_all(fixes, container, a_snapshot())
    found = {line.text.strip(): line.checks for line in rendered.diff_lines if line.kind != " "}

    assert found == {
        "privileged: true": ("one",),
        "cap_add:": ("one", "two"),
        "- A": ("one",),
        "- B": ("two",),
        '- "80:80"': ("two", "three"),
        '- "127.0.0.1:8080:80"': ("two", "three"),
        "pid: x": ("three",),
    }
    assert str(rendered.summary) == "All changes of this container together: 3."
    assert all(line.checks == () for line in rendered.diff_lines if line.kind == " ")


def test_the_order_of_the_fixes_alone_decides_between_rivals() -> None:
    fixes = {"worse": ComposeFix(SUMMARY, (Put("user", "1"),)), "lesser": ComposeFix(SUMMARY, (Put("user", "2"),))}

    assert 'user: "1"' in (render_all(fixes, a_container(), a_snapshot()).compose_after or "")


def test_the_run_line_keeps_what_compose_and_the_findings_know_the_container_by() -> None:
    labels = tuple((f"com.docker.compose.{part}", "1") for part in ("container-number", "project", "service"))
    others = (("com.docker.compose.config-hash", "ab"),)
    container = a_container(labels=(*labels, *others), network_mode="bridge")
    rendered = render(ComposeFix(SUMMARY, (Put("user", "1"),)), container, a_snapshot(containers=(container,)))

    line = rendered.run_after or ""
    assert all(f"--label {name}=1" in line for name, _ in labels)
    assert "config-hash" not in line
    assert "com.docker.compose" not in (rendered.compose_after or "")


def test_the_whole_file_says_beside_each_change_which_check_asks_for_it() -> None:
    container = a_container(privileged=True, restart_policy="always", restart_max=0, network_mode="bridge")
    fixes = {
        "one": ComposeFix(SUMMARY, (Drop("privileged"),)),
        "two": ComposeFix(SUMMARY, (Put("restart", "on-failure:5"), Put("pid", "x"))),
    }
    rendered = render_all(fixes, container, a_snapshot())
    lines = [line.strip() for line in (rendered.compose_commented or "").splitlines()]

    assert "# - privileged: true  # one" in lines
    assert "# - restart: always  # two" in lines
    assert "restart: on-failure:5  # two" in lines
    assert "pid: x  # two" in lines
    assert yaml.safe_load(rendered.compose_commented or "") == yaml.safe_load(rendered.compose_after or "")


def test_a_value_of_several_lines_keeps_the_file_without_comments() -> None:
    container = a_container(command=("sh", "-c", "one\ntwo"), entrypoint=None)
    fixes = {"one": ComposeFix(SUMMARY, (Put("command", ["sh", "-c", "one\nthree"]),))}
    rendered = render_all(fixes, container, a_snapshot())

    assert yaml.safe_load(rendered.compose_commented or "") == yaml.safe_load(rendered.compose_after or "")


def test_the_surest_step_comes_first_and_says_what_may_break() -> None:
    breaks = say("It may break.")
    fixes = {
        "worst": ComposeFix(SUMMARY, (Put("user", "1"),), Certainty.TRY, breaks),
        "likely": ComposeFix(SUMMARY, (Put("pid", "x"),)),
        "safe": ComposeFix(SUMMARY, (Put("uts", "x"),), Certainty.SAFE),
        "likely-too": ComposeFix(SUMMARY, (Put("ipc", "x"),), Certainty.LIKELY),
    }
    steps = render_all(fixes, a_container(), a_snapshot()).steps

    assert [step.check for step in steps] == ["safe", "likely", "likely-too", "worst"]
    assert steps[-1].breaks == breaks


def test_a_fix_alone_says_how_sure_it_is() -> None:
    fix = ComposeFix(SUMMARY, (Put("user", "1"),), Certainty.TRY, say("It may break."))
    rendered = render(fix, a_container(), a_snapshot())

    assert (rendered.certainty, str(rendered.breaks)) == (Certainty.TRY, "It may break.")
